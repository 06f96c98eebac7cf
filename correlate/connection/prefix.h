/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer between a direction's bytes and what is said by them: a PROXY-protocol prefix, which may stand at the stream's
 * start and is no part of any conversation.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_PREFIX_H
#define WIRESPAN_CORRELATE_CONNECTION_PREFIX_H

#include "correlate/connection/proxy_protocol.h"
#include "correlate/loss.h"

/* Who takes a direction's bytes, in order of their positions; views die with the call. */
struct feed {
	void (*bytes)(void *context, unsigned int direction, uint64_t position, struct slice bytes);
	/* They passed, but were not copied. */
	void (*hole)(void *context, unsigned int direction, uint64_t position, uint64_t length);
	/* A prefix that can't be followed: nobody knows where the conversation begins. NULL: what is left is a hole. */
	void (*broken)(void *context, unsigned int direction, enum loss loss);
};

struct prefix {
	struct proxy_protocol proxy;
	bool open; /* it may stand at the next byte, or goes on there */
};

/* The stream begins. */
void prefix_begin(struct prefix *prefix);
/* Whether some of what may be one has come. */
bool prefix_under_way(const struct prefix *prefix);
/* The same as for the feed, while the prefix is open: it gets what is behind, or all where there is none. */
void prefix_bytes(struct prefix *prefix, const struct feed *feed, void *context, unsigned int direction,
		  uint64_t position, struct slice bytes);
void prefix_hole(struct prefix *prefix, const struct feed *feed, void *context, unsigned int direction,
		 uint64_t position, uint64_t length);

#endif
