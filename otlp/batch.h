/* SPDX-License-Identifier: Apache-2.0 */
/* An encoded request that waits to be sent. */
#ifndef WIRESPAN_OTLP_BATCH_H
#define WIRESPAN_OTLP_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "otlp/signal.h"

struct batch {
	struct batch *next;
	uint64_t sequence; /* order of making, over restarts where there is a spool */
	enum otlp_signal signal;
	enum otlp_encoding encoding;
	bool gzip;
	uint32_t items;    /* spans, or metric data points */
	size_t length;
	uint8_t body[];
};

/* A copy of `body`, compressed by gzip (RFC 1952) if asked for. NULL: out of memory. */
struct batch *batch_new(enum otlp_signal signal, enum otlp_encoding encoding, bool gzip, uint32_t items, struct slice body);
/* Accepts NULL. */
void batch_free(struct batch *batch);

#endif
