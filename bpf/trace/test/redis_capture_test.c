/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the capturing program copies of Redis' connections, cut into calls in every way: all but the rest of long
 * strings.
 */
#include "bpf/trace/test/capture_harness.h"

#define TALK_MAX (512 * 1024)
#define PING "*1\r\n$4\r\nPING\r\n"
#define PONG "+PONG\r\n"

/* What one direction says, and which bytes of it are wanted. */
struct talk {
	size_t length, sent;
	char bytes[TALK_MAX];
	bool wanted[TALK_MAX];
};

static void talk_add(struct talk *talk, const char *bytes, size_t length)
{
	assert_true(talk->length + length <= TALK_MAX);
	memcpy(talk->bytes + talk->length, bytes, length);
	memset(talk->wanted + talk->length, true, length);
	talk->length += length;
}

static void talk_text(struct talk *talk, const char *text)
{
	talk_add(talk, text, strlen(text));
}

static void talk_string(struct talk *talk, size_t length)
{
	char line[32];

	talk_add(talk, line, snprintf(line, sizeof(line), "$%zu\r\n", length));
	for (size_t i = 0; i < length; i++) {
		talk_add(talk, &"*1\r\n$9\r\nabc"[i % 11], 1);
		talk->wanted[talk->length - 1] = i < 64;
	}
	talk_text(talk, "\r\n");
}

/* `lengths` ends with 0. The caller frees. */
static struct talk *talk_of_strings(const size_t *lengths)
{
	struct talk *talk = calloc(1, sizeof(*talk));
	char line[32];
	size_t count = 0;

	assert_non_null(talk);
	while (lengths[count])
		count++;
	talk_add(talk, line, snprintf(line, sizeof(line), "*%zu\r\n", count));
	for (size_t i = 0; i < count; i++)
		talk_string(talk, lengths[i]);
	return talk;
}

/* How many bytes of the last call were copied; each of them is right. */
static size_t record_copied(const char *bytes, size_t length, bool *ret_copied)
{
	const char *at = test_record.bytes + sizeof(struct record_data);
	size_t known = 0, copied = 0;

	assert_true(test_reported);
	assert_int_equal(test_record.data.length, length);
	memset(ret_copied, 0, length);
	for (size_t i = 0; i < test_record.data.fragments; i++) {
		const struct record_fragment *fragment = (const struct record_fragment *)at;

		assert_true(fragment->length > 0 && fragment->offset >= known);
		known = fragment->offset + fragment->length;
		assert_true(known <= length);
		assert_memory_equal(at + sizeof(*fragment), bytes + fragment->offset, fragment->length);
		memset(ret_copied + fragment->offset, true, fragment->length);
		copied += fragment->length;
		at += sizeof(*fragment) + (fragment->length + 7) / 8 * 8;
	}
	assert_int_equal(at - test_record.bytes, test_record.data.header.size);
	return copied;
}

static void say(struct connection *connection, __u32 direction, const char *text)
{
	static bool copied[TALK_MAX];

	move(connection, direction, buffer_source(text), strlen(text));
	record_copied(text, strlen(text), copied);
}

/* The next bytes of a talk, of which exactly the wanted ones are copied. */
static void talk_move(struct talk *talk, struct connection *connection, __u32 direction, size_t length)
{
	static bool copied[TALK_MAX];

	move(connection, direction, buffer_source(talk->bytes + talk->sent), length);
	assert_int_equal(test_record.data.recognised, RECOGNISED_REDIS);
	record_copied(talk->bytes + talk->sent, length, copied);
	assert_memory_equal(copied, talk->wanted + talk->sent, length);
	talk->sent += length;
}

/* Moves bytes behind `missed` others that nobody saw. */
static void move_behind(struct connection *connection, __u32 direction, const char *bytes, size_t length, size_t missed)
{
	struct movement movement = { .direction = direction, .length = length, .source = buffer_source(bytes) };

	movement.start = connection->directions[direction].next + missed;
	test_reported = false;
	capture_movement(connection, &movement);
	assert_true(test_reported);
}

