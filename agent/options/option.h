/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long options as a table: parsing, their help text and their error messages
 * all come from it. Every command has --help and --version, too; these and
 * --verbose have a letter.
 */
#ifndef WIRESPAN_AGENT_OPTIONS_OPTION_H
#define WIRESPAN_AGENT_OPTIONS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row {
	const char *name;     /* without the dashes */
	const char *argument; /* what help calls its argument; NULL: it takes none */
	const char *help;     /* one line, or several separated by '\n' */
	/*
	 * Called each time the option is given; `argument` is NULL where the row
	 * has none. 0 done; -EINVAL when it has said (option_error) what is wrong.
	 */
	int (*set)(const char *name, const char *argument, void *target);
	void *target; /* handed to set */
};

/* A table is made of parts, so that commands can share rows. The last part has rows == NULL. */
struct option_part {
	const char *title; /* heading in the help text; NULL: none */
	const struct option_row *rows;
	size_t count;
};

struct option_usage {
	const char *command;     /* the subcommand's name */
	const char *synopsis;    /* what follows it: "[options]" */
	const char *description; /* a sentence or two */
};

/*
 * Parses argv (argv[0] is the command's name). 0: go on, *ret_first is the index of
 * the first argument that is no option (options that follow arguments are moved
 * before them); > 0: help or version was asked for and printed; -EINVAL: wrong usage, said on
 * standard error with a hint; -ENOMEM.
 */
int option_parse(const struct option_usage *usage, const struct option_part *parts, int argc, char **argv,
		 int *ret_first);

void option_print_version(void);

/* Prints "wirespan: error: ..." whatever the log level. */
void option_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads all of `text` as a decimal number in [min, max]; otherwise says so and returns -EINVAL. */
int option_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *ret_value);

/*
 * Reads all of `text` as a time in [min, max] seconds: a decimal number, with a unit (us, ms, s, m, h) or of
 * seconds; otherwise says so and returns -EINVAL.
 */
int option_seconds(const char *name, const char *text, double min, double max, double *ret_seconds);

/* Ready-made setters; the target is what the name says. A repeated option overwrites. */
int option_set_flag(const char *name, const char *argument, void *target);   /* bool: becomes true */
int option_clear_flag(const char *name, const char *argument, void *target); /* bool: becomes false */
int option_set_string(const char *name, const char *argument, void *target); /* const char *; not empty */

int option_add_glob(const char *name, const char *argument, void *target); /* struct globs; repeated, it adds */

struct option_number_target {
	uint64_t min, max;
	uint64_t value;
	bool given;
};
int option_set_number(const char *name, const char *argument, void *target); /* struct option_number_target */

struct option_choice_target {
	const char *const *choices; /* ends with NULL */
	size_t value;               /* index into choices */
};
int option_set_choice(const char *name, const char *argument, void *target); /* struct option_choice_target */

#endif
