// SPDX-License-Identifier: Apache-2.0
/* Connections to Redis as the engine is told of them: which command becomes a span, with whose answer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/protocol/redis/conversation.h"
#include "correlate/protocol/redis/rest.h"
#include "correlate/test/engine_fixture.h"

#define SECOND NSEC_PER_SEC
#define GET_K "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
#define SET_K "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
#define INCR_N "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
#define PING "*1\r\n$4\r\nPING\r\n"
#define SUBSCRIBE "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n"
#define UNSUBSCRIBE "*1\r\n$11\r\nUNSUBSCRIBE\r\n"
#define SUBSCRIBED "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
#define UNSUBSCRIBED "*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n"
#define MESSAGE "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n"
#define VALUE "$1\r\nv\r\n"

/* Connections from that cookie on speak Redis. */
static void play_from(struct fixture *f, uint64_t cookie)
{
	for (size_t i = 0; i < f->tape.count; i++) {
		struct record_data *record = (struct record_data *)f->tape.records[i];

		if (record && record->header.kind == RECORD_DATA && record->connection.cookie >= cookie)
			record->recognised = RECOGNISED_REDIS;
	}
	fixture_play(f);
}

static void play(struct fixture *f)
{
	play_from(f, 0);
}

static int setup_with(void **state, const struct engine_options *wanted)
{
	struct engine_options options = *wanted;
	struct fixture *f;

	if (fixture_setup(state) < 0)
		return -1;
	f = *state;
	engine_free(f->engine);
	options.seed = 1;
	options.sink = span_list_sink(&f->spans);
	f->engine = engine_new(&options);
	return f->engine ? 0 : -1;
}

static int setup_showing_keys(void **state)
{
	return setup_with(state, &(struct engine_options){ .show_db_keys = true });
}

static int setup_without_pings(void **state)
{
	return setup_with(state, &(struct engine_options){ .ignore_db_pings = true });
}

static int setup_with_timeout(void **state)
{
	return setup_with(state, &(struct engine_options){ .request_timeout = SECOND });
}

static struct slice text_of(const struct span *span, const char *key)
{
	const struct attribute *attribute = span_attribute(span, key);

	return attribute && attribute->type == ATTRIBUTE_STRING ? attribute->string : slice_of(NULL, 0);
}

static int compare(const void *a, const void *b)
{
	const struct span *one = *(const struct span *const *)a, *other = *(const struct span *const *)b;
	struct slice name = text_of(one, "db.operation.name");

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	return memcmp(name.data, text_of(other, "db.operation.name").data, name.length);
}

/* The spans of one kind, in order of their beginning, then of their names: "SET GET:WRONGTYPE". */
static const char *spans_of(struct fixture *f, enum span_kind kind)
{
	static char text[8192];
	size_t length = 0;

	text[0] = '\0';
	qsort(f->spans.spans, f->spans.count, sizeof(f->spans.spans[0]), compare);
	for (size_t i = 0; i < f->spans.count; i++) {
		const struct span *span = f->spans.spans[i];
		struct slice name = text_of(span, "db.operation.name");

		if (span->kind != kind)
			continue;
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s%s%.*s", length ? " " : "",
					   (int)name.length, name.data, span->error_type.length ? ":" : "",
					   (int)span->error_type.length, span->error_type.data);
	}
	return text;
}

static void assert_spans(struct fixture *f, const char *expected)
{
	assert_string_equal(spans_of(f, SPAN_KIND_CLIENT), expected);
	assert_string_equal(spans_of(f, SPAN_KIND_SERVER), expected);
}

static const struct span *find(const struct fixture *f, enum span_kind kind, const char *name)
{
	for (size_t i = 0; i < f->spans.count; i++)
		if (f->spans.spans[i]->kind == kind &&
		    slice_equal(text_of(f->spans.spans[i], "db.operation.name"), slice_of_string(name)))
			return f->spans.spans[i];
	fail_msg("no span of %s", name);
	return NULL;
}

