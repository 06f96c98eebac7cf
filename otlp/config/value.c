// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/value.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "otlp/encode/utf8.h"

#define PROBLEM_TEXT_MAX 512

bool config_lookup(struct config_reader *reader, const char *name, struct slice *ret_value)
{
	const char *value;
	size_t length;

	snprintf(reader->name, sizeof(reader->name), "%s%s", reader->prefix, name);
	value = reader->source->lookup(reader->source->context, reader->name);
	if (!value)
		return false;
	length = strnlen(value, CONFIG_VALUE_MAX + 1);
	if (length > CONFIG_VALUE_MAX) {
		config_problem(reader, "longer than %d bytes, left out", CONFIG_VALUE_MAX);
		return false;
	}
	*ret_value = slice_trim(slice_of(value, length));
	return ret_value->length > 0;
}

void config_problem(const struct config_reader *reader, const char *format, ...)
{
	char text[PROBLEM_TEXT_MAX];
	va_list arguments;
	int length;

	if (reader->quiet || !reader->source->problem)
		return;
	length = snprintf(text, sizeof(text), "%s: ", reader->name);
	va_start(arguments, format);
	vsnprintf(text + length, sizeof(text) - (size_t)length, format, arguments);
	va_end(arguments);
	reader->source->problem(reader->source->context, text);
}

const char *config_quote(struct slice value, char quoted[CONFIG_QUOTE_MAX])
{
	const struct slice more = SLICE_LITERAL("...");
	const size_t bytes_max = (CONFIG_QUOTE_MAX - 1 - more.length) / 3;
	struct slice shown = utf8_head(slice_head(value, bytes_max), bytes_max);
	size_t length = utf8_sanitize_for_terminal(shown, quoted);

	if (shown.length < value.length)
		memcpy(quoted + length, more.data, more.length + 1);
	return quoted;
}

bool config_boolean(struct config_reader *reader, const char *name, bool fallback)
{
	char quoted[CONFIG_QUOTE_MAX];
	struct slice value;

	if (!config_lookup(reader, name, &value))
		return fallback;
	if (slice_equal_ignoring_case(value, SLICE_LITERAL("true")))
		return true;
	if (!slice_equal_ignoring_case(value, SLICE_LITERAL("false")))
		config_problem(reader, "\"%s\" is neither true nor false, taken for false",
			       config_quote(value, quoted));
	return false;
}

uint64_t config_number(struct config_reader *reader, const char *name, uint64_t fallback, uint64_t min, uint64_t max)
{
	char quoted[CONFIG_QUOTE_MAX];
	struct slice value;
	uint64_t number;

	if (!config_lookup(reader, name, &value))
		return fallback;
	if (slice_to_u64(value, &number) && number >= min && number <= max)
		return number;
	config_problem(reader, "\"%s\" is not a whole number from %llu to %llu, left out", config_quote(value, quoted),
		       (unsigned long long)min, (unsigned long long)max);
	return fallback;
}

uint64_t config_duration(struct config_reader *reader, const char *name, uint64_t fallback, uint64_t min)
{
	return NSEC_PER_MSEC *
	       config_number(reader, name, fallback / NSEC_PER_MSEC, min / NSEC_PER_MSEC, CONFIG_MILLISECONDS_MAX);
}

/* Decimal, unlike what strtod() takes. */
static bool parse_share(struct slice value, double *ret_share)
{
	char text[64];
	char *end;

	if (value.length >= sizeof(text))
		return false;
	memcpy(text, value.data, value.length);
	text[value.length] = '\0';
	if (strspn(text, "0123456789.eE+-") != value.length)
		return false;
	*ret_share = strtod(text, &end);
	return end == text + value.length && !signbit(*ret_share) && *ret_share <= 1;
}

double config_share(struct config_reader *reader, const char *name, double fallback)
{
	char quoted[CONFIG_QUOTE_MAX];
	struct slice value;
	double share;

	if (!config_lookup(reader, name, &value))
		return fallback;
	if (parse_share(value, &share))
		return share;
	config_problem(reader, "\"%s\" is not a number from 0 to 1, left out", config_quote(value, quoted));
	return fallback;
}

static void tell_choices(const struct config_reader *reader, const struct config_choice *choices, struct slice value,
			 const char *what)
{
	char quoted[CONFIG_QUOTE_MAX], known[PROBLEM_TEXT_MAX / 2] = "";
	size_t length = 0;

	for (; choices->name; choices++) {
		if (!choices->unsupported && length < sizeof(known))
			length += (size_t)snprintf(known + length, sizeof(known) - length, "%s%s", length ? ", " : "",
						   choices->name);
	}
	config_problem(reader, "\"%s\" %s; there is: %s", config_quote(value, quoted), what, known);
}

const struct config_choice *config_choice_find(const struct config_reader *reader, const struct config_choice *choices,
					       struct slice value)
{
	for (const struct config_choice *choice = choices; choice->name; choice++) {
		if (!slice_equal_ignoring_case(value, slice_of_string(choice->name)))
			continue;
		if (choice->unsupported)
			tell_choices(reader, choices, value, "is not supported");
		return choice;
	}
	tell_choices(reader, choices, value, "is unknown");
	return NULL;
}

int config_choose(struct config_reader *reader, const char *name, const struct config_choice *choices, int fallback)
{
	const struct config_choice *choice;
	struct slice value;

	if (!config_lookup(reader, name, &value))
		return fallback;
	choice = config_choice_find(reader, choices, value);
	return choice && choice->value != CONFIG_FALLBACK ? choice->value : fallback;
}

int config_string(struct config_reader *reader, const char *name, char **field)
{
	struct slice value;
	char *copy;

	if (!config_lookup(reader, name, &value))
		return 0;
	copy = slice_to_string(value);
	if (!copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

int config_path(struct config_reader *reader, const char *name, char **field)
{
	struct stat status;
	char *path = NULL;
	int error;

	error = config_string(reader, name, &path);
	if (error || !path)
		return error;
	if (access(path, R_OK) < 0 || stat(path, &status) < 0)
		config_problem(reader, "the file cannot be read: %s", strerror(errno));
	else if (S_ISDIR(status.st_mode))
		config_problem(reader, "the file cannot be read: %s", strerror(EISDIR));
	free(*field);
	*field = path;
	return 0;
}
