/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the scheduler goes by deadlines (Linux 6.6 and later) a thread at work is hardly interrupted by one that wakes
 * up: pauses in long work let the others go first. A pause is short where they are soon done. Where they are not, it
 * takes a slice (milliseconds; tens of them for who has a low priority) and serves nobody: then there are none for a
 * while.
 */
#ifndef WIRESPAN_BASE_GIVE_WAY_H
#define WIRESPAN_BASE_GIVE_WAY_H

#include <stdbool.h>

/* The calling thread's leave to pause, until its next call; before the first there is none. Not for who is behind. */
void give_way_allow(bool allowed);
/* `done`: µs of work since the last call, roughly. Pauses when some ten have come together. */
void give_way(unsigned int done);

#endif