static void close_both(struct fixture *f)
{
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
}

static void each_command_is_a_span_at_both_ends(void **state)
{
	struct fixture *f = *state;
	const struct span *client, *server;

	tape_request(&f->tape, &f->wire, SET_K);
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, "-WRONGTYPE no\r\n");
	play(f);
	assert_no_loss(f);
	assert_spans(f, "SET GET:WRONGTYPE");
	client = find(f, SPAN_KIND_CLIENT, "SET");
	server = find(f, SPAN_KIND_SERVER, "SET");
	assert_memory_equal(server->parent_span_id, client->span_id, sizeof(client->span_id));
	assert_true(server->start >= client->start && server->end <= client->end);
	assert_string_attribute(server, "wirespan.link.evidence", "connection");
	assert_string_attribute(client, "db.namespace", "0");
	assert_string_attribute(client, "db.query.text", "SET ? ?");
	assert_int_equal(span_attribute(client, "wirespan.request.size")->integer, strlen(SET_K));
	assert_int_equal(span_attribute(client, "wirespan.response.size")->integer, strlen("+OK\r\n"));
	assert_null(span_attribute(client, "db.operation.batch.size"));
}

static void pipelined_commands_are_answered_in_order(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, SET_K GET_K INCR_N);
	tape_send(&f->tape, &f->wire.server, "+OK\r\n$1\r\n");
	tape_send(&f->tape, &f->wire.server, "v\r\n-ERR not an integer\r\n");
	tape_receive(&f->tape, &f->wire.client, "+OK\r\n$1\r\nv\r\n-ERR not an integer\r\n");
	play(f);
	assert_no_loss(f);
	assert_spans(f, "GET INCR:ERR SET");
	/* Sent in one go, which only its sender can tell. */
	assert_int_equal(span_attribute(find(f, SPAN_KIND_CLIENT, "GET"), "db.operation.batch.size")->integer, 3);
	assert_null(span_attribute(find(f, SPAN_KIND_SERVER, "GET"), "db.operation.batch.size"));
}

static void a_pipeline_in_two_calls_is_none_for_certain(void **state)
{
	struct fixture *f = *state;

	tape_send(&f->tape, &f->wire.client, SET_K GET_K "*2\r\n$4\r\nIN");
	tape_send(&f->tape, &f->wire.client, "CR\r\n$1\r\nn\r\n");
	tape_receive(&f->tape, &f->wire.client, "+OK\r\n" VALUE ":1\r\n");
	play(f);
	assert_no_loss(f);
	assert_string_equal(spans_of(f, SPAN_KIND_CLIENT), "GET INCR SET");
	assert_null(span_attribute(find(f, SPAN_KIND_CLIENT, "SET"), "db.operation.batch.size"));
}

static void bytes_come_one_by_one(void **state)
{
	static const char requests[] = SET_K "PING\r\n", responses[] = "+OK\r\n+PONG\r\n";
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(requests) - 1; i++)
		tape_request(&f->tape, &f->wire, (char[]){ requests[i], '\0' });
	for (size_t i = 0; i < sizeof(responses) - 1; i++)
		tape_response(&f->tape, &f->wire, (char[]){ responses[i], '\0' });
	play(f);
	assert_no_loss(f);
	assert_spans(f, "SET PING");
}

