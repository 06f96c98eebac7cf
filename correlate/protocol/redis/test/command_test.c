// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/protocol/redis/command.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEN "0123456789"

static void on_begin(void *context, uint64_t position)
{
	struct redis_command_reader *command = context;

	(void)position;
	redis_command_begin(command, command->query);
}

static void on_item(void *context, const struct resp_item *item)
{
	redis_command_item(context, item);
}

static void on_end(void *context, uint64_t position)
{
	(void)position;
	redis_command_end(context);
}

static void on_lost(void *context, enum resp_lost reason)
{
	(void)context;
	(void)reason;
	fail();
}

static const struct resp_events events = { on_begin, on_item, on_end, on_lost };

/* Reads a command's words, inline or as an array of bulk strings. */
static void read_command(struct redis_command_reader *command, const char *line, bool inlined)
{
	char encoded[4096], words[2048], *rest = words, *word;
	size_t length, count = 0;
	struct resp_reader reader;
	char body[4096] = "";

	snprintf(words, sizeof(words), "%s", line);
	while ((word = strsep(&rest, " ")) != NULL) {
		snprintf(body + strlen(body), sizeof(body) - strlen(body), "$%zu\r\n%s\r\n", strlen(word), word);
		count++;
	}
	if (inlined)
		length = (size_t)snprintf(encoded, sizeof(encoded), "%s\r\n", line);
	else
		length = (size_t)snprintf(encoded, sizeof(encoded), "*%zu\r\n%s", count, body);
	resp_reader_init(&reader, RESP_COMMANDS, &events, command);
	for (size_t i = 0; i < length; i++) {
		char *copy = guard_copy(encoded + i, 1);

		resp_reader_bytes(&reader, i, slice_of(copy, 1));
		guard_free(copy, 1);
	}
	assert_true(resp_reader_idle(&reader));
}

static void tables_are_sorted(void **state)
{
	const struct {
		const struct redis_command_row *rows;
		size_t count;
	} tables[] = {
		{ redis_commands, redis_commands_count },
		{ redis_subcommands, redis_subcommands_count },
		{ redis_module_commands, redis_module_commands_count },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		for (size_t j = 0; j < tables[i].count; j++) {
			const struct redis_command_row *row = &tables[i].rows[j];

			assert_ptr_equal(redis_command_find(row->name), row);
			assert_true(row->name.length <= REDIS_NAME_MAX);
			assert_true(!row->first || row->step > 0);
		}
	}
}

static void finds_names_in_any_case(void **state)
{
	(void)state;
	assert_non_null(redis_command_find(SLICE_LITERAL("get")));
	assert_ptr_equal(redis_command_find(SLICE_LITERAL("GeT")), redis_command_find(SLICE_LITERAL("GET")));
	assert_non_null(redis_command_find(SLICE_LITERAL("json.set")));
	assert_null(redis_command_find(SLICE_LITERAL("")));
	assert_null(redis_command_find(SLICE_LITERAL("GE")));
	assert_null(redis_command_find(SLICE_LITERAL("GETT")));
	assert_null(redis_command_find(SLICE_LITERAL("hunter2")));
	assert_null(redis_command_find(SLICE_LITERAL(TEN TEN TEN TEN TEN)));
}

struct text_case {
	const char *line;
	const char *name; /* NULL: in no table */
	const char *plain;
	const char *with_keys; /* NULL: as plain */
};

static const struct text_case texts[] = {
	{ "PING", "PING", "PING", NULL },
	{ "get k", "GET", "GET ?", "GET k" },
	{ "SET k v EX 10", "SET", "SET ? ? ? ?", "SET k ? ? ?" },
	{ "MSET a 1 b 2", "MSET", "MSET ? ? ? ?", "MSET a ? b ?" },
	{ "BLPOP a b 0", "BLPOP", "BLPOP ? ? ?", "BLPOP a b ?" },
	{ "RENAME a b", "RENAME", "RENAME ? ?", "RENAME a b" },
	{ "EVAL return(1) 2 a b secret", "EVAL", "EVAL ? ? ? ? ?", "EVAL ? ? a b ?" },
	{ "ZUNIONSTORE d 2 a b WEIGHTS 1 2", "ZUNIONSTORE", "ZUNIONSTORE ? ? ? ? ? ? ?",
	  "ZUNIONSTORE d ? a b ? ? ?" },
	{ "XREAD COUNT 2 STREAMS a b 0 0", "XREAD", "XREAD ? ? ? ? ? ? ?", "XREAD ? ? ? a b ? ?" },
	{ "OBJECT ENCODING k", "OBJECT ENCODING", "OBJECT ENCODING ?", "OBJECT ENCODING k" },
	{ "OBJECT NONSENSE k", "OBJECT", "OBJECT ? ?", NULL },
	{ "client setname me", "CLIENT SETNAME", "CLIENT SETNAME ?", NULL },
	{ "CONFIG GET save", "CONFIG GET", "CONFIG GET ?", NULL },
	{ "JSON.SET k $ 1", "JSON.SET", "JSON.SET ? ? ?", "JSON.SET k ? ?" },
	{ "DEL 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6", "DEL", "DEL ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?",
	  "DEL 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6" },
	{ "DEL 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7", "DEL", "DEL ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ...",
	  "DEL 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 ..." },
	{ "GET " TEN TEN TEN TEN TEN TEN "01234", "GET", "GET ?", "GET " TEN TEN TEN TEN TEN TEN "0123..." },
	/* Nothing of what may hold credentials. */
	{ "AUTH secret", "AUTH", "AUTH", NULL },
	{ "AUTH me secret", "AUTH", "AUTH", NULL },
	{ "HELLO 3 AUTH me secret SETNAME x", "HELLO", "HELLO", NULL },
	{ "ACL SETUSER me on >secret", "ACL SETUSER", "ACL SETUSER", NULL },
	{ "ACL NONSENSE secret", "ACL", "ACL", NULL },
	{ "CONFIG SET requirepass secret", "CONFIG SET", "CONFIG SET", NULL },
	{ "MIGRATE h 1 k 0 10 AUTH secret", "MIGRATE", "MIGRATE", NULL },
	{ "MIGRATE h 1 k 0 10 AUTH2 me secret", "MIGRATE", "MIGRATE", NULL },
	{ "SENTINEL SET m auth-pass secret", "SENTINEL SET", "SENTINEL SET", NULL },
	/* A password typed as a command is no name. */
	{ "hunter2", NULL, "", NULL },
	{ "hunter2 secret", NULL, "", NULL },
};

