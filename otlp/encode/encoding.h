/* SPDX-License-Identifier: Apache-2.0 */
/* Below the encoder: what the two encodings share, and where they differ. */
#ifndef WIRESPAN_OTLP_ENCODE_ENCODING_H
#define WIRESPAN_OTLP_ENCODE_ENCODING_H

#include "correlate/span/span.h"
#include "otlp/encode/scratch.h"
#include "otlp/metric.h"
#include "otlp/signal.h"

/* The spans of one Resource, in the order that they came in. */
struct span_group {
	const struct resource *resource;
	const struct span **spans;
	size_t count;
};

struct encoder;

/* Each writes a body as encoder.h says. */
struct encoding {
	int (*spans)(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body);
	int (*metrics)(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body);
};

struct encoder {
	const struct encoding *encoding;
	char *version;
	struct scratch scratch; /* empty when an encoding is called */
	char *body;             /* the last body, with room for `body_size` */
	size_t body_size;
};

/*
 * Makes room for a body of `length` and one byte more; what the room held is
 * gone where it had to grow. 0; -EMSGSIZE past OTLP_REQUEST_SIZE_MAX; -ENOMEM.
 */
int encoder_reserve(struct encoder *encoder, size_t length);

#endif
