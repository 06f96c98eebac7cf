/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skips a PROXY-protocol prefix (versions 1 and 2, as HAProxy's
 * proxy-protocol.txt defines them) at the begin of a stream, in pieces of any
 * size and without a buffer.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_PROXY_PROTOCOL_H
#define WIRESPAN_CORRELATE_CONNECTION_PROXY_PROTOCOL_H

#include "base/slice.h"

#define PROXY_PROTOCOL_V1_MAX 107 /* longest line of version 1, its CR LF included */

/* All zero at first. */
struct proxy_protocol {
	uint8_t state;
	uint8_t signature; /* which one has matched so far */
	uint16_t passed;   /* bytes of the prefix passed so far, without version 2's addresses */
	uint16_t left;     /* of version 2's addresses */
};

enum proxy_protocol_result {
	PROXY_PROTOCOL_MORE,   /* all input belongs to the prefix, or may */
	PROXY_PROTOCOL_DONE,   /* the prefix has ended */
	PROXY_PROTOCOL_ABSENT, /* there is none: what former calls took is given back by proxy_protocol_taken */
	PROXY_PROTOCOL_ERROR,  /* it begins as one and can't be followed */
};

/* *ret_consumed: how much of `input` belongs to the prefix; 0 when ABSENT. */
enum proxy_protocol_result proxy_protocol_feed(struct proxy_protocol *proxy, struct slice input, size_t *ret_consumed);
/* After ABSENT: the bytes that former calls took. They are constants, not views. */
struct slice proxy_protocol_taken(const struct proxy_protocol *proxy);
/* Passes over unknown bytes, which have to be all inside version 2's addresses: MORE or DONE; else ERROR. */
enum proxy_protocol_result proxy_protocol_skip(struct proxy_protocol *proxy, uint64_t length);

#endif