static void show_case(const struct text_case *test, bool inlined)
{
	struct redis_command_reader reader = { 0 };
	const char *keys = test->with_keys ? test->with_keys : test->plain;
	char text[REDIS_QUERY_MAX], query[REDIS_QUERY_MAX];
	size_t length;
	bool shown;

	read_command(&reader, test->line, inlined);
	if (test->name)
		assert_true(slice_equal(reader.command.row->name, slice_of_string(test->name)));
	else
		assert_null(reader.command.row);
	assert_int_equal(reader.command.query_length, 0);
	length = redis_command_text(&reader.command, text);
	assert_true(slice_equal(slice_of(text, length), slice_of_string(test->plain)));

	reader.query = query;
	read_command(&reader, test->line, inlined);
	/* How many arguments an inline command has is not known before its end. */
	if (inlined && test->with_keys && (strstr(test->line, "STREAMS") || reader.command.row->last < 0))
		return;
	shown = test->name && !(reader.command.row->flags & REDIS_HIDDEN);
	assert_int_equal(reader.command.query_length > 0, shown);
	if (reader.command.query_length)
		assert_true(slice_equal(slice_of(reader.query, reader.command.query_length), slice_of_string(keys)));
}

static void shows_what_it_may(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		show_case(&texts[i], false);
		show_case(&texts[i], true);
	}
}

static void takes_what_changes_the_conversation(void **state)
{
	static const struct {
		const char *line;
		enum redis_rule rule;
		enum redis_option option;
		int32_t number;
	} cases[] = {
		{ "CLIENT REPLY off", REDIS_RULE_CLIENT_REPLY, REDIS_OPTION_OFF, -1 },
		{ "client reply SKIP", REDIS_RULE_CLIENT_REPLY, REDIS_OPTION_SKIP, -1 },
		{ "CLIENT REPLY ON", REDIS_RULE_CLIENT_REPLY, REDIS_OPTION_ON, -1 },
		{ "CLIENT REPLY maybe", REDIS_RULE_CLIENT_REPLY, REDIS_OPTION_NONE, -1 },
		{ "SELECT 15", REDIS_RULE_SELECT, REDIS_OPTION_NONE, 15 },
		{ "SELECT x", REDIS_RULE_SELECT, REDIS_OPTION_NONE, -1 },
		{ "SELECT 99999999999", REDIS_RULE_SELECT, REDIS_OPTION_NONE, -1 },
		{ "REPLCONF ACK 100", REDIS_RULE_REPLCONF, REDIS_OPTION_ACK, -1 },
		{ "REPLCONF listening-port 1", REDIS_RULE_REPLCONF, REDIS_OPTION_NONE, -1 },
		{ "SCRIPT DEBUG YES", REDIS_RULE_DEBUGGER, REDIS_OPTION_ON, -1 },
		{ "SCRIPT DEBUG NO", REDIS_RULE_DEBUGGER, REDIS_OPTION_OFF, -1 },
		{ "GET OFF", REDIS_RULE_NONE, REDIS_OPTION_NONE, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct redis_command_reader reader = { 0 };

		read_command(&reader, cases[i].line, i % 2);
		assert_int_equal(reader.command.row->rule, cases[i].rule);
		assert_int_equal(reader.command.option, cases[i].option);
		assert_int_equal(reader.command.number, cases[i].number);
	}
}

static void believes_no_name_with_a_space(void **state)
{
	char query[REDIS_QUERY_MAX];
	struct redis_command_reader reader = { .query = query };

	(void)state;
	read_command(&reader, "\"CONFIG SET\" secret", true);
	assert_null(reader.command.row);
	assert_int_equal(reader.command.arguments, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sorted),
		cmocka_unit_test(finds_names_in_any_case),
		cmocka_unit_test(shows_what_it_may),
		cmocka_unit_test(takes_what_changes_the_conversation),
		cmocka_unit_test(believes_no_name_with_a_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
