/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What correlate/ makes and otlp/ writes: a span, and the process (OpenTelemetry
 * Resource) it belongs to. Names, kinds and attributes: OpenTelemetry semantic
 * conventions 1.44.0; what only Wirespan knows stands under "wirespan.".
 */
#ifndef WIRESPAN_CORRELATE_SPAN_SPAN_H
#define WIRESPAN_CORRELATE_SPAN_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum attribute_type {
	ATTRIBUTE_STRING,
	ATTRIBUTE_INTEGER,
	ATTRIBUTE_DOUBLE,
	ATTRIBUTE_BOOLEAN,
	ATTRIBUTE_STRING_ARRAY, /* one string, items separated by NUL bytes (none at the end) */
};

struct attribute {
	struct slice key; /* static text, or configuration that outlives every span */
	enum attribute_type type;
	union {
		struct slice string;
		int64_t integer;
		double number;
		bool boolean;
	};
};

/*
 * One traced process. Immutable once made and shared between threads; counted
 * references (atomic).
 */
struct resource {
	unsigned int references;     /* use resource_ref and resource_unref */
	struct slice service_name;   /* also among the attributes */
	uint32_t pid;
	bool exports_spans;          /* of its own */
	uint64_t span_count;         /* made of it; like the one above for whoever makes them */
	size_t attribute_count;
	struct attribute *attributes; /* process.*, service.*, container.id, what OTEL_RESOURCE_ATTRIBUTES adds */
};

struct resource *resource_ref(struct resource *resource);
/* Accepts NULL; frees with the last reference. */
void resource_unref(struct resource *resource);

enum span_kind { SPAN_KIND_SERVER = 2, SPAN_KIND_CLIENT = 3 };
enum span_status { SPAN_STATUS_UNSET = 0, SPAN_STATUS_ERROR = 2 };

/* Values of wirespan.link.evidence; design, decision 7. */
enum link_evidence { LINK_NONE, LINK_CONNECTION, LINK_HEADER, LINK_THREAD };

#define SPAN_ATTRIBUTES_MAX 64 /* what a request of HTTP can have, and 32 captured header fields; others have fewer */

struct span;

/* Whoever gave the memory for a clone. */
struct span_owner {
	void (*take_back)(struct span_owner *owner, struct span *span);
};

/*
 * A finished span. All slices but the keys point into memory that the span's maker owns and
 * that lives as long as the call that hands the span over; span_clone keeps one.
 */
struct span {
	struct resource *resource; /* never NULL */
	uint8_t trace_id[16];
	uint8_t span_id[8];
	uint8_t parent_span_id[8]; /* all zero: a root */
	struct slice trace_state;  /* W3C tracestate, empty if none */
	uint32_t flags;            /* OTLP Span.flags: W3C flags, 0x100 has-is-remote, 0x200 is-remote */
	bool trace_is_remote;      /* the trace id came in by a header: whoever began it has decided on sampling */
	enum span_kind kind;
	enum span_status status;
	uint64_t start; /* wall clock, ns since the epoch */
	uint64_t end;   /* >= start */
	struct slice name;
	struct slice error_type; /* empty on success; also among the attributes */
	uint32_t dropped_attributes; /* by limits; OTLP Span.dropped_attributes_count */
	size_t clone_size;           /* of a clone: bytes that it takes */
	struct span_owner *owner;    /* of a clone: NULL where it is malloc's */
	size_t attribute_count;
	struct attribute attributes[SPAN_ATTRIBUTES_MAX];
};

static inline bool span_has_parent(const struct span *span)
{
	static const uint8_t none[8];
	return memcmp(span->parent_span_id, none, sizeof none) != 0;
}

/* The attribute of that key, or NULL. */
const struct attribute *span_attribute(const struct span *span, const char *key);
/* Its text; empty where there is none, or it is not a string. */
struct slice span_string(const struct span *span, const char *key);
/* Bytes that a clone takes. */
size_t span_clone_size(const struct span *span);
/*
 * A deep copy, but for the keys, in one allocation, with a reference to the resource; span_free'd
 * by the caller. NULL: out of memory.
 */
struct span *span_clone(const struct span *span);
/* As above, into `memory` (aligned for any type, span_clone_size bytes), which span_free gives back to `owner`. */
struct span *span_clone_into(const struct span *span, void *memory, size_t clone_size, struct span_owner *owner);
/* Accepts NULL. Only for clones. */
void span_free(struct span *span);
/* The same of several, none NULL: another thread's counting is disturbed once for all of a resource in a row. */
void spans_free(struct span *const *spans, size_t count);

/* Where finished spans go. `span` is valid during the call only. */
struct span_sink {
	void (*accept)(void *context, const struct span *span);
	void *context;
};

#endif
