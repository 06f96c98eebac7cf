/* SPDX-License-Identifier: Apache-2.0 */
/* Spans for tests and benchmarks. */
#ifndef WIRESPAN_OTLP_TEST_SAMPLE_H
#define WIRESPAN_OTLP_TEST_SAMPLE_H

#include "correlate/span/span.h"

#define SAMPLE_EPOCH UINT64_C(1795258441123456789) /* 2026-11-21T10:54:01.123456789Z */

/* A resource with one reference: service.name, process.pid. */
struct resource *sample_resource(const char *service, uint32_t pid);

/* A span without attributes; `trace`, `id` and `parent` (0: none) are the last bytes of the ids. Microseconds. */
struct span sample_span(struct resource *resource, uint8_t trace, uint8_t id, uint8_t parent, enum span_kind kind,
			const char *name, uint64_t start, uint64_t duration);

void sample_string(struct span *span, const char *key, const char *value);
void sample_integer(struct span *span, const char *key, int64_t value);

/* A span with the attributes that a server span of HTTP ordinarily has. */
struct span sample_http(struct resource *resource, uint8_t trace, uint8_t id);

/* A span as a call of Redis has it at either end, at 127.0.0.1:6379; `error` is its answer's, NULL: none. */
struct span sample_redis(struct resource *resource, uint8_t id, uint8_t parent, enum span_kind kind,
			 const char *operation, const char *error);

/* A file in memory for an output to write to, and what it holds (terminated, the caller frees). */
int sample_file(void);
char *sample_file_text(int fd);

#endif
