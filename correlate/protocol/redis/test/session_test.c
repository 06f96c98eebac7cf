// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/protocol/redis/session.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Commands (inline) and replies, and what the session says of each. */
struct step {
	const char *command;
	const char *reply;
	const char *expected;
};

#define SENT(command, expected) { (command), NULL, (expected) }
#define CAME(reply, expected) { NULL, (reply), (expected) }
#define MESSAGE "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"
#define ACK(word, channel, left) "*3\r\n$" word "\r\n" channel "\r\n:" left "\r\n"
#define PUSHED(word, channel, left) ">3\r\n$" word "\r\n" channel "\r\n:" left "\r\n"
#define SUB "9\r\nsubscribe"
#define UNSUB "11\r\nunsubscribe"
#define PSUB "10\r\npsubscribe"
#define PUNSUB "12\r\npunsubscribe"
#define SSUB "10\r\nssubscribe"
#define SUNSUB "12\r\nsunsubscribe"
#define A "$1\r\na"
#define B "$1\r\nb"
#define NONE "$-1"

#define WAITS_MAX 16

struct fixture {
	struct redis_session session;
	struct redis_command_reader command;
	struct redis_reply reply;
	struct resp_reader commands, replies;
	struct redis_wait waits[WAITS_MAX], held[WAITS_MAX];
	size_t wait_count, held_count;
	size_t commands_whole, replies_whole;
};

static void begin_command(void *context, uint64_t position)
{
	struct fixture *fixture = context;

	(void)position;
	redis_command_begin(&fixture->command, NULL);
}

static void command_item(void *context, const struct resp_item *item)
{
	struct fixture *fixture = context;

	redis_command_item(&fixture->command, item);
}

static void end_command(void *context, uint64_t position)
{
	struct fixture *fixture = context;

	(void)position;
	redis_command_end(&fixture->command);
	fixture->commands_whole++;
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

	(void)position;
	fixture->replies_whole++;
}

static void on_lost(void *context, enum resp_lost reason)
{
	(void)context;
	(void)reason;
	fail();
}

static const struct resp_events command_events = { begin_command, command_item, end_command, on_lost };
static const struct resp_events reply_events = { begin_reply, reply_item, end_reply, on_lost };

static const char *send_command(struct fixture *fixture, const char *line)
{
	static const char *const names[] = { "nothing", "awaited", "unanswered", "replication", "breaks" };
	size_t whole = fixture->commands_whole;
	struct redis_wait wait;
	enum redis_course course;

	resp_reader_bytes(&fixture->commands, 0, slice_of_string(line));
	resp_reader_bytes(&fixture->commands, 0, SLICE_LITERAL("\r\n"));
	assert_int_equal(fixture->commands_whole, whole + 1);
	course = redis_session_command(&fixture->session, &fixture->command.command, &wait);
	if (course == REDIS_COURSE_AWAITED) {
		assert_true(fixture->wait_count < WAITS_MAX);
		fixture->waits[fixture->wait_count++] = wait;
	}
	return names[course];
}

static void pop(struct fixture *fixture, bool holds)
{
	if (holds)
		fixture->held[fixture->held_count++] = fixture->waits[0];
	memmove(fixture->waits, fixture->waits + 1, --fixture->wait_count * sizeof(fixture->waits[0]));
}

/* What it is, and " ends" for each subscription that it ends. */
static const char *take_reply(struct fixture *fixture, const char *reply)
{
	static const char *const names[] = { "nobody", "misfit", "part", "whole", "holds", "last", "before", "none" };
	static char said[64];
	size_t whole = fixture->replies_whole, kept = 0;
	enum redis_answer answer;

	resp_reader_bytes(&fixture->replies, 0, slice_of_string(reply));
	assert_int_equal(fixture->replies_whole, whole + 1);
	said[0] = '\0';
	do {
		answer = redis_session_reply(&fixture->session, fixture->wait_count ? &fixture->waits[0] : NULL,
					     &fixture->reply);
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s", *said ? " " : "", names[answer]);
		if (answer >= REDIS_ANSWER_WHOLE)
			pop(fixture, answer == REDIS_ANSWER_HOLDS);
	} while (answer >= REDIS_ANSWER_BEFORE);
	for (size_t i = 0; i < fixture->held_count; i++) {
		if (redis_session_ends(&fixture->session, &fixture->held[i], &fixture->reply))
			snprintf(said + strlen(said), sizeof(said) - strlen(said), " ends");
		else
			fixture->held[kept++] = fixture->held[i];
	}
	fixture->held_count = kept;
	return said;
}

