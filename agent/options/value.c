// SPDX-License-Identifier: Apache-2.0
/* What options are set to. */
#include "agent/options/option.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/glob.h"
#include "base/slice.h"

int option_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
	struct slice digits = slice_of_string(text);
	uint64_t value;

	/* A number too long for 64 bits is still a number, and out of range. */
	if (digits.length == 0 || strspn(text, "0123456789") != digits.length) {
		option_error("--%s: '%s' is not a number: give one from %" PRIu64 " to %" PRIu64, name, text, min, max);
		return -EINVAL;
	}
	if (!slice_to_u64(digits, &value) || value < min || value > max) {
		option_error("--%s: %s is out of range: give a number from %" PRIu64 " to %" PRIu64, name, text, min,
			     max);
		return -EINVAL;
	}
	*ret_value = value;
	return 0;
}

int option_seconds(const char *name, const char *text, double min, double max, double *ret_seconds)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{ "", 1 },           { "s", 1 },          { "ms", 1e-3 }, { "us", 1e-6 },
		{ "\u00b5s", 1e-6 }, { "\u03bcs", 1e-6 }, { "m", 60 },    { "h", 3600 },
	};
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double number = strtod(text, &end);

	for (size_t i = 0; digits && end == text + digits && i < sizeof(units) / sizeof(units[0]); i++) {
		double seconds = number * units[i].seconds;

		if (strcmp(end, units[i].name) != 0 || !(seconds >= min && seconds <= max))
			continue;
		*ret_seconds = seconds;
		return 0;
	}
	option_error("--%s: '%s' is not a time from %gs to %.0fs: give seconds, or a number with us, ms, s, m or h",
		     name, text, min, max);
	return -EINVAL;
}

int option_set_flag(const char *name, const char *argument, void *target)
{
	(void)name;
	(void)argument;
	*(bool *)target = true;
	return 0;
}

int option_clear_flag(const char *name, const char *argument, void *target)
{
	(void)name;
	(void)argument;
	*(bool *)target = false;
	return 0;
}

int option_set_string(const char *name, const char *argument, void *target)
{
	if (argument[0] == '\0') {
		option_error("--%s: its value must not be empty", name);
		return -EINVAL;
	}
	*(const char **)target = argument;
	return 0;
}

int option_add_glob(const char *name, const char *argument, void *target)
{
	struct globs *globs = target;
	const char *pattern, *flaw;

	if (option_set_string(name, argument, &pattern) != 0)
		return -EINVAL;
	flaw = glob_flaw(pattern);
	if (flaw) {
		option_error("--%s: '%s' is no pattern: it has %s", name, pattern, flaw);
		return -EINVAL;
	}
	if (globs->count == GLOBS_MAX) {
		option_error("--%s: at most %d are possible", name, GLOBS_MAX);
		return -EINVAL;
	}
	globs->patterns[globs->count++] = pattern;
	return 0;
}

int option_set_number(const char *name, const char *argument, void *target)
{
	struct option_number_target *number = target;
	int error = option_number(name, argument, number->min, number->max, &number->value);

	if (!error)
		number->given = true;
	return error;
}

int option_set_choice(const char *name, const char *argument, void *target)
{
	struct option_choice_target *choice = target;
	char list[256];
	size_t length = 0;

	list[0] = '\0';
	for (size_t i = 0; choice->choices[i]; i++) {
		if (strcmp(choice->choices[i], argument) == 0) {
			choice->value = i;
			return 0;
		}
		if (length < sizeof(list))
			length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s", i > 0 ? ", " : "",
						   choice->choices[i]);
	}
	option_error("--%s: '%s' is not one of: %s", name, argument, list);
	return -EINVAL;
}