static void large_values_are_counted_not_copied(void **state)
{
	static char command[100100], value[100100];
	struct fixture *f = *state;
	int length = snprintf(command, sizeof(command), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n%0100000d\r\n", 0);

	tape_move(&f->tape, &f->wire.client, RECORD_SEND, command, (uint32_t)length, 100, 2);
	tape_receive(&f->tape, &f->wire.client, "+OK\r\n");
	tape_send(&f->tape, &f->wire.client, GET_K);
	length = snprintf(value, sizeof(value), "$100000\r\n%0100000d\r\n", 0);
	tape_move(&f->tape, &f->wire.client, RECORD_RECEIVE, value, (uint32_t)length, 80, 2);
	play(f);
	assert_no_loss(f);
	assert_string_equal(spans_of(f, SPAN_KIND_CLIENT), "SET GET");
	assert_int_equal(span_attribute(find(f, SPAN_KIND_CLIENT, "GET"), "wirespan.response.size")->integer, length);
}

static void a_subscription_is_one_span(void **state)
{
	struct fixture *f = *state;
	const struct span *span;

	tape_request(&f->tape, &f->wire, SUBSCRIBE);
	tape_response(&f->tape, &f->wire, SUBSCRIBED);
	tape_wait(&f->tape, 5 * SECOND);
	tape_response(&f->tape, &f->wire, MESSAGE MESSAGE);
	tape_wait(&f->tape, 5 * SECOND);
	tape_request(&f->tape, &f->wire, UNSUBSCRIBE);
	tape_response(&f->tape, &f->wire, MESSAGE UNSUBSCRIBED);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "SUBSCRIBE UNSUBSCRIBE GET");
	span = find(f, SPAN_KIND_CLIENT, "SUBSCRIBE");
	assert_true(duration(span) > 10 * SECOND && span->status == SPAN_STATUS_UNSET);
}

static void a_subscription_ends_with_its_connection(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, SUBSCRIBE);
	tape_response(&f->tape, &f->wire, SUBSCRIBED);
	tape_wait(&f->tape, 5 * SECOND);
	tape_response(&f->tape, &f->wire, MESSAGE);
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "SUBSCRIBE");
	assert_true(duration(find(f, SPAN_KIND_SERVER, "SUBSCRIBE")) > 5 * SECOND);
}

static void too_many_subscriptions_are_counted(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < REDIS_SUBSCRIPTIONS_MAX + 4; i += 2) {
		tape_request(&f->tape, &f->wire, SUBSCRIBE SUBSCRIBE);
		tape_response(&f->tape, &f->wire, SUBSCRIBED SUBSCRIBED MESSAGE);
	}
	close_both(f);
	play(f);
	assert_int_equal(f->spans.count, 2 * REDIS_SUBSCRIPTIONS_MAX);
	assert_int_equal(fixture_loss(f, LOSS_PIPELINE_LIMIT), 2 * 4);
}

static void monitor_is_one_span(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "MONITOR\r\n");
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	tape_response(&f->tape, &f->wire, "+1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\r\n");
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "MONITOR");
}

static void unanswered_commands_end_as_they_are_sent(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "CLIENT REPLY OFF\r\nSET k v\r\nCLIENT REPLY ON\r\nGET k\r\n");
	tape_response(&f->tape, &f->wire, "+OK\r\n" VALUE);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "CLIENT REPLY CLIENT REPLY GET SET");
}

static void what_is_silenced_is_acknowledged_or_not(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "CLIENT REPLY SKIP\r\n" SUBSCRIBE);
	tape_response(&f->tape, &f->wire, SUBSCRIBED);
	tape_wait(&f->tape, 5 * SECOND);
	tape_request(&f->tape, &f->wire, UNSUBSCRIBE);
	tape_response(&f->tape, &f->wire, UNSUBSCRIBED);
	tape_request(&f->tape, &f->wire, "CLIENT REPLY SKIP\r\nPUNSUBSCRIBE\r\n");
	tape_wait(&f->tape, 5 * SECOND);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	tape_request(&f->tape, &f->wire, "CLIENT REPLY SKIP\r\nSUNSUBSCRIBE\r\n");
	tape_wait(&f->tape, 5 * SECOND);
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "CLIENT REPLY SUBSCRIBE UNSUBSCRIBE CLIENT REPLY PUNSUBSCRIBE GET CLIENT REPLY SUNSUBSCRIBE");
	assert_true(duration(find(f, SPAN_KIND_CLIENT, "SUBSCRIBE")) > 5 * SECOND);
	assert_true(duration(find(f, SPAN_KIND_CLIENT, "PUNSUBSCRIBE")) < SECOND);
	assert_true(duration(find(f, SPAN_KIND_CLIENT, "SUNSUBSCRIBE")) < SECOND);
}