static void begin(struct fixture *fixture, bool from_the_start)
{
	*fixture = (struct fixture){ 0 };
	redis_session_init(&fixture->session, from_the_start);
	resp_reader_init(&fixture->commands, RESP_COMMANDS, &command_events, fixture);
	resp_reader_init(&fixture->replies, RESP_REPLIES, &reply_events, fixture);
}

static void go(struct fixture *fixture, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (steps[i].command)
			assert_string_equal(send_command(fixture, steps[i].command), steps[i].expected);
		else
			assert_string_equal(take_reply(fixture, steps[i].reply), steps[i].expected);
	}
}

static void run(struct fixture *fixture, const struct step *steps, size_t count)
{
	begin(fixture, true);
	go(fixture, steps, count);
	assert_int_equal(fixture->wait_count, 0);
}

#define RUN(...)                                                                                                       \
	do {                                                                                                           \
		const struct step steps[] = { __VA_ARGS__ };                                                           \
		run(&fixture, steps, COUNT(steps));                                                                    \
	} while (0)

static void answers_in_order(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("SET k v", "awaited"), SENT("GET k", "awaited"), SENT("INCR n", "awaited"), CAME("+OK\r\n", "whole"),
	    CAME("$1\r\nv\r\n", "whole"), CAME("-ERR not an integer\r\n", "whole"), SENT(" ", "nothing"),
	    CAME("+OK\r\n", "misfit"));
}

static void refuses_what_can_not_be_the_answer(void **state)
{
	static const struct step cases[][2] = {
		{ SENT("GET k", "awaited"), CAME("+OK\r\n", "misfit") },
		{ SENT("GET k", "awaited"), CAME(":1\r\n", "misfit") },
		{ SENT("SELECT 1", "awaited"), CAME("$1\r\nv\r\n", "misfit") },
		{ SENT("INCR k", "awaited"), CAME("*0\r\n", "misfit") },
		{ SENT("LRANGE k 0 1", "awaited"), CAME(":5\r\n", "misfit") },
		{ SENT("SUBSCRIBE a", "awaited"), CAME("+OK\r\n", "misfit") },
		{ SENT("SUBSCRIBE a", "awaited"), CAME(ACK(PSUB, A, "1"), "misfit") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture;

		begin(&fixture, true);
		go(&fixture, cases[i], 2);
	}
}

static void tells_pushes_from_replies(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("HELLO 3", "awaited"), CAME("%2\r\n+server\r\n+redis\r\n+proto\r\n:3\r\n", "whole"),
	    SENT("GET k", "awaited"), CAME(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n", "nobody"),
	    CAME("$1\r\nv\r\n", "whole"), CAME(">2\r\n$10\r\ninvalidate\r\n_\r\n", "nobody"));
	assert_int_equal(fixture.session.protocol, 3);
}

static void counts_acknowledgements(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("SUBSCRIBE a b", "awaited"), SENT("PING", "awaited"), CAME(ACK(SUB, A, "1"), "part"),
	    CAME(MESSAGE, "nobody"), CAME(ACK(SUB, B, "2"), "holds"), CAME("*2\r\n$4\r\npong\r\n$0\r\n\r\n", "whole"),
	    CAME(MESSAGE, "nobody"), SENT("PSUBSCRIBE a", "awaited"), CAME(ACK(PSUB, A, "3"), "holds"),
	    SENT("UNSUBSCRIBE", "awaited"), CAME(MESSAGE, "nobody"), CAME(ACK(UNSUB, A, "2"), "part"),
	    CAME(ACK(UNSUB, B, "1"), "whole ends"), SENT("PUNSUBSCRIBE a", "awaited"),
	    CAME(ACK(PUNSUB, A, "0"), "whole ends"), SENT("GET k", "awaited"), CAME("$1\r\nv\r\n", "whole"));
}

static void unsubscribes_from_nothing_once(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("UNSUBSCRIBE", "awaited"), CAME(ACK(UNSUB, NONE, "0"), "whole"), SENT("UNSUBSCRIBE x y", "awaited"),
	    CAME(ACK(UNSUB, "$1\r\nx", "0"), "part"), CAME(ACK(UNSUB, "$1\r\ny", "0"), "whole"),
	    SENT("SUBSCRIBE a", "awaited"), CAME(ACK(SUB, A, "1"), "holds"), SENT("PUNSUBSCRIBE", "awaited"),
	    CAME(ACK(PUNSUB, NONE, "1"), "whole"));
}

