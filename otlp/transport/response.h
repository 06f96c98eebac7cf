/* SPDX-License-Identifier: Apache-2.0 */
/* What a collector answers: Export*ServiceResponse, or google.rpc.Status with an error. Hostile bytes. */
#ifndef WIRESPAN_OTLP_TRANSPORT_RESPONSE_H
#define WIRESPAN_OTLP_TRANSPORT_RESPONSE_H

#include <stdint.h>

#include "base/slice.h"
#include "otlp/signal.h"

#define RESPONSE_MESSAGE_MAX 256
/* No longer answer is decoded: none is that honest, and decoding takes up to fifty times its size in memory. */
#define RESPONSE_DECODED_MAX (256u << 10)

struct otlp_response {
	/* Items that the collector says it rejected; >= 0, but may be more than were sent. 0: none. */
	int64_t rejected;
	/* Ended by NUL, UTF-8, one line, safe for a terminal, cut at a character; empty: none. */
	char message[RESPONSE_MESSAGE_MAX];
};

/*
 * The body of a 200 answer to any signal; an empty one is a success. 0, or
 * -EBADMSG when it is none or there is no memory to decode it (*ret is then empty).
 */
int response_read(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret);
/*
 * The body of an error, whatever its type turns out to be (proxies answer as they like):
 * google.rpc.Status's message in `encoding` or JSON; otherwise the body's beginning, where it is text, but
 * for a page of HTML or XML, which is for browsers.
 */
void response_read_error(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret);

#endif
