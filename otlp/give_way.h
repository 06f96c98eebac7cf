/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch is up to a millisecond of work, and a thread at work is not interrupted by one that wakes up: pauses in it
 * let the others go first. Where all processors are wanted a pause may take a slice (milliseconds), so who is behind
 * with its work makes none.
 */
#ifndef WIRESPAN_OTLP_GIVE_WAY_H
#define WIRESPAN_OTLP_GIVE_WAY_H

#include <stdbool.h>

/* Of the calling thread, until its next call; before the first it makes no pauses. */
void give_way_allow(bool allowed);
/* A pause, between two pieces of work of some ten microseconds. */
void give_way(void);

#endif