static void shutdown_ends_with_the_connection(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "SHUTDOWN\r\n");
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "SHUTDOWN");
}

static void what_is_open_fails_with_the_connection(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, SET_K GET_K);
	tape_response(&f->tape, &f->wire, "+OK\r\n$1\r\n");
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "GET:connection_closed SET");
}

static void replication_is_not_read(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "REPLCONF capa eof\r\n");
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	tape_request(&f->tape, &f->wire, "PSYNC ? -1\r\n");
	tape_response(&f->tape, &f->wire, "+FULLRESYNC 8de1787ba490483314a4d30f1c628bc5025eb761 0\r\n$20\r\nREDIS0009");
	tape_response(&f->tape, &f->wire, "anything at all" SET_K);
	tape_request(&f->tape, &f->wire, "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$1\r\n1\r\n");
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "REPLCONF PSYNC");
}

/* As clamd does. */
static void what_answers_otherwise_is_no_redis(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		tape_request(&f->tape, &f->wire, "PING\n");
		tape_response(&f->tape, &f->wire, "PONG\n");
	}
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "");
	assert_int_equal(engine_ignored(f->engine)->unsolicited, 2);
}

static void what_answers_otherwise_may_be_late(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "PING\n");
	tape_wait(&f->tape, 2 * SECOND);
	tape_clock(&f->tape, 0); /* shows how late it is */
	tape_response(&f->tape, &f->wire, "PONG\n");
	close_both(f);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "PING:timeout");
	assert_int_equal(engine_ignored(f->engine)->unsolicited, 2);
}

/* What the transaction did to replies, nobody knows: not even a rest tells. */
static void commands_are_counted_behind_a_broken_transaction(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "MULTI\r\nCLIENT REPLY ON\r\nPING\r\n");
	tape_response(&f->tape, &f->wire, "+OK\r\n+QUEUED\r\n+QUEUED\r\n");
	tape_request(&f->tape, &f->wire, "EXEC\r\n");
	tape_response(&f->tape, &f->wire, "*2\r\n+OK\r\n+PONG\r\n");
	for (int i = 0; i < 3; i++) {
		tape_request(&f->tape, &f->wire, SET_K);
		tape_response(&f->tape, &f->wire, "+OK\r\n");
		tape_wait(&f->tape, REDIS_REST_NS);
	}
	close_both(f);
	play(f);
	assert_spans(f, "CLIENT REPLY MULTI PING");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2 * (1 + 3));
}

static void keys_are_shown_where_asked(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	assert_string_attribute(find(f, SPAN_KIND_SERVER, "GET"), "db.query.text", "GET k");
}

static void pings_are_left_out_where_asked(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, PING GET_K);
	tape_response(&f->tape, &f->wire, "+PONG\r\n" VALUE);
	play(f);
	assert_no_loss(f);
	assert_spans(f, "GET");
	assert_int_equal(engine_ignored(f->engine)->db_pings, 2);
}

static void blocking_commands_do_not_time_out(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "BLPOP k 0\r\n");
	tape_wait(&f->tape, 10 * SECOND);
	tape_response(&f->tape, &f->wire, "*2\r\n" VALUE VALUE);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_wait(&f->tape, 10 * SECOND);
	tape_process(&f->tape, 300, "/bin/true");
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	assert_spans(f, "BLPOP GET:timeout");
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_LATE), 2);
}

static void an_answer_too_many_is_never_paired(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE ":5\r\n");
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	/* Nor is what came shortly before. */
	assert_spans(f, "");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 4);
}

