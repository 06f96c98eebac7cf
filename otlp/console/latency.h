/* SPDX-License-Identifier: Apache-2.0 */
/* Latency per endpoint: service, kind and span name, or what of its kind of traffic says more (semantics.h). */
#ifndef WIRESPAN_OTLP_CONSOLE_LATENCY_H
#define WIRESPAN_OTLP_CONSOLE_LATENCY_H

#include "base/buffer.h"
#include "correlate/span/span.h"

/*
 * An endpoint takes 13 KB where its durations spread from 1 µs to 10 s (half a
 * KB per power of two): 10 MB of such. What comes after these counts as "(other)".
 */
#define LATENCY_ENDPOINTS_MAX 750
/* A longer service or endpoint is cut. */
#define LATENCY_NAME_MAX 200

struct latency;
struct text_page;

/* NULL when out of memory. */
struct latency *latency_new(size_t endpoints_max);
/* Accepts NULL. */
void latency_free(struct latency *latency);
/* 0 or -ENOMEM. */
int latency_add(struct latency *latency, const struct span *span);
/* Spans counted, all of them. */
uint64_t latency_count(const struct latency *latency);
/* Spans counted as "(other)". */
uint64_t latency_other(const struct latency *latency);

/* What stands first: by service, kind and count; what is asked for most, fails most, or takes longest. */
enum latency_sort { LATENCY_BY_SERVICE, LATENCY_BY_RATE, LATENCY_BY_ERRORS, LATENCY_BY_P99 };

/*
 * Appends the table; nothing when there were no spans. Names are cut in their middle where the page is
 * narrow. 0, -ENOSPC or -ENOMEM.
 */
int latency_format(const struct latency *latency, enum latency_sort sort, const struct text_page *page,
		   struct buffer *buffer);
/* Appends a line that says from when to when its spans ended, and how many they are. 0, -ENOSPC or -ENOMEM. */
int latency_format_title(const struct latency *latency, const struct text_page *page, struct buffer *buffer);

#endif
