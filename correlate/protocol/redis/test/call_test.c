// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/protocol/redis/call.h"

static const struct record_connection connection = {
	.family = RECORD_FAMILY_INET,
	.local_port = 40000,
	.remote_port = 6380,
	.local_address = { 10, 0, 0, 1 },
	.remote_address = { 10, 0, 0, 2 },
};

struct fixture {
	struct redis_session session;
	struct redis_command_reader reader;
	struct redis_reply reply;
	struct redis_call call;
	struct outcome outcome;
	struct span span;
	char text[DB_SPAN_TEXT_MAX + REDIS_QUERY_MAX];
	char query[REDIS_QUERY_MAX];
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	redis_session_init(&fixture.session, true);
	fixture.outcome = (struct outcome){ true, true, 30, 5, { NULL, 0 } };
	*state = &fixture;
	return 0;
}

static void begin_command(void *context, uint64_t position)
{
	struct fixture *fixture = context;

	(void)position;
	redis_command_begin(&fixture->reader, fixture->reader.query);
}

static void command_item(void *context, const struct resp_item *item)
{
	struct fixture *fixture = context;

	redis_command_item(&fixture->reader, item);
}

static void end_command(void *context, uint64_t position)
{
	struct fixture *fixture = context;

	(void)position;
	redis_command_end(&fixture->reader);
	redis_session_command(&fixture->session, &fixture->reader.command, &fixture->call.wait);
	redis_call_ask(&fixture->call, &fixture->reader.command, &fixture->session, true);
	fixture->call.query = slice_of(fixture->query, fixture->reader.command.query_length);
}

static void begin_reply(void *context, uint64_t position)
{
	struct fixture *fixture = context;

	(void)position;
	redis_reply_begin(&fixture->reply);
}

static void reply_item(void *context, const struct resp_item *item)
{
	struct fixture *fixture = context;

	redis_reply_item(&fixture->reply, item);
}

static void end_reply(void *context, uint64_t position)
{
	struct fixture *fixture = context;
	int32_t database = fixture->session.database;

	(void)position;
	redis_session_reply(&fixture->session, &fixture->call.wait, &fixture->reply);
	redis_call_answer(&fixture->call, &fixture->reply, database, &fixture->session);
}

static void on_lost(void *context, enum resp_lost reason)
{
	(void)context;
	(void)reason;
	fail();
}

static const struct resp_events commands = { begin_command, command_item, end_command, on_lost };
static const struct resp_events replies = { begin_reply, reply_item, end_reply, on_lost };

static void fill(struct fixture *fixture, enum span_kind kind)
{
	const struct db_span_context context = { .connection = &connection, .pid = 7, .tid = 8 };
	struct text text = { .data = fixture->text, .size = sizeof(fixture->text) };

	fixture->span.attribute_count = 0;
	redis_call_fill(&fixture->call, &fixture->outcome, kind, &context, &fixture->span, &text);
}

/* `reply` NULL: there is none. */
static void call(struct fixture *fixture, const char *command, const char *reply)
{
	struct resp_reader reader;

	fixture->call = (struct redis_call){ .database = -1 };
	resp_reader_init(&reader, RESP_COMMANDS, &commands, fixture);
	resp_reader_bytes(&reader, 0, slice_of_string(command));
	resp_reader_bytes(&reader, 0, SLICE_LITERAL("\r\n"));
	resp_reader_init(&reader, RESP_REPLIES, &replies, fixture);
	if (reply)
		resp_reader_bytes(&reader, 0, slice_of_string(reply));
	fill(fixture, SPAN_KIND_CLIENT);
}

/* `expected` NULL: there is none. */
static void check(const struct fixture *fixture, const char *key, const char *expected)
{
	const struct attribute *attribute = span_attribute(&fixture->span, key);

	if (!expected) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_true(slice_equal(attribute->string, slice_of_string(expected)));
}

static void check_integer(const struct fixture *fixture, const char *key, int64_t expected)
{
	const struct attribute *attribute = span_attribute(&fixture->span, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_INTEGER);
	assert_int_equal(attribute->integer, expected);
}

