/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: records in, finished and linked spans out. It reads no file, no
 * clock and no global: time comes from the records and from engine_advance.
 */
#ifndef WIRESPAN_CORRELATE_ENGINE_H
#define WIRESPAN_CORRELATE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/explain.h"
#include "correlate/loss.h"
#include "correlate/span/span.h"

struct engine;
struct header_capture;
struct query_secrets;
struct route_patterns;
struct unread;

/* Why a process is taken for one that exports spans of its own. */
enum instrumented_reason {
	INSTRUMENTED_SEEN,       /* it was seen to export some */
	INSTRUMENTED_SDK,        /* an SDK is started with it */
	INSTRUMENTED_CONFIGURED, /* its environment names it, and an exporter */
};

/* A process that exports spans of its own, and how that is known. */
struct instrumented_process {
	uint32_t pid;
	enum instrumented_reason reason;
	struct slice service;     /* its service name */
	struct slice destination; /* "host:port" that it exports to, without userinfo; empty where unknown */
};

/* Views in `process` die with the call, which must not call the engine. Once per process. */
struct instrumented_sink {
	void (*accept)(void *context, const struct instrumented_process *process);
	void *context;
};

struct engine_options {
	struct span_sink sink;
	uint64_t seed;              /* for trace and span ids; the caller draws it at random */
	bool infer_routes;          /* http.route from the path's shape, and from what is seen beside it */
	const struct route_patterns *route_patterns; /* route/pattern.h; before those; NULL: none; outlives the engine */
	uint64_t request_timeout;   /* ns after which a request without response ends as error "timeout"; 0: never */
	size_t max_connections;     /* 0: ENGINE_MAX_CONNECTIONS */
	size_t max_memory;          /* bytes of stream buffers and requests in total; 0: ENGINE_MAX_MEMORY */
	const struct attribute *resource_attributes; /* added to every resource (host.*); outlive the engine */
	size_t resource_attribute_count;
	struct slice boot_id; /* of this run of the host: what tells its processes from all others; may be empty; outlives the engine */
	bool include_telemetry;     /* exchanges of telemetry back ends (telemetry.h) become spans, too */
	bool include_instrumented;  /* so do those of processes that export spans of their own */
	bool ignore_db_pings;       /* what only keeps connections to databases alive becomes none */
	bool show_db_keys;          /* of databases of keys and values, in db.query.text */
	struct instrumented_sink instrumented; /* told of such a process unless it is included; accept NULL: nobody is */
	struct explain_sink explain;           /* accept NULL: nothing is explained */
	const struct header_capture *captured_headers; /* header_capture.h; NULL: none; outlives the engine */
	const struct query_secrets *query_secrets; /* http/query.h; beside the known ones; NULL: none; outlives the engine */
};

/* Exchanges that were understood and left out on purpose: no losses. */
struct engine_ignored {
	uint64_t telemetry;    /* with telemetry back ends */
	uint64_t instrumented; /* of processes that export spans of their own */
	uint64_t db_pings;     /* that keep connections to databases alive */
	/* No exchanges at all, told apart from losses: */
	uint64_t unsolicited;  /* what a server said while no request waited for an answer */
	uint64_t incomplete_request; /* request heads that were answered, or whose connection ended, before they were whole */
};

#define ENGINE_MAX_CONNECTIONS 65536
#define ENGINE_MAX_MEMORY (64u << 20)

/* NULL when out of memory. */
struct engine *engine_new(const struct engine_options *options);
/* Accepts NULL. Spans not yet delivered are gone: call engine_finish before. */
void engine_free(struct engine *engine);

/*
 * Takes one record (bpf/record.h), aligned to 8 bytes. Hostile bytes are fine. 0; -EBADMSG when it
 * is malformed (counted as LOSS_RECORD_MALFORMED); -ENOMEM.
 */
int engine_record(struct engine *engine, const void *record, size_t size);

/*
 * Says that every record up to `now` (CLOCK_MONOTONIC ns) has been given.
 * Delivers the spans that nothing still to come can change.
 */
void engine_advance(struct engine *engine, uint64_t now);

/*
 * Says that records were lost between the time given to the last
 * engine_advance and `time` (CLOCK_MONOTONIC ns): links that a lost record might
 * contradict are not made. Call it after a drain, before engine_advance, when
 * the kernel's drop counters, read after that drain, have moved.
 */
void engine_note_loss(struct engine *engine, uint64_t time);

/* No more records will come: delivers all finished spans; counts the requests still open. */
void engine_finish(struct engine *engine);

/* What was lost here, by name; never reset. */
const struct losses *engine_losses(const struct engine *engine);
/* What was left out on purpose; never reset. */
const struct engine_ignored *engine_ignored(const struct engine *engine);
/* The connections that are not read (unread.h). */
const struct unread *engine_unread(const struct engine *engine);

#endif
