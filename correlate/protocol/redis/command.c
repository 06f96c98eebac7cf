// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/command.h"

void redis_command_begin(struct redis_command_reader *reader, char *query)
{
	reader->query = query;
	reader->command = (struct redis_command){ .number = -1 };
	reader->announced = 0;
	reader->keys_from = reader->keys_to = 0;
}

static void append(struct redis_command_reader *reader, struct slice part)
{
	struct redis_command *command = &reader->command;

	part = slice_head(part, REDIS_QUERY_MAX - command->query_length);
	if (part.length)
		memcpy(reader->query + command->query_length, part.data, part.length);
	command->query_length += (uint16_t)part.length;
}

/* An argument's whole text, as it must be for what follows to be believed. */
static bool is_whole(const struct resp_item *item)
{
	return item->text.length == item->length;
}

static void take_name(struct redis_command_reader *reader, const struct resp_item *item)
{
	/* A space in it would make it a subcommand's. */
	if (!is_whole(item) || item->length > sizeof(reader->name) || slice_find(item->text, ' ') < item->length)
		return;
	reader->command.row = redis_command_find(item->text);
}

static void take_subcommand(struct redis_command_reader *reader, const struct resp_item *item)
{
	struct slice container = reader->command.row->name;
	size_t length = container.length + 1 + item->text.length;
	const struct redis_command_row *row;

	if (!is_whole(item) || length > sizeof(reader->name))
		return;
	memcpy(reader->name, container.data, container.length);
	reader->name[container.length] = ' ';
	if (item->text.length)
		memcpy(reader->name + container.length + 1, item->text.data, item->text.length);
	row = redis_command_find(slice_of(reader->name, length));
	if (row)
		reader->command.row = row;
}

struct word {
	uint8_t rule, index, option;
	struct slice text;
};

static const struct word words[] = {
	{ REDIS_RULE_CLIENT_REPLY, 2, REDIS_OPTION_ON, SLICE_LITERAL("ON") },
	{ REDIS_RULE_CLIENT_REPLY, 2, REDIS_OPTION_OFF, SLICE_LITERAL("OFF") },
	{ REDIS_RULE_CLIENT_REPLY, 2, REDIS_OPTION_SKIP, SLICE_LITERAL("SKIP") },
	{ REDIS_RULE_DEBUGGER, 2, REDIS_OPTION_ON, SLICE_LITERAL("YES") },
	{ REDIS_RULE_DEBUGGER, 2, REDIS_OPTION_ON, SLICE_LITERAL("SYNC") },
	{ REDIS_RULE_DEBUGGER, 2, REDIS_OPTION_OFF, SLICE_LITERAL("NO") },
	{ REDIS_RULE_REPLCONF, 1, REDIS_OPTION_ACK, SLICE_LITERAL("ACK") },
	{ REDIS_RULE_REPLCONF, 1, REDIS_OPTION_ACK, SLICE_LITERAL("GETACK") },
};

static void take_option(struct redis_command *command, const struct resp_item *item)
{
	uint64_t number;

	if (command->row->rule == REDIS_RULE_SELECT && item->index == 1 && is_whole(item) &&
	    slice_to_u64(item->text, &number) && number <= INT32_MAX)
		command->number = (int32_t)number;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].rule == command->row->rule && words[i].index == item->index && is_whole(item) &&
		    slice_equal_ignoring_case(item->text, words[i].text))
			command->option = words[i].option;
}

/* Where the keys are, as far as the arguments before `index` say; false: nowhere that is certain. */
static bool is_key(const struct redis_command_reader *reader, uint64_t index)
{
	const struct redis_command_row *row = reader->command.row;
	uint64_t last = (uint64_t)row->last;

	if (index >= reader->keys_from && index < reader->keys_to)
		return true;
	if (!row->first || index < (uint64_t)row->first)
		return false;
	if (row->last < 0) {
		uint64_t back = (uint64_t)-row->last;

		if (reader->announced <= back)
			return false;
		last = reader->announced - back;
	}
	return index <= last && (index - (uint64_t)row->first) % (uint64_t)row->step == 0;
}

