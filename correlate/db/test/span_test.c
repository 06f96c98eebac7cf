// SPDX-License-Identifier: Apache-2.0
#include "correlate/db/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

static const struct db_system postgresql = { .name = SLICE_LITERAL("postgresql"), .port = 5432 };
static const struct db_system redis = { SLICE_LITERAL("redis"), 6379, .numbered_namespaces = true };

static const struct record_connection connection_v4 = {
	.family = RECORD_FAMILY_INET,
	.local_port = 40000,
	.remote_port = 5432,
	.local_address = { 10, 0, 0, 1 },
	.remote_address = { 10, 0, 0, 2 },
};

static const struct record_connection connection_v6 = {
	.family = RECORD_FAMILY_INET6,
	.local_port = 6380,
	.remote_port = 40000,
	.local_address = { [15] = 1 },
	.remote_address = { [15] = 2 },
};

static const struct record_connection connection_unix = { .family = RECORD_FAMILY_UNIX };

struct fixture {
	struct db_call call;
	const struct record_connection *connection;
	enum span_kind kind;
	struct span span;
	struct text text;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	static const char zeros[DB_SPAN_TEXT_MAX];

	memset(&fixture, 0, sizeof(fixture));
	fixture.call.system = &postgresql;
	fixture.connection = &connection_v4;
	fixture.kind = SPAN_KIND_CLIENT;
	fixture.text = (struct text){ .data = guard_copy(zeros, sizeof(zeros)), .size = sizeof(zeros) };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	guard_free(fixture->text.data, DB_SPAN_TEXT_MAX);
	return 0;
}

static void fill(struct fixture *fixture)
{
	const struct db_span_context context = { .connection = fixture->connection, .pid = 7, .tid = 8 };

	fixture->span.attribute_count = 0;
	fixture->text.length = 0;
	db_span_fill(&fixture->call, fixture->kind, &context, &fixture->span, &fixture->text);
}

static void check_slice(struct slice found, const char *expected)
{
	assert_int_equal(found.length, strlen(expected));
	assert_memory_equal(found.data, expected, found.length);
}

/* NULL: there is none. */
static void check_text(struct fixture *fixture, const char *key, const char *expected)
{
	const struct attribute *attribute = span_attribute(&fixture->span, key);

	if (!expected) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_STRING);
	check_slice(attribute->string, expected);
}

/* 0: there is none. */
static void check_number(struct fixture *fixture, const char *key, int64_t expected)
{
	const struct attribute *attribute = span_attribute(&fixture->span, key);

	if (!expected) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_INTEGER);
	assert_int_equal(attribute->integer, expected);
}

static void check_name(struct fixture *fixture, const char *expected)
{
	fill(fixture);
	check_slice(fixture->span.name, expected);
}

/* Each row has more to say than the one before. */
static void name_says_what_is_known_best(void **state)
{
	struct fixture *fixture = *state;

	fixture->connection = &connection_unix;
	check_name(fixture, "postgresql");
	fixture->connection = &connection_v4;
	check_name(fixture, "10.0.0.2:5432");
	fixture->call.namespace = SLICE_LITERAL("shop|public");
	check_name(fixture, "shop|public");
	fixture->call.operation = SLICE_LITERAL("EXECUTE");
	check_name(fixture, "EXECUTE shop|public");
	fixture->call.stored_procedure = SLICE_LITERAL("restock");
	check_name(fixture, "EXECUTE restock");
	fixture->call.collection = SLICE_LITERAL("orders");
	check_name(fixture, "EXECUTE orders");
	fixture->call.query_summary = SLICE_LITERAL("SELECT orders");
	check_name(fixture, "SELECT orders");
}

static void numbered_namespaces_are_in_no_name(void **state)
{
	struct fixture *fixture = *state;

	fixture->call.system = &redis;
	fixture->call.operation = SLICE_LITERAL("GET");
	fixture->call.namespace = SLICE_LITERAL("3");
	check_name(fixture, "GET 10.0.0.2:5432");
	check_text(fixture, "db.namespace", "3");
	fixture->connection = &connection_unix;
	check_name(fixture, "GET");
}

static void a_call_is_told_in_full(void **state)
{
	struct fixture *fixture = *state;

	fixture->call.namespace = SLICE_LITERAL("shop|public");
	fixture->call.collection = SLICE_LITERAL("orders");
	fixture->call.stored_procedure = SLICE_LITERAL("restock");
	fixture->call.operation = SLICE_LITERAL("BATCH INSERT");
	fixture->call.query_summary = SLICE_LITERAL("INSERT orders");
	fixture->call.query_text = SLICE_LITERAL("INSERT INTO orders VALUES (?)");
	fixture->call.protocol_version = SLICE_LITERAL("3.0");
	fixture->call.batch_size = 2;
	fill(fixture);
	assert_int_equal(fixture->span.kind, SPAN_KIND_CLIENT);
	check_text(fixture, "db.system.name", "postgresql");
	check_text(fixture, "db.namespace", "shop|public");
	check_text(fixture, "db.collection.name", "orders");
	check_text(fixture, "db.stored_procedure.name", "restock");
	check_text(fixture, "db.operation.name", "BATCH INSERT");
	check_text(fixture, "db.query.summary", "INSERT orders");
	check_text(fixture, "db.query.text", "INSERT INTO orders VALUES (?)");
	check_number(fixture, "db.operation.batch.size", 2);
	check_text(fixture, "network.protocol.version", "3.0");
	check_text(fixture, "network.peer.address", "10.0.0.2");
	check_number(fixture, "process.pid", 7);
	check_number(fixture, "thread.id", 8);
	assert_int_equal(fixture->span.dropped_attributes, 0);
}

