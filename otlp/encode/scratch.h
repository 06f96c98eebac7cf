/* SPDX-License-Identifier: Apache-2.0 */
/* What one request is built in: memory that remembers whether it ran out, so that only the end needs a check. */
#ifndef WIRESPAN_OTLP_ENCODE_SCRATCH_H
#define WIRESPAN_OTLP_ENCODE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "otlp/encode/arena.h"

struct scratch {
	struct arena arena;
	bool failed; /* cleared by scratch_reset */
};

void scratch_init(struct scratch *scratch);
void scratch_done(struct scratch *scratch);
/* Takes everything back. */
void scratch_reset(struct scratch *scratch);

/* Aligned for any type; NULL when out of memory, now or since the last reset. */
void *scratch_allocate(struct scratch *scratch, size_t size);
/* As above, for `count` items. */
void *scratch_array(struct scratch *scratch, size_t count, size_t size);
/* A copy ended by NUL. Bytes that are not UTF-8 become U+FFFD, NUL too. NULL when out of memory. */
char *scratch_text(struct scratch *scratch, struct slice text);

#endif
