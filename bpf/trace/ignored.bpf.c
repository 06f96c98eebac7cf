// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/ignored.h"

int ignored_report(__u32 recognised)
{
	struct scratch *scratch = scratch_get();
	struct record_ignored *ignored;

	if (!scratch)
		return 0;
	ignored = &scratch->ignored;
	ignored->header = scratch->data.header;
	ignored->header.kind = RECORD_IGNORED;
	ignored->header.flags = scratch->data.header.flags & RECORD_DATA_LATE ? RECORD_IGNORED_LATE : 0;
	ignored->header.size = sizeof(*ignored);
	ignored->connection = scratch->data.connection;
	ignored->recognised = recognised;
	__builtin_memset(ignored->reserved, 0, sizeof(ignored->reserved));
	/* Where there is no room, the counter knows of it all the same, and no link depends on it. */
	bpf_ringbuf_output(&ring, ignored, sizeof(*ignored), ring_flags());
	return 0;
}
