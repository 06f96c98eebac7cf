/* SPDX-License-Identifier: Apache-2.0 */
/* The protocols that are read: the one place that names them all. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_TABLE_H
#define WIRESPAN_CORRELATE_PROTOCOL_TABLE_H

#include "correlate/protocol/protocol.h"

/*
 * By enum recognised; NULL: nobody reads it. What is not recognised yet, or was recorded before records told, is HTTP/1:
 * the first bytes of every other protocol tell it at once.
 */
extern const struct protocol *const protocol_table[RECOGNISED_COUNT];

#endif