static void takes_pushed_acknowledgements(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("HELLO 3", "awaited"), CAME("%1\r\n+proto\r\n:3\r\n", "whole"), SENT("SSUBSCRIBE a b", "awaited"),
	    SENT("GET k", "awaited"), CAME(PUSHED(SSUB, A, "1"), "part"),
	    CAME(">3\r\n+smessage\r\n$1\r\na\r\n$1\r\nm\r\n", "nobody"), CAME(PUSHED(SSUB, B, "2"), "holds"),
	    CAME("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nm\r\n", "misfit"), CAME("$1\r\nv\r\n", "whole"),
	    /* A slot moves away: the server says so by itself. */
	    CAME(PUSHED(SUNSUB, A, "1"), "nobody"), CAME(PUSHED(SUNSUB, B, "0"), "nobody ends"));
}

static void takes_arrays_that_look_like_messages(void **state)
{
	struct fixture fixture;

	(void)state;
	/* Nobody has subscribed. */
	RUN(SENT("LRANGE k 0 2", "awaited"), CAME(MESSAGE, "whole"));
	/* Nobody knows who has. */
	begin(&fixture, false);
	assert_string_equal(take_reply(&fixture, MESSAGE), "nobody");
	assert_string_equal(send_command(&fixture, "LRANGE k 0 2"), "awaited");
	assert_string_equal(take_reply(&fixture, MESSAGE), "misfit");
}

static void ends_a_subscription_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("SUBSCRIBE a b", "awaited"), CAME("-NOPERM no\r\n", "whole"), SENT("PING", "awaited"),
	    CAME("+PONG\r\n", "whole"));
}

static void ends_subscriptions_of_many_channels_together(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("SUBSCRIBE 1 2 3 4 5 6 7 8", "awaited"), CAME(ACK(SUB, "$1\r\n1", "1"), "part"),
	    CAME(ACK(SUB, "$1\r\n2", "2"), "part"), CAME(ACK(SUB, "$1\r\n3", "3"), "part"),
	    CAME(ACK(SUB, "$1\r\n4", "4"), "part"), CAME(ACK(SUB, "$1\r\n5", "5"), "part"),
	    CAME(ACK(SUB, "$1\r\n6", "6"), "part"), CAME(ACK(SUB, "$1\r\n7", "7"), "part"),
	    CAME(ACK(SUB, "$1\r\n8", "8"), "holds"), SENT("UNSUBSCRIBE 1 2 3 4 5 6", "awaited"),
	    CAME(ACK(UNSUB, "$1\r\n1", "7"), "part"), CAME(ACK(UNSUB, "$1\r\n2", "6"), "part"),
	    CAME(ACK(UNSUB, "$1\r\n3", "5"), "part"), CAME(ACK(UNSUB, "$1\r\n4", "4"), "part"),
	    CAME(ACK(UNSUB, "$1\r\n5", "3"), "part"), CAME(ACK(UNSUB, "$1\r\n6", "2"), "whole"),
	    SENT("UNSUBSCRIBE", "awaited"), CAME(ACK(UNSUB, "$1\r\n7", "1"), "part"),
	    CAME(ACK(UNSUB, "$1\r\n8", "0"), "whole ends"));
}

static void finds_the_end_of_acknowledgements_late(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, false);
	assert_string_equal(send_command(&fixture, "UNSUBSCRIBE"), "awaited");
	assert_string_equal(send_command(&fixture, "PING"), "awaited");
	assert_string_equal(take_reply(&fixture, ACK(UNSUB, A, "2")), "part");
	assert_string_equal(take_reply(&fixture, ACK(UNSUB, B, "1")), "part");
	assert_string_equal(take_reply(&fixture, "+PONG\r\n"), "before whole");
}