static void names_a_call_by_the_conventions(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "set k v", "+OK\r\n");
	assert_int_equal(fixture->span.kind, SPAN_KIND_CLIENT);
	assert_int_equal(fixture->span.status, SPAN_STATUS_UNSET);
	assert_true(slice_equal(fixture->span.name, SLICE_LITERAL("SET 10.0.0.2:6380")));
	check(fixture, "db.system.name", "redis");
	check(fixture, "db.operation.name", "SET");
	check(fixture, "db.query.text", "SET ? ?");
	check(fixture, "db.namespace", "0");
	check(fixture, "db.response.status_code", NULL);
	check(fixture, "error.type", NULL);
	check(fixture, "db.operation.batch.size", NULL);
	check(fixture, "server.address", "10.0.0.2");
	check_integer(fixture, "server.port", 6380);
	check_integer(fixture, "wirespan.request.size", 30);
	check_integer(fixture, "wirespan.response.size", 5);
}

static void tells_errors_by_their_prefix(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "GET k", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
	assert_int_equal(fixture->span.status, SPAN_STATUS_ERROR);
	check(fixture, "db.response.status_code", "WRONGTYPE");
	check(fixture, "error.type", "WRONGTYPE");
	call(fixture, "GET k", "-MOVED 3999 127.0.0.1:6381\r\n");
	check(fixture, "db.response.status_code", "MOVED");
	assert_int_equal(fixture->span.status, SPAN_STATUS_ERROR);
	call(fixture, "EVAL x 0", "-my own words\r\n");
	assert_int_equal(fixture->span.status, SPAN_STATUS_ERROR);
	check(fixture, "db.response.status_code", NULL);
	check(fixture, "error.type", "_OTHER");
	/* A transaction that was carried out, but for one of its commands. */
	call(fixture, "EXEC", "*2\r\n+OK\r\n-WRONGTYPE no\r\n");
	check(fixture, "db.response.status_code", "WRONGTYPE");
	/* An error among a script's results is none of the call. */
	call(fixture, "EVAL x 0", "*1\r\n-ERR no\r\n");
	assert_int_equal(fixture->span.status, SPAN_STATUS_UNSET);
}

static void follows_the_database(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "SELECT 3", "+OK\r\n");
	check(fixture, "db.namespace", "0");
	call(fixture, "GET k", "$-1\r\n");
	check(fixture, "db.namespace", "3");
	redis_session_doubt(&fixture->session);
	call(fixture, "GET k", "$-1\r\n");
	check(fixture, "db.namespace", NULL);
	call(fixture, "SELECT 5", "+OK\r\n");
	call(fixture, "GET k", NULL);
	check(fixture, "db.namespace", "5");
}

static void tells_valkey_where_it_says_so(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "HELLO 3", "%2\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$5\r\nproto\r\n:3\r\n");
	call(fixture, "GET k", "_\r\n");
	check(fixture, "db.system.name", "valkey");
}

static void names_nothing_that_is_in_no_table(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "hunter2", "-ERR unknown command 'hunter2', with args beginning with: \r\n");
	check(fixture, "db.operation.name", "_OTHER");
	check(fixture, "db.query.text", NULL);
	check(fixture, "db.response.status_code", "ERR");
}

static void shows_keys_where_asked(void **state)
{
	struct fixture *fixture = *state;

	fixture->reader.query = fixture->query;
	call(fixture, "GETRANGE k 1 2", "$-1\r\n");
	check(fixture, "db.query.text", "GETRANGE k ? ?");
}

static void tells_of_failures_and_batches(void **state)
{
	struct fixture *fixture = *state;

	call(fixture, "GET k", NULL);
	fixture->outcome = (struct outcome){ .error_type = SLICE_LITERAL("connection_reset") };
	fixture->call.batch = 16;
	fill(fixture, SPAN_KIND_SERVER);
	assert_int_equal(fixture->span.kind, SPAN_KIND_SERVER);
	assert_int_equal(fixture->span.status, SPAN_STATUS_ERROR);
	check(fixture, "error.type", "connection_reset");
	check(fixture, "db.operation.name", "GET");
	check_integer(fixture, "db.operation.batch.size", 16);
	check(fixture, "wirespan.response.size", NULL);
	check(fixture, "server.address", "10.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(names_a_call_by_the_conventions, set_up),
		cmocka_unit_test_setup(tells_errors_by_their_prefix, set_up),
		cmocka_unit_test_setup(follows_the_database, set_up),
		cmocka_unit_test_setup(tells_valkey_where_it_says_so, set_up),
		cmocka_unit_test_setup(names_nothing_that_is_in_no_table, set_up),
		cmocka_unit_test_setup(shows_keys_where_asked, set_up),
		cmocka_unit_test_setup(tells_of_failures_and_batches, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
