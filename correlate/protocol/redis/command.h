/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a command, taken from its arguments as they pass. Pure; no argument is kept but keys that are to be
 * shown.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_COMMAND_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_COMMAND_H

#include "correlate/protocol/redis/command_rows.h"
#include "correlate/protocol/redis/resp.h"

#define REDIS_ARGUMENTS_SHOWN 16 /* as "?" or keys; of more "..." tells */
#define REDIS_QUERY_MAX 256      /* kept of a text with keys */

/* What of an argument changes the conversation. */
enum redis_option {
	REDIS_OPTION_NONE,
	REDIS_OPTION_ON,   /* CLIENT REPLY ON, SCRIPT DEBUG YES|SYNC */
	REDIS_OPTION_OFF,  /* CLIENT REPLY OFF, SCRIPT DEBUG NO */
	REDIS_OPTION_SKIP, /* CLIENT REPLY SKIP */
	REDIS_OPTION_ACK,  /* REPLCONF ACK|GETACK */
};

struct redis_command {
	const struct redis_command_row *row; /* NULL: in no table */
	uint32_t arguments;                  /* with the name; 0: an empty line, which is none. Inline: 64 for more */
	int32_t number;                      /* of SELECT the index; -1: none */
	uint8_t option;                      /* enum redis_option */
	uint16_t query_length;               /* of the text with keys; 0: they are not shown */
};

struct redis_command_reader {
	char *query; /* REDIS_QUERY_MAX bytes of the caller's for the text with keys; NULL: they are not shown */
	struct redis_command command;
	uint64_t announced;         /* arguments, as the array's header says; 0: inline */
	uint64_t keys_from, keys_to; /* of NUMKEYS and STREAMS, once known; to: exclusive */
	char name[REDIS_NAME_MAX];
};

void redis_command_begin(struct redis_command_reader *reader, char *query);
/* An item of the command, in order (resp.h). */
void redis_command_item(struct redis_command_reader *reader, const struct resp_item *item);
/* All of it is told: reader->command is whole. */
void redis_command_end(struct redis_command_reader *reader);

/*
 * The text without keys: "SET ? ?"; only the name where arguments are hidden. Returns its length, at most
 * REDIS_QUERY_MAX; 0 for a command that is in no table.
 */
size_t redis_command_text(const struct redis_command *command, char text[REDIS_QUERY_MAX]);

#endif