/* As Flask does: it answers once Redis has. */
static void a_call_is_the_child_of_what_its_thread_serves(void **state)
{
	struct fixture *f = *state;
	const struct span *call, *page;
	struct wire store;

	wire_init(&store, 2);
	store.client.tgid = store.client.tid = f->wire.server.tgid;
	store.server.tgid = store.server.tid = 300;
	tape_request(&f->tape, &f->wire, GET("/page"));
	tape_request(&f->tape, &store, GET_K);
	tape_response(&f->tape, &store, VALUE);
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	play_from(f, store.client.connection.cookie);
	assert_no_loss(f);
	call = find(f, SPAN_KIND_CLIENT, "GET");
	page = server_span(f, "/page");
	assert_memory_equal(call->parent_span_id, page->span_id, sizeof(page->span_id));
	assert_memory_equal(call->trace_id, page->trace_id, sizeof(page->trace_id));
	assert_string_attribute(call, "wirespan.link.evidence", "thread");
	assert_memory_equal(find(f, SPAN_KIND_SERVER, "GET")->trace_id, page->trace_id, sizeof(page->trace_id));
}

/* Both ends are older than the agent. */
static void join_late(struct fixture *f, uint16_t quiet)
{
	tape_socket(&f->tape, &f->wire.client);
	tape_socket(&f->tape, &f->wire.server);
	if (quiet) {
		f->tape.records[0]->flags |= RECORD_SOCKET_QUIET_RECEIVED;
		f->tape.records[1]->flags |= RECORD_SOCKET_QUIET_SENT;
	}
	f->wire.client.flags = f->wire.server.flags = RECORD_DATA_LATE;
}

static void a_quiet_connection_is_joined_at_once(void **state)
{
	struct fixture *f = *state;

	join_late(f, true);
	tape_request(&f->tape, &f->wire, GET_K INCR_N);
	tape_response(&f->tape, &f->wire, VALUE ":1\r\n");
	tape_request(&f->tape, &f->wire, SET_K);
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	play(f);
	assert_no_loss(f);
	assert_spans(f, "GET INCR SET");
	assert_null(span_attribute(find(f, SPAN_KIND_CLIENT, "GET"), "db.namespace"));
}

static void a_select_tells_the_database(void **state)
{
	struct fixture *f = *state;

	join_late(f, true);
	tape_request(&f->tape, &f->wire, "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n");
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	assert_spans(f, "SELECT GET");
	assert_null(span_attribute(find(f, SPAN_KIND_CLIENT, "SELECT"), "db.namespace"));
	assert_string_attribute(find(f, SPAN_KIND_CLIENT, "GET"), "db.namespace", "3");
}

/* Another command is unanswered all the time: its answer comes first. */
static void what_was_asked_before_is_found_out(void **state)
{
	struct fixture *f = *state;

	join_late(f, true);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE VALUE);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	play(f);
	assert_spans(f, "");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 4);
}

static void a_busy_connection_stays_counted(void **state)
{
	struct fixture *f = *state;

	join_late(f, false);
	for (int i = 0; i < 10; i++) {
		tape_request(&f->tape, &f->wire, GET_K);
		tape_response(&f->tape, &f->wire, VALUE);
	}
	play(f);
	assert_spans(f, "");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 20);
	assert_int_equal(fixture_loss(f, LOSS_ATTACHED_LATE), 2);
}

static void a_connection_that_rests_is_paired_again(void **state)
{
	struct fixture *f = *state;

	join_late(f, false);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, VALUE);
	tape_wait(&f->tape, REDIS_REST_NS);
	tape_request(&f->tape, &f->wire, INCR_N);
	tape_response(&f->tape, &f->wire, ":1\r\n");
	tape_request(&f->tape, &f->wire, SET_K);
	tape_response(&f->tape, &f->wire, "+OK\r\n");
	play(f);
	assert_spans(f, "INCR SET");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 4);
}

