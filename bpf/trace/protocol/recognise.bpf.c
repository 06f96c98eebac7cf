// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/fragment.h"
#include "bpf/trace/protocol/protocol.h"

#define RECOGNISE_STEP 64

int looks_like_request(void)
{
	struct scratch *scratch = scratch_get();

	return scratch && recognise_request(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix);
}

int looks_like_beginning(void)
{
	struct scratch *scratch = scratch_get();

	return scratch && recognise_beginning(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix);
}

/* Gives byte `index` of the prefix to the recogniser: enum recognised. */
__noinline int recognise_at(__u32 index)
{
	struct scratch *scratch = scratch_get();

	if (!scratch || index >= COPY_HEAD)
		return RECOGNISED_NOT_YET;
	return recogniser_byte(&scratch->recogniser, scratch->bytes[FRAGMENT_HEADER + index]);
}

__noinline int recognise_step(__u32 from)
{
	struct scratch *scratch = scratch_get();

	if (!scratch)
		return RECOGNISED_NOT_YET;
	for (__u32 i = 0; i < RECOGNISE_STEP; i++) {
		int recognised;

		if (from + i >= scratch->prefix)
			break;
		recognised = recognise_at(from + i);
		if (recognised != RECOGNISED_NOT_YET)
			return recognised;
	}
	return RECOGNISED_NOT_YET;
}

int recognise_bytes(void)
{
	struct scratch *scratch = scratch_get();

	if (!scratch)
		return RECOGNISED_NOT_YET;
	for (__u32 from = 0; from < COPY_HEAD; from += RECOGNISE_STEP) {
		int recognised;

		if (from >= scratch->prefix)
			break;
		recognised = recognise_step(from);
		if (recognised != RECOGNISED_NOT_YET)
			return recognised;
	}
	return RECOGNISED_NOT_YET;
}