/* With an error, too, which is all there can be, half of the room is left for what else a span says. */
static void there_is_room_for_all(void **state)
{
	struct fixture *fixture = *state;

	a_call_is_told_in_full(state);
	fixture->call.status_code = SLICE_LITERAL("23505");
	fixture->call.failed = true;
	fixture->call.system = &redis;
	fill(fixture);
	check_text(fixture, "error.type", "23505");
	check_number(fixture, "server.port", 5432);
	assert_in_range(fixture->span.attribute_count, 1, SPAN_ATTRIBUTES_MAX / 2);
}

/* Of what is not known nothing is said. */
static void little_is_told_of_a_bare_call(void **state)
{
	struct fixture *fixture = *state;

	fixture->connection = &connection_unix;
	fixture->call.batch_size = 1;
	fill(fixture);
	assert_int_equal(fixture->span.attribute_count, 4);
	check_text(fixture, "db.system.name", "postgresql");
	check_text(fixture, "network.transport", "unix");
	check_number(fixture, "process.pid", 7);
	check_number(fixture, "thread.id", 8);
	assert_int_equal(fixture->span.status, SPAN_STATUS_UNSET);
}

static void the_default_port_goes_without_saying(void **state)
{
	struct fixture *fixture = *state;

	fill(fixture);
	check_text(fixture, "server.address", "10.0.0.2");
	check_number(fixture, "server.port", 0);
	fixture->call.system = &redis;
	fill(fixture);
	check_number(fixture, "server.port", 5432);
}

static void a_server_names_itself(void **state)
{
	struct fixture *fixture = *state;

	fixture->call.system = &redis;
	fixture->call.operation = SLICE_LITERAL("GET");
	fixture->kind = SPAN_KIND_SERVER;
	fixture->connection = &connection_v6;
	check_name(fixture, "GET [::1]:6380");
	assert_int_equal(fixture->span.kind, SPAN_KIND_SERVER);
	check_text(fixture, "server.address", "::1");
	check_number(fixture, "server.port", 6380);
	check_text(fixture, "network.peer.address", "::2");
}

static void a_name_asked_for_beats_the_address(void **state)
{
	struct fixture *fixture = *state;

	fixture->call.operation = SLICE_LITERAL("SELECT");
	fixture->call.server_name = SLICE_LITERAL("db.example.com");
	check_name(fixture, "SELECT db.example.com:5432");
	check_text(fixture, "server.address", "db.example.com");
	check_text(fixture, "network.peer.address", "10.0.0.2");
}

static void check_outcome(struct fixture *fixture, enum span_status status, const char *error)
{
	fill(fixture);
	assert_int_equal(fixture->span.status, status);
	check_text(fixture, "error.type", error);
	check_slice(fixture->span.error_type, error ? error : "");
}

static void an_error_is_named(void **state)
{
	struct fixture *fixture = *state;

	check_outcome(fixture, SPAN_STATUS_UNSET, NULL);
	check_text(fixture, "db.response.status_code", NULL);
	fixture->call.status_code = SLICE_LITERAL("01000");
	check_outcome(fixture, SPAN_STATUS_UNSET, NULL);
	check_text(fixture, "db.response.status_code", "01000");
	fixture->call.status_code = SLICE_LITERAL("42P01");
	fixture->call.failed = true;
	check_outcome(fixture, SPAN_STATUS_ERROR, "42P01");
	fixture->call.status_code = slice_of(NULL, 0);
	check_outcome(fixture, SPAN_STATUS_ERROR, "_OTHER");
	fixture->call.error_type = SLICE_LITERAL("timeout");
	fixture->call.failed = false;
	check_outcome(fixture, SPAN_STATUS_ERROR, "timeout");
}

/* A query of `length` bytes 'a', then `end`, and how much of it is told. */
static size_t told_of_query(struct fixture *fixture, size_t length, const char *end)
{
	size_t size = length + strlen(end);
	char *query = malloc(size), *guarded;
	size_t told;

	assert_non_null(query);
	memset(query, 'a', length);
	memcpy(query + length, end, strlen(end));
	guarded = guard_copy(query, size);
	fixture->call.query_text = slice_of(guarded, size);
	fill(fixture);
	told = span_attribute(&fixture->span, "db.query.text")->string.length;
	guard_free(guarded, size);
	free(query);
	return told;
}

static void long_queries_are_cut_between_characters(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX, ""), DB_QUERY_TEXT_MAX);
	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX, "b"), DB_QUERY_TEXT_MAX);
	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX - 2, "€"), DB_QUERY_TEXT_MAX - 2);
	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX - 3, "€ b"), DB_QUERY_TEXT_MAX);
	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX - 3, "😀"), DB_QUERY_TEXT_MAX - 3);
	/* No UTF-8 at all. */
	assert_int_equal(told_of_query(fixture, DB_QUERY_TEXT_MAX - 4, "\x80\x80\x80\x80\x80"), DB_QUERY_TEXT_MAX);
}

/* Whatever the wire says, the texts fit. */
static void long_names_are_cut(void **state)
{
	struct fixture *fixture = *state;
	static const char name[4096] = { 'a' };

	fixture->connection = &connection_v6;
	fixture->call.operation = slice_of(name, sizeof(name));
	fixture->call.server_name = slice_of(name, sizeof(name));
	fill(fixture);
	assert_int_equal(fixture->span.name.length, 2 * DB_NAME_PART_MAX + strlen(" :40000"));
	check_text(fixture, "network.local.address", "::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(name_says_what_is_known_best, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbered_namespaces_are_in_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_call_is_told_in_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_is_room_for_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(little_is_told_of_a_bare_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_default_port_goes_without_saying, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_server_names_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_asked_for_beats_the_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_error_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_queries_are_cut_between_characters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_names_are_cut, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
