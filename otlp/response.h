/* SPDX-License-Identifier: Apache-2.0 */
/* What a collector answers: Export*ServiceResponse, or google.rpc.Status with an error. Hostile bytes. */
#ifndef WIRESPAN_OTLP_RESPONSE_H
#define WIRESPAN_OTLP_RESPONSE_H

#include <stdint.h>

#include "base/slice.h"
#include "otlp/signal.h"

struct otlp_response {
	int64_t rejected;  /* items; 0 none */
	char message[256]; /* ended by NUL, UTF-8, safe for a terminal, cut at a character; empty: none */
};

/* The body of a 200 answer; an empty one is a success. 0 or -EBADMSG (*ret is then empty). */
int response_read(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret);
/* The body of an error: google.rpc.Status's message; otherwise the body's beginning, where it is text. */
void response_read_error(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret);

#endif
