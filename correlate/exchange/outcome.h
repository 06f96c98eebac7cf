/* SPDX-License-Identifier: Apache-2.0 */
/* What became of an exchange, as far as the connection tells, whatever it speaks. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_OUTCOME_H
#define WIRESPAN_CORRELATE_EXCHANGE_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Sizes count only where the flag is set: as many bytes as passed, framing included. */
struct outcome {
	bool request_complete;
	bool response_complete;
	uint64_t request_size;
	uint64_t response_size;
	struct slice error_type; /* transport failure ("connection_reset", "timeout", ...), static text; empty: none */
};

#endif
