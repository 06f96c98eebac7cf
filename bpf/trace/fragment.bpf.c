// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/fragment.h"

int fragment_end(__u32 offset, __u32 size)
{
	struct scratch *scratch = scratch_get();
	struct record_fragment *fragment;
	__u64 cursor, end;

	if (!scratch || size == 0 || size > COPY_HEAD_LONG || scratch->cursor > SCRATCH_BYTES_MAX)
		return 0;
	cursor = scratch->cursor & ~7u;
	end = cursor + FRAGMENT_HEADER + size;
	barrier_var(cursor);
	if (cursor > SCRATCH_BYTES_MAX)
		return 0;
	fragment = (struct record_fragment *)&scratch->bytes[cursor];
	fragment->offset = offset;
	fragment->length = size;
	scratch->data.fragments++;
	fragment_pad(scratch, end);
	scratch->cursor = (end + 7) & ~7ull;
	return 0;
}
