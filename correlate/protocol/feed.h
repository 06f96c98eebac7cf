/* SPDX-License-Identifier: Apache-2.0 */
/* A record's bytes as a reader takes them: what was copied, and holes where it was not. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_FEED_H
#define WIRESPAN_CORRELATE_PROTOCOL_FEED_H

#include "base/slice.h"
#include "bpf/record.h"

/* Both are called in order of positions; views die with the call. */
struct feed {
	void (*bytes)(void *context, unsigned int direction, uint64_t position, struct slice bytes);
	void (*hole)(void *context, unsigned int direction, uint64_t position, uint64_t length);
};

/*
 * All of the record but its first `skip` bytes, which are known already. What several threads sent at once is a hole:
 * nobody knows where its bytes stand.
 */
void feed_record(const struct feed *feed, void *context, const struct record_data *record, uint32_t skip);

#endif