/* A connection on which a command arrived. */
static void begin(struct connection *connection)
{
	begin_with(connection, RECORD_ROLE_SERVER, RECORD_RECEIVE, PING, strlen(PING));
	assert_true(test_reported);
	assert_int_equal(connection->recognised, RECOGNISED_REDIS);
}

static void talk_cut(struct talk *talk, size_t at)
{
	struct connection connection;

	begin(&connection);
	talk->sent = 0;
	if (at)
		talk_move(talk, &connection, RECORD_SEND, at);
	talk_move(talk, &connection, RECORD_SEND, talk->length - at);
	assert_int_equal(connection.directions[RECORD_SEND].walk.redis.phase, REDIS_TYPE);
}

static void talk_pieces(struct talk *talk, size_t size)
{
	struct connection connection;

	begin(&connection);
	for (talk->sent = 0; talk->sent < talk->length;) {
		size_t left = talk->length - talk->sent;

		talk_move(talk, &connection, RECORD_SEND, size < left ? size : left);
	}
	assert_int_equal(connection.directions[RECORD_SEND].walk.redis.phase, REDIS_TYPE);
}

static void all_but_long_strings_is_copied(void **state)
{
	static const size_t some[] = { 3, 63, 64, 65, 66, 1, 200, 300, 5, 1000, 0 };
	struct talk *talk = talk_of_strings(some);

	(void)state;
	for (size_t at = 0; at < talk->length; at++)
		talk_cut(talk, at);
	for (size_t size = 1; size < talk->length; size++)
		talk_pieces(talk, size);
	free(talk);
}

static void large_strings_are_passed_over(void **state)
{
	static const size_t large[] = { 100000, 10, 5000, 20000, 0 };
	struct talk *talk = talk_of_strings(large);

	(void)state;
	for (size_t at = 0; at < talk->length; at += talk->wanted[at] ? 1 : 997)
		talk_cut(talk, at);
	for (size_t size = 7; size < talk->length; size += size / 5 + 1)
		talk_pieces(talk, size);
	free(talk);
}

/* A call within a string is told, but nothing of it is copied, nor even read. */
static void within_a_string_nothing_is_read(void **state)
{
	static const size_t large[] = { 100000, 0 };
	struct talk *talk = talk_of_strings(large);
	struct connection connection;

	(void)state;
	begin(&connection);
	talk_move(talk, &connection, RECORD_SEND, 1000);
	talk_move(talk, &connection, RECORD_SEND, 16384);
	assert_int_equal(test_reads, 0);
	assert_int_equal(test_record.data.fragments, 0);
	assert_int_equal(test_record.data.header.flags & RECORD_DATA_UNREADABLE, 0);
	/* Commands that come meanwhile make it no other. */
	say(&connection, RECORD_RECEIVE, PING);
	talk_move(talk, &connection, RECORD_SEND, talk->length - talk->sent);
	free(talk);
}

static void pipelines_are_one_fragment(void **state)
{
	struct talk *talk = calloc(1, sizeof(*talk));
	struct connection connection;

	(void)state;
	assert_non_null(talk);
	for (int i = 0; i < 90; i++)
		talk_text(talk, "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$3\r\nxxx\r\n");
	begin(&connection);
	talk_move(talk, &connection, RECORD_RECEIVE, talk->length);
	assert_int_equal(test_record.data.fragments, 1);
	assert_int_equal(test_reads, 1);
	/* A whole buffer of redis-server's. */
	while (talk->length < 16384)
		talk_text(talk, PING);
	talk->length = 16384;
	talk->sent = 0;
	begin(&connection);
	talk_move(talk, &connection, RECORD_RECEIVE, talk->length);
	free(talk);
}

