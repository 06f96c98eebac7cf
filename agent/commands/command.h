/* SPDX-License-Identifier: Apache-2.0 */
/* Subcommands: a row in main.c's table and a file here each. */
#ifndef WIRESPAN_AGENT_COMMANDS_COMMAND_H
#define WIRESPAN_AGENT_COMMANDS_COMMAND_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,   /* the command line is wrong */
	EXIT_LACKING = 3, /* the system lacks something; the message says what and how to get it */
};

struct command {
	const char *name;
	const char *summary;
	/* argv[0] is the subcommand's name. Returns an exit status. */
	int (*run)(int argc, char **argv);
};

/* "run", "record" and "replay": one way from records to spans. */
int command_run(int argc, char **argv);
int command_check(int argc, char **argv);

#endif
