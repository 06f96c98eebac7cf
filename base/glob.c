// SPDX-License-Identifier: Apache-2.0
#include "base/glob.h"

#include <ctype.h>

static const struct {
	struct slice name;
	int (*has)(int byte);
} classes[] = {
	{ SLICE_LITERAL("alnum"), isalnum }, { SLICE_LITERAL("alpha"), isalpha }, { SLICE_LITERAL("blank"), isblank },
	{ SLICE_LITERAL("cntrl"), iscntrl }, { SLICE_LITERAL("digit"), isdigit }, { SLICE_LITERAL("graph"), isgraph },
	{ SLICE_LITERAL("lower"), islower }, { SLICE_LITERAL("print"), isprint }, { SLICE_LITERAL("punct"), ispunct },
	{ SLICE_LITERAL("space"), isspace }, { SLICE_LITERAL("upper"), isupper }, { SLICE_LITERAL("xdigit"), isxdigit },
};

/* Behind "[:" of a class; returns what follows ":]", NULL where there is no such class. */
static const char *class_read(const char *at, unsigned char byte, bool *found)
{
	struct slice name = slice_of(at, strcspn(at, ":"));

	if (at[name.length] != ':' || at[name.length + 1] != ']')
		return NULL;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!slice_equal(classes[i].name, name))
			continue;
		*found |= classes[i].has(byte) != 0;
		return at + name.length + 2;
	}
	return NULL;
}

/* A byte of a set, what protects it taken off; moves behind it. */
static unsigned char set_byte(const char **at)
{
	if ((*at)[0] == '\\' && (*at)[1])
		(*at)++;
	return (unsigned char)*(*at)++;
}

/* Behind "["; returns what follows "]", NULL where the set is not finished or has an unknown class. */
static const char *set_read(const char *at, unsigned char byte, bool *ret_found)
{
	bool negated = *at == '!' || *at == '^', found = false;
	const char *first;

	at += negated;
	first = at; /* a ']' that is the first is one of the set */
	while (*at != ']' || at == first) {
		unsigned char low, high;

		if (!*at)
			return NULL;
		if (at[0] == '[' && at[1] == ':') {
			at = class_read(at + 2, byte, &found);
			if (!at)
				return NULL;
			continue;
		}
		low = high = set_byte(&at);
		if (at[0] == '-' && at[1] && at[1] != ']') {
			at++;
			high = set_byte(&at);
		}
		found |= low <= byte && byte <= high;
	}
	*ret_found = found != negated;
	return at + 1;
}

/* Behind what of the pattern, not a star, matches one byte; NULL where it does not. */
static const char *byte_match(const char *pattern, char byte)
{
	bool found = true;

	switch (*pattern) {
	case '\0':
		return NULL;
	case '?':
		return pattern + 1;
	case '[':
		pattern = set_read(pattern + 1, (unsigned char)byte, &found);
		return found ? pattern : NULL;
	case '\\':
		pattern += pattern[1] != '\0';
		break;
	}
	return *pattern == byte ? pattern + 1 : NULL;
}

/* Only the last star is ever taken back: one more byte for an earlier one could not help. */
bool glob_match(const char *pattern, struct slice text)
{
	const char *star = NULL, *next;
	size_t at = 0, star_at = 0;

	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			star_at = at;
		} else if (at == text.length) {
			return !*pattern;
		} else if ((next = byte_match(pattern, text.data[at]))) {
			pattern = next;
			at++;
		} else if (star) {
			pattern = star;
			at = ++star_at;
		} else {
			return false;
		}
	}
}

const char *glob_flaw(const char *pattern)
{
	bool found;

	while (*pattern) {
		if (*pattern == '[') {
			pattern = set_read(pattern + 1, 0, &found);
			if (!pattern)
				return "a '[' without its ']', or an unknown [:class:] (for the character itself: '[[]')";
		} else if (*pattern == '\\' && !pattern[1]) {
			return "a backslash at its end";
		} else {
			pattern += *pattern == '\\' ? 2 : 1;
		}
	}
	return NULL;
}

bool glob_is_literal(const char *pattern)
{
	return !pattern[strcspn(pattern, "*?[\\")];
}

bool globs_match(const struct globs *globs, struct slice text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->patterns[i], text))
			return true;
	return false;
}