/* Arguments that say which others are keys. */
static void find_keys(struct redis_command_reader *reader, const struct resp_item *item)
{
	const struct redis_command_row *row = reader->command.row;
	uint64_t number;

	if (row->numkeys && item->index == (uint64_t)row->numkeys && is_whole(item) &&
	    slice_to_u64(item->text, &number) && number < INT32_MAX) {
		reader->keys_from = item->index + 1;
		reader->keys_to = reader->keys_from + number;
	}
	if (row->streams && !reader->keys_from && reader->announced && is_whole(item) &&
	    slice_equal_ignoring_case(item->text, SLICE_LITERAL("STREAMS"))) {
		reader->keys_from = item->index + 1;
		reader->keys_to = reader->keys_from + (reader->announced - reader->keys_from) / 2;
	}
}

static void show(struct redis_command_reader *reader, const struct resp_item *item)
{
	if (item->index > REDIS_ARGUMENTS_SHOWN)
		return;
	append(reader, SLICE_LITERAL(" "));
	if (!is_key(reader, item->index)) {
		append(reader, SLICE_LITERAL("?"));
		return;
	}
	append(reader, item->text);
	if (!is_whole(item))
		append(reader, SLICE_LITERAL("..."));
}

void redis_command_item(struct redis_command_reader *reader, const struct resp_item *item)
{
	struct redis_command *command = &reader->command;
	bool named = false;

	if (item->depth == 0) {
		reader->announced = (uint64_t)item->number;
		return;
	}
	command->arguments = (uint32_t)item->index + 1;
	if (item->index == 0)
		take_name(reader, item);
	if (!command->row)
		return;
	if (item->index == 1 && command->row->flags & REDIS_CONTAINER) {
		const struct redis_command_row *container = command->row;

		take_subcommand(reader, item);
		named = command->row != container;
	}
	if (command->row->rule)
		take_option(command, item);
	if (!reader->query || command->row->flags & REDIS_HIDDEN)
		return;
	if (item->index == 0 || named) {
		command->query_length = 0;
		append(reader, command->row->name);
		return;
	}
	find_keys(reader, item);
	show(reader, item);
}

void redis_command_end(struct redis_command_reader *reader)
{
	struct redis_command *command = &reader->command;

	if (reader->announced)
		command->arguments = reader->announced < UINT32_MAX ? (uint32_t)reader->announced : UINT32_MAX;
	if (!command->row || command->row->flags & REDIS_HIDDEN)
		command->query_length = 0;
	else if (command->query_length && command->arguments > REDIS_ARGUMENTS_SHOWN + 1)
		append(reader, SLICE_LITERAL(" ..."));
}

size_t redis_command_text(const struct redis_command *command, char text[REDIS_QUERY_MAX])
{
	static const char places[] = " ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?";
	const struct redis_command_row *row = command->row;
	size_t length, named, places_length;

	_Static_assert(sizeof(places) - 1 == 2 * REDIS_ARGUMENTS_SHOWN, "a place for each argument");
	_Static_assert(REDIS_NAME_MAX + sizeof(places) + 4 <= REDIS_QUERY_MAX, "all fits");
	if (!row)
		return 0;
	length = row->name.length;
	memcpy(text, row->name.data, length);
	if (row->flags & REDIS_HIDDEN)
		return length;
	named = slice_find(row->name, ' ') < row->name.length ? 2 : 1;
	/* Counted as where keys are shown: the name's second word is an argument. */
	if (command->arguments > named) {
		size_t shown = command->arguments < REDIS_ARGUMENTS_SHOWN + 1 ? command->arguments :
										REDIS_ARGUMENTS_SHOWN + 1;

		places_length = 2 * (shown - named);
		memcpy(text + length, places, places_length);
		length += places_length;
	}
	if (command->arguments > REDIS_ARGUMENTS_SHOWN + 1) {
		memcpy(text + length, " ...", 4);
		length += 4;
	}
	return length;
}