static void follows_monitor(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("MONITOR", "awaited"), CAME("+OK\r\n", "holds"),
	    CAME("+1339518083.107412 [0 1.2.3.4:5] \"get\"\r\n", "nobody"), SENT("PING", "awaited"),
	    CAME("+1339518083.107413 [0 1.2.3.4:5] \"ping\"\r\n", "nobody"),
	    CAME("+PONG\r\n", "whole"), SENT("RESET", "awaited"), CAME("+RESET\r\n", "whole ends"));
	RUN(SENT("MONITOR", "awaited"), CAME("+OK\r\n", "holds"), SENT("MONITOR", "unanswered"), SENT("PING", "awaited"),
	    CAME("+PONG\r\n", "whole"));
	RUN(SENT("MONITOR", "awaited"), CAME("-NOPERM no\r\n", "whole"), SENT("MONITOR", "awaited"),
	    CAME("-NOPERM no\r\n", "whole"));
	RUN(SENT("MONITOR", "awaited"), SENT("RESET", "awaited"), SENT("MONITOR", "awaited"), CAME("+OK\r\n", "holds"),
	    CAME("+RESET\r\n", "whole ends"), CAME("+OK\r\n", "holds"), SENT("MONITOR", "unanswered"));
}

static void follows_client_reply(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("CLIENT REPLY OFF", "unanswered"), SENT("SET k v", "unanswered"), SENT("NONSENSE", "unanswered"),
	    SENT("CLIENT REPLY SKIP", "unanswered"), SENT("GET k", "unanswered"), SENT("CLIENT REPLY ON", "awaited"),
	    CAME("+OK\r\n", "whole"), SENT("GET k", "awaited"), CAME("$1\r\nv\r\n", "whole"));
	RUN(SENT("CLIENT REPLY SKIP", "unanswered"), SENT("SET k v", "unanswered"), SENT("GET k", "awaited"),
	    CAME("$1\r\nv\r\n", "whole"));
	RUN(SENT("CLIENT REPLY SKIP", "unanswered"), SENT("CLIENT REPLY SKIP", "unanswered"),
	    SENT("SET k v", "unanswered"), SENT("GET k", "awaited"), CAME("$1\r\nv\r\n", "whole"));
	RUN(SENT("CLIENT REPLY SKIP", "unanswered"), SENT("CLIENT REPLY ON", "awaited"), SENT("GET k", "awaited"),
	    CAME("+OK\r\n", "whole"), CAME("$1\r\nv\r\n", "whole"));
	RUN(SENT("CLIENT REPLY maybe", "awaited"), CAME("-ERR syntax error\r\n", "whole"));
	RUN(SENT("CLIENT REPLY OFF", "unanswered"), SENT("RESET", "awaited"), CAME("+RESET\r\n", "whole"));
	/* Acknowledgements come nevertheless, or the next answer does. */
	RUN(SENT("CLIENT REPLY SKIP", "unanswered"), SENT("SUBSCRIBE c", "awaited"), SENT("PING", "awaited"),
	    CAME("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", "holds"),
	    CAME("*2\r\n$4\r\npong\r\n$0\r\n\r\n", "whole"));
	RUN(SENT("CLIENT REPLY OFF", "unanswered"), SENT("UNSUBSCRIBE", "awaited"), SENT("CLIENT REPLY ON", "awaited"),
	    CAME("+OK\r\n", "none whole"));
	/* Refused: the error is its own, and answers nobody else. */
	RUN(SENT("SUBSCRIBE c", "awaited"), SENT("CLIENT REPLY OFF", "awaited"), SENT("ECHO k", "awaited"),
	    CAME("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", "holds"), CAME("-ERR Can't\r\n", "whole"),
	    CAME("-ERR Can't\r\n", "whole"), SENT("CLIENT REPLY SKIP", "awaited"),
	    CAME("-ERR Can't\r\n", "whole"));
	begin(&fixture, true);
	assert_string_equal(send_command(&fixture, "SUBSCRIBE c"), "awaited");
	assert_string_equal(send_command(&fixture, "CLIENT REPLY SKIP"), "awaited");
	assert_string_equal(take_reply(&fixture, "-NOPERM no\r\n"), "whole");
	assert_string_equal(take_reply(&fixture, "-ERR of another\r\n"), "misfit");
	begin(&fixture, true);
	assert_string_equal(send_command(&fixture, "CLIENT REPLY SKIP"), "unanswered");
	assert_string_equal(send_command(&fixture, "SET k v"), "unanswered");
	assert_string_equal(send_command(&fixture, "GET k"), "awaited");
	assert_string_equal(take_reply(&fixture, "-NOAUTH Authentication required.\r\n"), "misfit");
}

