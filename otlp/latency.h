/* SPDX-License-Identifier: Apache-2.0 */
/* Latency per endpoint: service, kind and span name. */
#ifndef WIRESPAN_OTLP_LATENCY_H
#define WIRESPAN_OTLP_LATENCY_H

#include "base/buffer.h"
#include "correlate/span.h"

/*
 * An endpoint takes 13 KB where its durations spread from 1 µs to 10 s (half a
 * KB per power of two): 10 MB of such. What comes after these counts as "(other)".
 */
#define LATENCY_ENDPOINTS_MAX 750
/* A longer service or span name is cut. */
#define LATENCY_NAME_MAX 200

struct latency;

/* NULL when out of memory. */
struct latency *latency_new(size_t endpoints_max);
/* Accepts NULL. */
void latency_free(struct latency *latency);
/* 0 or -ENOMEM. */
int latency_add(struct latency *latency, const struct span *span);
/* Spans counted as "(other)". */
uint64_t latency_other(const struct latency *latency);
/* Appends the table, by service, kind and falling count; nothing when there were no spans. 0, -ENOSPC or -ENOMEM. */
int latency_format(const struct latency *latency, struct buffer *buffer, bool color);

#endif
