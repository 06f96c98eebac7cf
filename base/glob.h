/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns as in glob(7): *, ?, [set], [!set], [a-z], [[:digit:]], \ before a byte that is meant as it is.
 * Over bytes; a * matches slashes, too. Takes time in proportion to pattern times text at the worst, whatever
 * the text is: fnmatch(3) takes that to the power of the stars.
 */
#ifndef WIRESPAN_BASE_GLOB_H
#define WIRESPAN_BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define GLOBS_MAX 64

struct globs {
	const char *patterns[GLOBS_MAX]; /* not owned: they live in argv; none has a flaw */
	size_t count;
};

/* What is wrong with a pattern, as the end of "it has ..."; NULL: nothing. */
const char *glob_flaw(const char *pattern);
/* Whether the pattern matches all of `text`. One with a flaw matches nothing from there on. */
bool glob_match(const char *pattern, struct slice text);
/* Whether a pattern matches nothing but itself. */
bool glob_is_literal(const char *pattern);

/* Whether any of them matches. */
bool globs_match(const struct globs *globs, struct slice text);

#endif
