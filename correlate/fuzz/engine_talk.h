/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_CORRELATE_FUZZ_ENGINE_TALK_H
#define WIRESPAN_CORRELATE_FUZZ_ENGINE_TALK_H

#include <stddef.h>
#include <stdint.h>

/*
 * A conversation played whole, byte by byte, and without one record. Byte by byte makes the same
 * spans; what is lost leaves spans out or marks them, and makes none wrong. Input: which
 * record is lost, and the conversation (conversation.h).
 */
void engine_talk(const uint8_t *data, size_t size);

#endif
