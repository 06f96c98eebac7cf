/* SPDX-License-Identifier: Apache-2.0 */
/* The first stage of a delivery: spans become batches, by number, size and time. */
#ifndef WIRESPAN_OTLP_DELIVER_GATHER_H
#define WIRESPAN_OTLP_DELIVER_GATHER_H

#include "otlp/encode/batch.h"
#include "otlp/encode/encoder.h"

/* No more are gathered, whatever OTEL_BSP_MAX_EXPORT_BATCH_SIZE says. */
#define GATHER_SPANS_MAX 65536

/* Memory of batches that is kept for the next: more than waits for a collector that keeps up. */
#define GATHER_SPARES_SIZE (2u << 20)

/* No collector takes less: a request that is smaller is not made smaller still. */
#define GATHER_SIZE_TARGET_MIN (64u << 10)

struct gather {
	struct encoder *encoder;
	enum otlp_encoding encoding;
	bool gzip;
	struct span **spans; /* `count` of `max` */
	size_t count, max;
	size_t size;          /* bytes that they take, near what they take encoded */
	size_t size_target;   /* of a request before compression; falls when a collector finds one too large */
	uint64_t first;       /* when the first came; ns */
	uint64_t delay;       /* ns that it waits for more */
	uint64_t sequence;    /* of the next span */
	uint64_t failed;      /* spans that could not be encoded */
	struct batch *spares; /* the memory of some that came to their end, for others; a list */
	size_t spares_size;   /* bytes of their bodies */
};

/* Batches in order, of which the caller owns each. NULL: none. */
typedef struct batch *batch_list;

/* `encoder` stays the caller's. `spans_max`: 0 counts as 1. 0 or -ENOMEM. */
int gather_init(struct gather *gather, struct encoder *encoder, size_t spans_max);
/* Frees the spans, too. */
void gather_done(struct gather *gather);
/* Takes the span; true: gather_close is due now. */
bool gather_add(struct gather *gather, struct span *span, uint64_t now);
/* When gather_close will be due; UINT64_MAX: nothing is gathered. */
uint64_t gather_due(const struct gather *gather);
/* Encodes what was gathered into one batch, or several where one would pass size_target. They keep their spans. */
batch_list gather_close(struct gather *gather);
/* Takes a batch that came to its end, so that another of its size needs no new memory. */
void gather_take_back(struct gather *gather, struct batch *batch);
/*
 * A collector found this batch too large: makes smaller ones from now on. True: it may be split,
 * having kept two spans or more.
 */
bool gather_shrink(struct gather *gather, const struct batch *batch);
/* The spans of a batch (freed) in two or more. After gather_shrink said so. */
batch_list gather_split(struct gather *gather, struct batch *batch);

#endif
