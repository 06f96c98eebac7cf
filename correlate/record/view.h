/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a record before anyone reads it: sizes, fragments, enumerations. */
#ifndef WIRESPAN_CORRELATE_RECORD_VIEW_H
#define WIRESPAN_CORRELATE_RECORD_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "bpf/record.h"

/* 0, or -EBADMSG: `record` (aligned to 8 bytes) is not a record of `size` bytes that may be cast by its kind. */
int record_check(const void *record, size_t size);

/*
 * Walks the fragments of a checked data record: begin with *cursor = 0. False
 * at the end. *ret_offset counts from record->position.
 */
bool record_next_fragment(const struct record_data *record, size_t *cursor, uint32_t *ret_offset,
			  struct slice *ret_bytes);

/* The bytes copied from the record's very beginning; empty where none were. */
struct slice record_first_bytes(const struct record_data *record);

#endif
