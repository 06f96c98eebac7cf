// SPDX-License-Identifier: Apache-2.0
#include "agent/options/option.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/slice.h"

/* getopt_long() hands back `val`: the row's number from here on, clear of characters. */
#define FIRST_ROW 256
#define HELP_ROW (FIRST_ROW - 1)
#define VERSION_ROW (FIRST_ROW - 2)
#define HELP_INDENT_MAX 32
#define LETTERS ":hvV"

/* What every command has. */
static const struct option_row help_row = { .name = "help", .help = "print this and exit" };
static const struct option_row version_row = { .name = "version", .help = "print the version and exit" };

/* The same letter for the same option, in whatever command has it. */
static const struct {
	char letter;
	const char *name;
} letters[] = { { 'h', "help" }, { 'V', "version" }, { 'v', "verbose" } };

/* 0: it has none. */
static char letter_of(const char *name)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strcmp(letters[i].name, name) == 0)
			return letters[i].letter;
	return '\0';
}

void option_print_version(void)
{
	printf("wirespan %s\n", WIRESPAN_VERSION);
}

void option_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_message_va(LOG_LEVEL_ERROR, format, arguments);
	va_end(arguments);
}

static size_t count_rows(const struct option_part *parts)
{
	size_t count = 0;

	for (; parts->rows; parts++)
		count += parts->count;
	return count;
}

static const struct option_row *row_at(const struct option_part *parts, size_t index)
{
	while (index >= parts->count) {
		index -= parts->count;
		parts++;
	}
	return &parts->rows[index];
}

/* The table as getopt_long() wants it, --help and --version last. The caller frees it. */
static struct option *long_options(const struct option_part *parts)
{
	size_t count = count_rows(parts);
	struct option *options = calloc(count + 3, sizeof(*options));

	if (!options)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = row_at(parts, i);

		options[i].name = row->name;
		options[i].has_arg = row->argument ? required_argument : no_argument;
		options[i].val = FIRST_ROW + (int)i;
	}
	options[count].name = "help";
	options[count].val = HELP_ROW;
	options[count + 1].name = "version";
	options[count + 1].val = VERSION_ROW;
	return options;
}

static int row_width(const struct option_row *row)
{
	return (int)(strlen(row->name) + (row->argument ? strlen(row->argument) + 1 : 0));
}

static void print_row(const struct option_row *row, int indent)
{
	const char *line = row->help;
	char letter = letter_of(row->name);
	int width = row_width(row);

	printf(letter ? "  -%c, " : "      ", letter);
	printf("--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
	if (width > indent) {
		putchar('\n');
		width = -8;
	}
	while (line) {
		const char *end = strchr(line, '\n');
		int length = end ? (int)(end - line) : (int)strlen(line);

		printf("%*s%.*s\n", indent - width + 2, "", length, line);
		line = end ? end + 1 : NULL;
		width = -8;
	}
}

static void print_help(const struct option_usage *usage, const struct option_part *parts)
{
	int indent = row_width(&version_row);
	size_t count = count_rows(parts);

	for (size_t i = 0; i < count; i++) {
		int width = row_width(row_at(parts, i));

		if (width > indent && width <= HELP_INDENT_MAX)
			indent = width;
	}
	printf("Usage: wirespan %s %s\n\n%s\n", usage->command, usage->synopsis, usage->description);
	for (; parts->rows; parts++) {
		printf("\n%s%s", parts->title ? parts->title : "", parts->title ? ":\n" : "");
		for (size_t i = 0; i < parts->count; i++)
			print_row(&parts->rows[i], indent);
	}
	putchar('\n');
	print_row(&help_row, indent);
	print_row(&version_row, indent);
}

static int usage_error(const struct option_usage *usage)
{
	fprintf(stderr, "Try 'wirespan %s --help'.\n", usage->command);
	return -EINVAL;
}

/* What getopt_long() did not accept: an unknown name, or a value for an option that takes none. */
static int refuse(const struct option_usage *usage, const struct option_part *parts, const char *argument)
{
	if (optopt >= FIRST_ROW)
		option_error("--%s takes no value", row_at(parts, (size_t)(optopt - FIRST_ROW))->name);
	else if (optopt == HELP_ROW || optopt == VERSION_ROW)
		option_error("--%s takes no value", optopt == HELP_ROW ? "help" : "version");
	else if (optopt != 0)
		option_error("unknown option '-%c'", optopt);
	else
		option_error("unknown option '%s'", argument);
	return usage_error(usage);
}

/* What getopt_long() calls the option of the letter; '?' where this command has none. */
static int resolve_letter(const struct option *options, char letter)
{
	for (; options->name; options++)
		if (letter_of(options->name) == letter)
			return options->val;
	optopt = letter;
	return '?';
}

static int parse_with(const struct option *options, const struct option_usage *usage, const struct option_part *parts,
		      int argc, char **argv)
{
	int found;

	/* 0, not 1: glibc then forgets what it remembers of an earlier argv. */
	optind = 0;
	while ((found = getopt_long(argc, argv, LETTERS, options, NULL)) != -1) {
		const struct option_row *row;

		if (found > 0 && found < VERSION_ROW && found != '?' && found != ':')
			found = resolve_letter(options, (char)found);
		if (found == HELP_ROW || found == VERSION_ROW) {
			if (found == HELP_ROW)
				print_help(usage, parts);
			else
				option_print_version();
			return 1;
		}
		if (found == '?')
			return refuse(usage, parts, argv[optind - 1]);
		row = row_at(parts, (size_t)((found == ':' ? optopt : found) - FIRST_ROW));
		if (found == ':') {
			option_error("--%s needs a value: --%s %s", row->name, row->name, row->argument);
			return usage_error(usage);
		}
		if (row->set(row->name, optarg, row->target) != 0)
			return usage_error(usage);
	}
	return 0;
}

int option_parse(const struct option_usage *usage, const struct option_part *parts, int argc, char **argv,
		 int *ret_first)
{
	struct option *options = long_options(parts);
	int result;

	if (!options)
		return -ENOMEM;
	result = parse_with(options, usage, parts, argc, argv);
	free(options);
	if (result == 0)
		*ret_first = optind;
	return result;
}
