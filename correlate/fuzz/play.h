/* SPDX-License-Identifier: Apache-2.0 */
/* Gives a tape to an engine of its own, in one of several ways. */
#ifndef WIRESPAN_CORRELATE_FUZZ_PLAY_H
#define WIRESPAN_CORRELATE_FUZZ_PLAY_H

#include "correlate/test/record_builder.h"

#define PLAY_ALL ((size_t)-1)

struct played {
	struct span_list spans;
	struct losses losses;
};

/*
 * Bytewise: each data record as the records of calls that moved one byte each.
 * `left_out`: index of a record that is lost, which is noticed with the next drain; or PLAY_ALL.
 */
void play(const struct tape *tape, bool bytewise, size_t left_out, struct played *ret_played);
void played_done(struct played *played);

#endif
