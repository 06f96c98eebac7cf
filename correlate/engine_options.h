/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine is told to do, and what it left out for it. */
#ifndef WIRESPAN_CORRELATE_ENGINE_OPTIONS_H
#define WIRESPAN_CORRELATE_ENGINE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/explain.h"
#include "correlate/span/span.h"

struct header_capture;
struct query_secrets;
struct route_patterns;

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

#endif
