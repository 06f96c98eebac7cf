/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's ring buffer as a source of records. */
#ifndef WIRESPAN_AGENT_SOURCE_RING_H
#define WIRESPAN_AGENT_SOURCE_RING_H

#include <stdint.h>

#include "agent/source/source.h"

struct ring;

/*
 * `map_fd` is a BPF ring buffer of `size` bytes. `sleeps` is where the kernel reads how we sleep
 * (enum agent_sleep in bpf/config.h); it outlives the ring. 0 or negative errno.
 */
int ring_open(int map_fd, size_t size, uint32_t *sleeps, struct ring **ret_ring);
/* Accepts NULL. */
void ring_free(struct ring *ring);
struct source *ring_source(struct ring *ring);

#endif
