/* SPDX-License-Identifier: Apache-2.0 */
/* An encoded request that waits to be sent. */
#ifndef WIRESPAN_OTLP_ENCODE_BATCH_H
#define WIRESPAN_OTLP_ENCODE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "correlate/span/span.h"
#include "otlp/signal.h"

struct batch {
	struct batch *next;
	uint64_t sequence; /* number of its first span, over restarts where there is a spool; metrics have none */
	enum otlp_signal signal;
	enum otlp_encoding encoding;
	bool gzip;
	uint32_t items;      /* spans, or metric data points */
	struct span **spans; /* the `items` spans it was made of, while kept so that it can be split; or NULL */
	size_t spans_size;   /* bytes that those take */
	size_t plain_length; /* before compression; 0: not known */
	size_t room;         /* for the body */
	size_t length;
	uint8_t body[];
};

/* A copy of `body`, compressed by gzip (RFC 1952) if asked for. NULL: out of memory. */
struct batch *batch_new(enum otlp_signal signal, enum otlp_encoding encoding, bool gzip, uint32_t items,
			struct slice body);
/* Whether the body fits into the batch, without wasting half of it or more. */
bool batch_has_room(const struct batch *batch, struct slice body);
/* Makes another batch of it, as batch_new does of nothing, without compression. Only where it has room. */
void batch_reuse(struct batch *batch, enum otlp_signal signal, enum otlp_encoding encoding, uint32_t items,
		 struct slice body);
/* One whose body of `length` bytes the caller fills. NULL: out of memory. */
struct batch *batch_allocate(size_t length);
/* Accepts NULL. Frees the spans that are kept, too. */
void batch_free(struct batch *batch);

/* Takes the spans (`items` clones) that the batch was made of; without memory they are freed. */
void batch_keep_spans(struct batch *batch, struct span *const *spans);
void batch_forget_spans(struct batch *batch);

#endif
