/* SPDX-License-Identifier: Apache-2.0 */
/* What of a recording can be believed. */
#ifndef WIRESPAN_AGENT_RECORDING_SOUND_H
#define WIRESPAN_AGENT_RECORDING_SOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/recording/format.h"

/* A block's header, of the recording with that id, where number `expected` or a later one may come. */
bool recording_block_is_sound(const struct recording_block *block, uint64_t id, uint32_t expected);

/*
 * Whether the block's content, `items` of block->size bytes and aligned to 8, is what its header says, all of it: a
 * part would be as good as invented.
 */
bool recording_items_are_sound(const struct recording_block *block, const uint8_t *items);

/* The name of a counter. */
bool recording_name_is_sound(const char *name);

#endif