static void an_answer_that_does_not_fit_is_none(void **state)
{
	struct fixture *f = *state;

	join_late(f, true);
	tape_request(&f->tape, &f->wire, GET_K);
	tape_response(&f->tape, &f->wire, ":1\r\n");
	play(f);
	assert_spans(f, "");
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
}

/* Whichever record is lost, what becomes a span has its own answer, and what does not is counted. */
static void a_lost_record_pairs_nothing_wrongly(void **state)
{
	(void)state;
	for (size_t lost = 0; lost < 8 * 4; lost++) {
		struct fixture *each;
		void *own = NULL;
		uint64_t spans = 0;

		assert_int_equal(fixture_setup(&own), 0);
		each = own;
		for (int i = 0; i < 8; i++) {
			char command[64], answer[64];

			snprintf(command, sizeof(command), "*2\r\n$4\r\nECHO\r\n$%d\r\n%0*d\r\n", i + 1, i + 1, 0);
			snprintf(answer, sizeof(answer), "$%d\r\n%0*d\r\n", i + 1, i + 1, 0);
			tape_request(&each->tape, &each->wire, command);
			tape_response(&each->tape, &each->wire, answer);
			if (i == 5)
				tape_wait(&each->tape, REDIS_REST_NS);
		}
		close_both(each);
		free(each->tape.records[lost]);
		each->tape.records[lost] = NULL;
		play(each);
		for (size_t i = 0; i < each->spans.count; i++) {
			const struct span *span = each->spans.spans[i];

			assert_int_equal(span_attribute(span, "wirespan.request.size")->integer - 14,
					 span_attribute(span, "wirespan.response.size")->integer);
			spans += span->kind == (lost % 4 == 0 || lost % 4 == 3 ? SPAN_KIND_CLIENT : SPAN_KIND_SERVER);
		}
		/* The last two come after a rest. */
		assert_true(spans >= 2);
		/* A command whose own record was lost was not seen. */
		assert_int_equal(spans + fixture_loss(each, LOSS_REQUEST_UNPAIRED), lost % 4 < 2 ? 7 : 8);
		fixture_teardown(&own);
	}
}

int main(void)
{
#define TEST_WITH(setup, function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)
#define TEST(function) TEST_WITH(fixture_setup, function)
	const struct CMUnitTest tests[] = {
		TEST(each_command_is_a_span_at_both_ends),
		TEST(pipelined_commands_are_answered_in_order),
		TEST(a_pipeline_in_two_calls_is_none_for_certain),
		TEST(bytes_come_one_by_one),
		TEST(large_values_are_counted_not_copied),
		TEST(a_subscription_is_one_span),
		TEST(a_subscription_ends_with_its_connection),
		TEST(too_many_subscriptions_are_counted),
		TEST(monitor_is_one_span),
		TEST(unanswered_commands_end_as_they_are_sent),
		TEST(what_is_silenced_is_acknowledged_or_not),
		TEST(shutdown_ends_with_the_connection),
		TEST(what_is_open_fails_with_the_connection),
		TEST(replication_is_not_read),
		TEST(what_answers_otherwise_is_no_redis),
		TEST_WITH(setup_with_timeout, what_answers_otherwise_may_be_late),
		TEST(commands_are_counted_behind_a_broken_transaction),
		TEST_WITH(setup_showing_keys, keys_are_shown_where_asked),
		TEST_WITH(setup_without_pings, pings_are_left_out_where_asked),
		TEST_WITH(setup_with_timeout, blocking_commands_do_not_time_out),
		TEST(a_call_is_the_child_of_what_its_thread_serves),
		TEST(an_answer_too_many_is_never_paired),
		TEST(a_quiet_connection_is_joined_at_once),
		TEST(a_select_tells_the_database),
		TEST(what_was_asked_before_is_found_out),
		TEST(a_busy_connection_stays_counted),
		TEST(a_connection_that_rests_is_paired_again),
		TEST(an_answer_that_does_not_fit_is_none),
		cmocka_unit_test(a_lost_record_pairs_nothing_wrongly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