/* One call, in several buffers. */
static void vectors_are_walked(void **state)
{
	static const size_t some[] = { 3, 70, 300, 5, 1000, 2, 0 };
	static bool copied[TALK_MAX];
	struct talk *talk = talk_of_strings(some);

	(void)state;
	for (size_t at = 1; at < talk->length; at++) {
		size_t middle = (talk->length - at) / 2;
		struct user_iovec vectors[] = {
			{ (__u64)(uintptr_t)talk->bytes, at },
			{ (__u64)(uintptr_t)(talk->bytes + at), middle },
			{ (__u64)(uintptr_t)(talk->bytes + at + middle), talk->length - at - middle },
		};
		struct connection connection;

		begin(&connection);
		move(&connection, RECORD_SEND, (struct call_source){ (__u64)(uintptr_t)vectors, 3, SOURCE_VECTOR, 0 },
		     talk->length);
		record_copied(talk->bytes, talk->length, copied);
		assert_memory_equal(copied, talk->wanted, talk->length);
	}
	free(talk);
}

/* However a connection's first bytes come, the walk goes on behind them. */
static void openings_may_come_in_pieces(void **state)
{
	static const char commands[] = "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n" PING;

	(void)state;
	for (size_t size = 1; size < sizeof(commands); size++) {
		struct connection connection;
		size_t length = sizeof(commands) - 1;

		begin_with(&connection, RECORD_ROLE_SERVER, RECORD_RECEIVE, commands, size);
		for (size_t at = size; at < length; at += size) {
			size_t part = length - at < size ? length - at : size;

			move(&connection, RECORD_RECEIVE, buffer_source(commands + at), part);
		}
		assert_int_equal(connection.recognised, RECOGNISED_REDIS);
		assert_int_equal(connection.directions[RECORD_RECEIVE].walk.redis.phase, REDIS_TYPE);
	}
}

static __u64 lost(enum kernel_counter counter)
{
	__u64 value = test_counters[counter];

	test_counters[counter] = 0;
	return value;
}

/* As many commands as began in it; what goes on in it counts for none. */
static void a_call_that_finds_no_room_is_counted_by_its_commands(void **state)
{
	struct connection connection;

	(void)state;
	memset(test_counters, 0, sizeof(test_counters));
	begin(&connection);
	test_full = true;
	move(&connection, RECORD_RECEIVE, buffer_source(PING PING "*2\r\n$3\r\nGE"), 38);
	assert_int_equal(lost(COUNTER_RING_FULL_REQUEST_HEAD), 3);
	move(&connection, RECORD_RECEIVE, buffer_source("T\r\n$1\r\na\r\n"), 10);
	assert_int_equal(lost(COUNTER_RING_FULL_REQUEST_HEAD), 0);
	assert_int_equal(lost(COUNTER_RING_FULL_OTHER), 1);
	/* The answer of a command that is lost already is no second loss. */
	move(&connection, RECORD_SEND, buffer_source(PONG), strlen(PONG));
	assert_int_equal(lost(COUNTER_RING_FULL_RESPONSE_HEAD), 0);
	assert_int_equal(lost(COUNTER_RING_FULL_OTHER), 1);
	test_full = false;
	say(&connection, RECORD_RECEIVE, PING);
	test_full = true;
	/* An array is no command where replies go. */
	move(&connection, RECORD_SEND, buffer_source("*1\r\n*0\r\n"), 8);
	assert_int_equal(lost(COUNTER_RING_FULL_RESPONSE_HEAD), 1);
	assert_int_equal(lost(COUNTER_RING_FULL_REQUEST_HEAD), 0);
	test_full = false;
	assert_int_equal(connection.directions[RECORD_RECEIVE].walk.redis.phase, REDIS_TYPE);
}

