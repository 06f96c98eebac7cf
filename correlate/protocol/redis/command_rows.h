/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of each command: its name, which replies fit, where its keys are, what it does to the conversation. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_COMMAND_ROWS_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_COMMAND_ROWS_H

#include "base/slice.h"

#define REDIS_NAME_MAX 40 /* longer than any in the tables */

/* Which values answer it, besides errors, "QUEUED" and nulls. */
enum redis_fits {
	REDIS_FITS_ANY,
	REDIS_FITS_STATUS,  /* a simple string */
	REDIS_FITS_INTEGER, /* or a boolean */
	REDIS_FITS_BULK,    /* or a verbatim string, a double, a big number */
	REDIS_FITS_AGGREGATE,
};

enum redis_command_flag {
	REDIS_CONTAINER = 1, /* the next argument is part of the name */
	REDIS_HIDDEN = 2,    /* may hold credentials: nothing of its arguments is shown, not even how many */
	REDIS_BLOCKING = 4,  /* may rightly take for ever */
};

/* What it does besides asking for one reply (session.h). */
enum redis_rule {
	REDIS_RULE_NONE,
	REDIS_RULE_SUBSCRIBE,
	REDIS_RULE_UNSUBSCRIBE,
	REDIS_RULE_MONITOR,
	REDIS_RULE_PSYNC,
	REDIS_RULE_SYNC,
	REDIS_RULE_REPLCONF,
	REDIS_RULE_SHUTDOWN,
	REDIS_RULE_MULTI,
	REDIS_RULE_EXEC,
	REDIS_RULE_DISCARD,
	REDIS_RULE_CLIENT_REPLY,
	REDIS_RULE_SELECT,
	REDIS_RULE_HELLO,
	REDIS_RULE_INFO,
	REDIS_RULE_PING,
	REDIS_RULE_RESET,
	REDIS_RULE_DEBUGGER,
};

/* Arguments are counted from the name, which is 0. */
struct redis_command_row {
	struct slice name; /* upper case; of a container's both, with a space between */
	uint8_t fits;      /* enum redis_fits */
	uint8_t flags;     /* enum redis_command_flag */
	uint8_t rule;      /* enum redis_rule */
	int8_t first, last, step; /* keys; first 0: none at fixed places; last < 0: from the end, -1 is the last */
	int8_t numkeys;           /* the argument that says how many keys follow it; 0: none */
	bool streams;             /* keys are the first half of what follows STREAMS */
};

/* For the tables. */
#define NO_KEYS .first = 0
#define KEYS(first_, last_, step_) .first = (first_), .last = (last_), .step = (step_)
#define NUMKEYS(at_, first_) .numkeys = (at_), .first = (first_), .last = (first_), .step = 1
#define STREAMS .streams = true
#define ROW(name_, fits_, keys_, flags_, rule_)                                                                        \
	{ .name = SLICE_LITERAL(name_), .fits = REDIS_FITS_##fits_, .flags = (flags_),                                 \
	  .rule = REDIS_RULE_##rule_, keys_ }

extern const struct redis_command_row redis_commands[], redis_subcommands[], redis_module_commands[];
extern const size_t redis_commands_count, redis_subcommands_count, redis_module_commands_count;

/* By name, in any case of letters; NULL: not known. */
const struct redis_command_row *redis_command_find(struct slice name);

#endif
