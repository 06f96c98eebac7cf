/* SPDX-License-Identifier: Apache-2.0 */
/* The table of latencies, as text. */
#ifndef WIRESPAN_OTLP_CONSOLE_LATENCY_TABLE_H
#define WIRESPAN_OTLP_CONSOLE_LATENCY_TABLE_H

#include "base/buffer.h"
#include "correlate/span/span.h"
#include "otlp/console/histogram.h"

struct text_page;

struct latency_row {
	enum span_kind kind; /* 0 is none */
	uint64_t errors;
	struct histogram histogram;
	struct slice service, name; /* safe to print */
};

/* A row, and the number by which it is sorted first. */
struct latency_ranked {
	const struct latency_row *row;
	uint64_t rank;
};

/* Appends the table, in the order of `rows`, at least one. 0, -ENOSPC or -ENOMEM. */
int latency_table_format(const struct latency_ranked *rows, size_t count, const struct text_page *page,
			 struct buffer *buffer);

#endif