static void follows_transactions(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("MULTI", "awaited"), SENT("SELECT 3", "awaited"), SENT("GET k", "awaited"), SENT("LPOP k", "awaited"),
	    SENT("EXEC", "awaited"), CAME("+OK\r\n", "whole"), CAME("+QUEUED\r\n", "whole"),
	    CAME("+QUEUED\r\n", "whole"), CAME("+QUEUED\r\n", "whole"),
	    CAME("*3\r\n+OK\r\n$1\r\nv\r\n$-1\r\n", "whole"));
	assert_int_equal(fixture.session.database, 3);
	RUN(SENT("MULTI", "awaited"), CAME("+OK\r\n", "whole"), SENT("SELECT 3", "awaited"),
	    CAME("+QUEUED\r\n", "whole"), SENT("DISCARD", "awaited"), CAME("+OK\r\n", "whole"));
	assert_int_equal(fixture.session.database, 0);
	RUN(SENT("MULTI", "awaited"), CAME("+OK\r\n", "whole"), SENT("LPOP k", "awaited"),
	    CAME("+QUEUED\r\n", "whole"), SENT("EXEC", "awaited"), CAME("*1\r\n-WRONGTYPE no\r\n", "whole"));
	assert_true(fixture.reply.item_error && fixture.reply.prefix.length == strlen("WRONGTYPE"));
	/* Watched keys have changed. */
	RUN(SENT("MULTI", "awaited"), CAME("+OK\r\n", "whole"), SENT("SELECT 3", "awaited"),
	    CAME("+QUEUED\r\n", "whole"), SENT("EXEC", "awaited"), CAME("*-1\r\n", "whole"));
	assert_int_equal(fixture.session.database, 0);
	RUN(SENT("MULTI", "awaited"), SENT("CLIENT REPLY OFF", "awaited"), CAME("+OK\r\n", "whole"),
	    CAME("+QUEUED\r\n", "whole"), SENT("EXEC", "breaks"));
	RUN(SENT("MULTI", "awaited"), CAME("-NOAUTH no\r\n", "whole"), SENT("CLIENT REPLY OFF", "unanswered"));
	/* It goes on where a second one is refused. */
	RUN(SENT("MULTI", "awaited"), CAME("+OK\r\n", "whole"), SENT("MULTI", "awaited"),
	    CAME("-ERR MULTI calls can not be nested\r\n", "whole"), SENT("CLIENT REPLY SKIP", "awaited"),
	    CAME("+QUEUED\r\n", "whole"));
	begin(&fixture, true);
	assert_string_equal(send_command(&fixture, "GET k"), "awaited");
	assert_string_equal(take_reply(&fixture, "+QUEUED\r\n"), "misfit");
}

static void follows_the_database(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("SELECT 5", "awaited"), CAME("+OK\r\n", "whole"));
	assert_int_equal(fixture.session.database, 5);
	RUN(SENT("SELECT 5", "awaited"), CAME("-ERR DB index is out of range\r\n", "whole"));
	assert_int_equal(fixture.session.database, 0);
	RUN(SENT("SELECT 5", "awaited"), CAME("+OK\r\n", "whole"), SENT("RESET", "awaited"),
	    CAME("+RESET\r\n", "whole"));
	assert_int_equal(fixture.session.database, 0);
	RUN(SENT("CLIENT REPLY OFF", "unanswered"), SENT("SELECT 5", "unanswered"));
	assert_int_equal(fixture.session.database, -1);
	begin(&fixture, false);
	assert_int_equal(fixture.session.database, -1);
	redis_session_init(&fixture.session, true);
	redis_session_doubt(&fixture.session);
	assert_int_equal(fixture.session.database, -1);
}

static void recognises_valkey(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("HELLO", "awaited"), CAME("*4\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$5\r\nproto\r\n:2\r\n", "whole"));
	assert_int_equal(fixture.session.system, REDIS_SYSTEM_VALKEY);
	RUN(SENT("HELLO", "awaited"), CAME("*4\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:2\r\n", "whole"));
	assert_int_equal(fixture.session.system, REDIS_SYSTEM_REDIS);
	RUN(SENT("INFO", "awaited"),
	    CAME("$58\r\n# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nxxxxxxx\r\n", "whole"));
	assert_int_equal(fixture.session.system, REDIS_SYSTEM_VALKEY);
	/* What a value says is none of the server's words. */
	RUN(SENT("GET k", "awaited"),
	    CAME("$58\r\n# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nxxxxxxx\r\n", "whole"));
	assert_int_equal(fixture.session.system, REDIS_SYSTEM_UNTOLD);
}

