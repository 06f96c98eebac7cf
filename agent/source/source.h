/* SPDX-License-Identifier: Apache-2.0 */
/* Where records come from: the kernel's ring, later a recording or a pcap file. */
#ifndef WIRESPAN_AGENT_SOURCE_H
#define WIRESPAN_AGENT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* Where records go to. `record` is aligned to 8 bytes and valid during the call only. */
struct record_sink {
	void (*accept)(void *context, const void *record, size_t size);
	void *context;
};

/* Records of one drain: where they come faster than they are read, everything else must go on, too. */
#define SOURCE_DRAIN_MAX 65536

struct source {
	/*
	 * Gives the records that are there to `sink`, without waiting. How many, or
	 * negative errno; after SOURCE_DRAIN_MAX there may be more.
	 */
	int (*drain)(struct source *source, const struct record_sink *sink);
	/* Waits up to `milliseconds`; `idle`: until the next record, else until there are many. 0 or negative errno. */
	int (*wait)(struct source *source, int milliseconds, bool idle);
	/* Bytes that wait to be drained, or did in a pause of the last drain; and how many there is room for. */
	void (*fill)(const struct source *source, size_t *ret_used, size_t *ret_size);
};

#endif
