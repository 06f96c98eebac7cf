/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of these programs are set to. */
#ifndef WIRESPAN_BENCHMARK_OPTION_H
#define WIRESPAN_BENCHMARK_OPTION_H

#include "base/slice.h"

/* Digits that make a number in that range; *ret_number is written only then. */
static inline bool option_number(const char *text, uint64_t least, uint64_t most, uint64_t *ret_number)
{
	uint64_t number;

	if (!slice_to_u64(slice_of_string(text), &number) || number < least || number > most)
		return false;
	*ret_number = number;
	return true;
}

#endif