static void stops_where_replication_begins(void **state)
{
	struct fixture fixture;

	(void)state;
	RUN(SENT("REPLCONF listening-port 1", "awaited"), CAME("+OK\r\n", "whole"), SENT("PSYNC ? -1", "awaited"),
	    CAME("+FULLRESYNC 8de1787ba490483314a4d30f1c628bc5025eb761 0\r\n", "last"));
	RUN(SENT("PSYNC ? -1", "awaited"), CAME("-NOMASTERLINK no\r\n", "whole"));
	RUN(SENT("SYNC", "replication"));
	RUN(SENT("SYNC now", "awaited"), CAME("-ERR wrong number of arguments\r\n", "whole"));
	RUN(SENT("REPLCONF ACK 5", "unanswered"), SENT("GET k", "awaited"), CAME("$1\r\nv\r\n", "whole"));
	begin(&fixture, false);
	assert_string_equal(send_command(&fixture, "REPLCONF ACK 5"), "replication");
	RUN(SENT("SCRIPT DEBUG YES", "awaited"), CAME("+OK\r\n", "last"));
	RUN(SENT("SCRIPT DEBUG NO", "awaited"), CAME("+OK\r\n", "whole"));
}

static void lets_shutdown_end_the_connection(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, true);
	assert_string_equal(send_command(&fixture, "SHUTDOWN NOSAVE"), "awaited");
	assert_true(redis_wait_wants_close(&fixture.waits[0]));
	assert_string_equal(take_reply(&fixture, "-ERR Errors trying to SHUTDOWN. Check logs.\r\n"), "whole");
	assert_string_equal(send_command(&fixture, "GET k"), "awaited");
	assert_false(redis_wait_wants_close(&fixture.waits[0]));
}

static void keeps_only_well_formed_prefixes(void **state)
{
	static const struct {
		const char *error;
		const char *prefix;
	} cases[] = {
		{ "-ERR unknown command 'secret'\r\n", "ERR" },
		{ "-WRONGTYPE Operation against a key\r\n", "WRONGTYPE" },
		{ "-MOVED 3999 127.0.0.1:6381\r\n", "MOVED" },
		{ "-MY_OWN error\r\n", "MY_OWN" },
		{ "-LOADING\r\n", "LOADING" },
		{ "!21\r\nSYNTAX invalid syntax\r\n", "SYNTAX" },
		{ "-secret\r\n", "" },
		{ "-Secret text\r\n", "" },
		{ "-A word\r\n", "" },
		{ "-_A word\r\n", "" },
		{ "-AB1 word\r\n", "" },
		{ "-ABCDEFGHIJKLMNOPQRSTUVWXYZ word\r\n", "" },
		{ "-\r\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture;

		begin(&fixture, true);
		send_command(&fixture, "GET k");
		assert_string_equal(take_reply(&fixture, cases[i].error), "whole");
		assert_true(fixture.reply.error);
		assert_int_equal(fixture.reply.prefix.length, strlen(cases[i].prefix));
		assert_memory_equal(fixture.reply.prefix.text, cases[i].prefix, strlen(cases[i].prefix));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_in_order),
		cmocka_unit_test(refuses_what_can_not_be_the_answer),
		cmocka_unit_test(tells_pushes_from_replies),
		cmocka_unit_test(counts_acknowledgements),
		cmocka_unit_test(unsubscribes_from_nothing_once),
		cmocka_unit_test(takes_pushed_acknowledgements),
		cmocka_unit_test(takes_arrays_that_look_like_messages),
		cmocka_unit_test(ends_a_subscription_refused),
		cmocka_unit_test(ends_subscriptions_of_many_channels_together),
		cmocka_unit_test(finds_the_end_of_acknowledgements_late),
		cmocka_unit_test(follows_monitor),
		cmocka_unit_test(follows_client_reply),
		cmocka_unit_test(follows_transactions),
		cmocka_unit_test(follows_the_database),
		cmocka_unit_test(recognises_valkey),
		cmocka_unit_test(stops_where_replication_begins),
		cmocka_unit_test(lets_shutdown_end_the_connection),
		cmocka_unit_test(keeps_only_well_formed_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
