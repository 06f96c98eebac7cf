/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single variables: looked up, read by their type, told where they are bad.
 * OpenTelemetry specification 1.60, "Environment Variable Specification":
 * empty is unset; what is bad is told and left out, the fallback used.
 */
#ifndef WIRESPAN_OTLP_CONFIG_VALUE_H
#define WIRESPAN_OTLP_CONFIG_VALUE_H

#include "otlp/config/settings.h"

#define CONFIG_NAME_MAX 80
#define CONFIG_MILLISECONDS_MAX ((uint64_t)INT32_MAX)

struct config_reader {
	const struct config_source *source;
	const char *prefix; /* of every name below; never NULL */
	bool quiet;         /* these variables have been read, and told, before */
	char name[CONFIG_NAME_MAX]; /* of the variable under way */
};

/* The value between its blanks; false where that is nothing, or longer than CONFIG_VALUE_MAX (told). */
bool config_lookup(struct config_reader *reader, const char *name, struct slice *ret_value);

/* Tells "NAME: text", NAME being the variable looked up last. */
void config_problem(const struct config_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for a value in a message. */
#define CONFIG_QUOTE_MAX 128
/* The beginning of `value`, safe for a terminal. Not for what may hold secrets. */
const char *config_quote(struct slice value, char quoted[CONFIG_QUOTE_MAX]);

/* True only for "true", in any case. */
bool config_boolean(struct config_reader *reader, const char *name, bool fallback);
/* A whole number from `min` to `max`. */
uint64_t config_number(struct config_reader *reader, const char *name, uint64_t fallback, uint64_t min, uint64_t max);
/* Milliseconds, from `min` to CONFIG_MILLISECONDS_MAX; in and out in nanoseconds. */
uint64_t config_duration(struct config_reader *reader, const char *name, uint64_t fallback, uint64_t min);
/* From 0 to 1. */
double config_share(struct config_reader *reader, const char *name, double fallback);

/* What an enumeration may be. The table ends with a row without name. */
struct config_choice {
	const char *name;
	int value; /* CONFIG_FALLBACK: none of its own */
	bool unsupported; /* told */
};
#define CONFIG_FALLBACK (-1)
/* The row that `value` names, in any case, else NULL. What is unknown or not supported is told. */
const struct config_choice *config_choice_find(const struct config_reader *reader, const struct config_choice *choices,
					       struct slice value);
int config_choose(struct config_reader *reader, const char *name, const struct config_choice *choices, int fallback);

/* Puts a copy in the place of *field, where the variable says something. 0 or -ENOMEM. */
int config_string(struct config_reader *reader, const char *name, char **field);
/*
 * The same for the path of a file. One that cannot be read is told but kept: better no
 * connection than one with less proof than was asked for.
 */
int config_path(struct config_reader *reader, const char *name, char **field);

#endif
