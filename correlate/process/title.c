// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/title.h"

/* A title is one text, whatever follows it is left of what it was written over; a path may hold blanks. */
struct slice process_title_program(const struct process_info *info)
{
	struct slice title = slice_head(info->arguments, slice_find(info->arguments, '\0'));
	size_t blank;

	if (slice_starts_with(title, SLICE_LITERAL("[")))
		title = slice_from(title, 1);
	blank = slice_find(title, ' ');
	if (blank == title.length || slice_find(slice_head(title, blank), '/') < blank)
		return slice_of(NULL, 0);
	return slice_head(title, slice_find(slice_head(title, blank), ':'));
}
