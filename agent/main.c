// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "agent/commands/command.h"
#include "agent/options/option.h"

static const struct command commands[] = {
	{ "run", "trace: capture, link and write spans", command_run },
	{ "record", "capture to a file", command_run },
	{ "replay", "trace what was recorded: link and write spans", command_run },
	{ "check", "tell what this system has and lacks", command_check },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *file)
{
	fprintf(file, "Usage: wirespan SUBCOMMAND [options]\n\n"
		      "Distributed traces from what processes say on their sockets.\n\nSubcommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(file, "  %-12s  %s\n", commands[i].name, commands[i].summary);
	fprintf(file, "\n'wirespan SUBCOMMAND --help' tells its options.\n\n"
		      "  -h, --help     print this and exit\n"
		      "  -V, --version  print the version and exit\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		option_print_version();
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	option_error("unknown %s '%s'", argv[1][0] == '-' ? "option" : "subcommand", argv[1]);
	fprintf(stderr, "Try 'wirespan --help'.\n");
	return EXIT_USAGE;
}
