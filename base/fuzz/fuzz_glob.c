// SPDX-License-Identifier: Apache-2.0
/* A pattern without a flaw matches what fnmatch(3) says that it does. */
#include <fnmatch.h>
#include <stdlib.h>

#include "base/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* For the oracle's sake, which takes this to the power of the stars. */
#define TEXT_MAX 24
#define PATTERN_MAX 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	char pattern[PATTERN_MAX + 1] = "", text[TEXT_MAX + 1] = "";
	struct slice given = slice_head(slice_head(input, slice_find(input, '\0')), PATTERN_MAX);
	struct slice rest = slice_from(input, given.length + 1);

	rest = slice_head(slice_head(rest, slice_find(rest, '\0')), TEXT_MAX);
	if (given.length)
		memcpy(pattern, given.data, given.length);
	if (rest.length)
		memcpy(text, rest.data, rest.length);
	/* Classes of equal and of several characters are fnmatch's alone; of a range up to '[' it has two opinions. */
	if (glob_flaw(pattern) || strstr(pattern, "[=") || strstr(pattern, "[.") || strstr(pattern, "-["))
		return 0;
	if (glob_match(pattern, rest) != (fnmatch(pattern, text, 0) == 0))
		abort();
	return 0;
}