/* What is too much for one call is sampled until the direction begins anew. */
static void what_is_lost_begins_anew_at_a_turn(void **state)
{
	static const size_t one[] = { 200, 0 };
	static bool copied[TALK_MAX];
	struct talk *much = calloc(1, sizeof(*much)), *next = talk_of_strings(one);
	struct connection connection;

	(void)state;
	assert_non_null(much);
	for (int i = 0; i < 4000; i++)
		talk_text(much, PING);
	begin(&connection);
	move(&connection, RECORD_RECEIVE, buffer_source(much->bytes), much->length);
	assert_in_range(record_copied(much->bytes, much->length, copied), COPY_HEAD_LONG, SCRATCH_BYTES_MAX);
	move(&connection, RECORD_RECEIVE, buffer_source(much->bytes), 1000);
	assert_int_equal(record_copied(much->bytes, 1000, copied), COPY_BODY);
	say(&connection, RECORD_SEND, PONG);
	move(&connection, RECORD_RECEIVE, buffer_source("value" PING PING PING PING PING PING PING PING), 117);
	assert_int_equal(test_record.data.fragments, 1);
	assert_int_equal(connection.directions[RECORD_RECEIVE].walk.redis.phase, REDIS_LOST);
	say(&connection, RECORD_SEND, PONG);
	talk_move(next, &connection, RECORD_RECEIVE, next->length);
	free(much);
	free(next);
}

/* Bytes that were not seen, or could not be read, are no harm within a string; elsewhere all is lost behind them. */
static void what_was_missed_is_passed_over_within_strings(void **state)
{
	static const size_t one[] = { 1000, 5, 0 };
	struct talk *talk = talk_of_strings(one);
	struct connection connection;

	(void)state;
	begin(&connection);
	talk_move(talk, &connection, RECORD_SEND, 100);
	move(&connection, RECORD_SEND, (struct call_source){ .kind = SOURCE_NONE }, 300);
	assert_true(test_record.data.header.flags & RECORD_DATA_UNREADABLE);
	talk->sent += 300;
	move_behind(&connection, RECORD_SEND, talk->bytes + talk->sent + 100, 200, 100);
	talk->sent += 300;
	talk_move(talk, &connection, RECORD_SEND, talk->length - talk->sent);
	move_behind(&connection, RECORD_SEND, PONG, strlen(PONG), 10);
	assert_int_equal(connection.directions[RECORD_SEND].walk.redis.phase, REDIS_LOST);
	free(talk);
}

static void late_connections_are_recognised_by_a_command(void **state)
{
	struct connection connection = { .last_direction = NO_DIRECTION, .first_direction = NO_DIRECTION, .late = 1 };

	(void)state;
	move(&connection, RECORD_RECEIVE, buffer_source("$3\r\nkey\r\n"), 9);
	assert_false(test_reported);
	move(&connection, RECORD_SEND, buffer_source("$5\r\nvalue\r\n"), 11);
	assert_false(test_reported);
	/* Others say that, too. */
	move(&connection, RECORD_RECEIVE, buffer_source("PING\r\n"), 6);
	assert_false(test_reported);
	move(&connection, RECORD_SEND, buffer_source("PONG\r\n"), 6);
	say(&connection, RECORD_RECEIVE, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
	assert_int_equal(test_record.data.recognised, RECOGNISED_REDIS);
	assert_int_equal(connection.protocol.redis.commands, 1 + RECORD_RECEIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_long_strings_is_copied),
		cmocka_unit_test(large_strings_are_passed_over),
		cmocka_unit_test(within_a_string_nothing_is_read),
		cmocka_unit_test(pipelines_are_one_fragment),
		cmocka_unit_test(vectors_are_walked),
		cmocka_unit_test(openings_may_come_in_pieces),
		cmocka_unit_test(a_call_that_finds_no_room_is_counted_by_its_commands),
		cmocka_unit_test(what_is_lost_begins_anew_at_a_turn),
		cmocka_unit_test(what_was_missed_is_passed_over_within_strings),
		cmocka_unit_test(late_connections_are_recognised_by_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
