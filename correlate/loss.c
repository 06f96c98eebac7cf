// SPDX-License-Identifier: Apache-2.0
#include "correlate/loss.h"

static const char *const names[] = {
	[LOSS_RECORD_MALFORMED] = "record_malformed",
	[LOSS_CONNECTION_LIMIT] = "connection_limit",
	[LOSS_MEMORY_LIMIT] = "memory_limit",
	[LOSS_STREAM_GAP] = "stream_gap",
	[LOSS_STREAM_OVERLAP] = "stream_overlap",
	[LOSS_HEAD_TRUNCATED] = "head_truncated",
	[LOSS_HEAD_UNPARSABLE] = "head_unparsable",
	[LOSS_FRAMING] = "framing",
	[LOSS_RESPONSE_UNPAIRED] = "response_unpaired",
	[LOSS_REQUEST_UNPAIRED] = "request_unpaired",
	[LOSS_RESPONSE_LATE] = "response_late",
	[LOSS_ATTACHED_LATE] = "attached_late",
	[LOSS_PARENT_UNKNOWN] = "parent_unknown",
	[LOSS_PIPELINE_LIMIT] = "pipeline_limit",
	[LOSS_OPEN_AT_EXIT] = "open_at_exit",
	[LOSS_PROCESS_LIMIT] = "process_limit",
	[LOSS_THREAD_LIMIT] = "thread_limit",
	[LOSS_ROUTE_LIMIT] = "route_limit",
	[LOSS_EXPORTED_TWICE] = "exported_twice",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == LOSS_COUNT, "every loss has a name");

const char *loss_name(enum loss loss)
{
	return names[loss];
}
