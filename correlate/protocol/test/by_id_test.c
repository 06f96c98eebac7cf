// SPDX-License-Identifier: Apache-2.0
/* Pairing by id, by a made-up protocol that takes the place of another in the engine's table. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine_state.h"
#include "correlate/protocol/table.h"
#include "correlate/protocol/test/numbered.h"
#include "correlate/test/engine_fixture.h"

static const struct protocol *protocols[RECOGNISED_COUNT];

static int setup(void **state)
{
	struct fixture *f;
	int error = fixture_setup(state);

	if (error)
		return error;
	f = *state;
	memcpy(protocols, protocol_table, sizeof(protocols));
	protocols[RECOGNISED_SSH] = &numbered_protocol;
	f->engine->protocols = protocols;
	return 0;
}

static void say(struct fixture *f, bool request, const char *text)
{
	struct wire_end *from = request ? &f->wire.client : &f->wire.server;
	struct wire_end *to = request ? &f->wire.server : &f->wire.client;

	tape_send(&f->tape, from, text)->recognised = RECOGNISED_SSH;
	tape_receive(&f->tape, to, text)->recognised = RECOGNISED_SSH;
}

/* The span of that id and kind, which is the only one. */
static const struct span *span_of(const struct fixture *f, enum span_kind kind, const char *id)
{
	const struct span *found = NULL;

	for (size_t i = 0; i < f->spans.count; i++) {
		if (f->spans.spans[i]->kind != kind || !slice_equal(f->spans.spans[i]->name, slice_of_string(id)))
			continue;
		assert_null(found);
		found = f->spans.spans[i];
	}
	return found;
}

static void answers_come_in_any_order(void **state)
{
	struct fixture *f = *state;

	say(f, true, "?01?02");
	say(f, true, "?03");
	say(f, false, "!03!01");
	say(f, false, "!02");
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 6);
	for (const char *const *id = (const char *const[]){ "01", "02", "03", NULL }; *id; id++) {
		const struct span *client = span_of(f, SPAN_KIND_CLIENT, *id), *server = span_of(f, SPAN_KIND_SERVER, *id);

		assert_non_null(client);
		assert_non_null(server);
		assert_memory_equal(server->parent_span_id, client->span_id, sizeof(client->span_id));
		assert_true(server->start >= client->start && server->end <= client->end);
	}
	assert_true(span_of(f, SPAN_KIND_CLIENT, "03")->end < span_of(f, SPAN_KIND_CLIENT, "02")->end);
}

static void what_is_lost_costs_its_own_id_only(void **state)
{
	struct fixture *f = *state;
	size_t lost;

	say(f, true, "?01");
	say(f, true, "?02");
	lost = f->tape.count + 1; /* the client's receive of the first answer */
	say(f, false, "!01");
	say(f, false, "!02");
	say(f, true, "?01");
	say(f, false, "!01");
	free(f->tape.records[lost]);
	f->tape.records[lost] = NULL;
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 1);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 1);
	assert_non_null(span_of(f, SPAN_KIND_CLIENT, "02"));
	/* Its id came again: the one before it was dropped, and this one is answered. */
	assert_non_null(span_of(f, SPAN_KIND_CLIENT, "01"));
	assert_int_equal(f->spans.count, 5);
}

static void one_can_be_given_up(void **state)
{
	struct fixture *f = *state;

	say(f, true, "?01?02");
	say(f, false, "x01");
	say(f, false, "!02");
	fixture_play(f);
	assert_no_loss(f);
	assert_error(span_of(f, SPAN_KIND_CLIENT, "01"), "cancelled");
	assert_int_equal(span_of(f, SPAN_KIND_CLIENT, "02")->status, SPAN_STATUS_UNSET);
}

static void all_fail_with_their_connection(void **state)
{
	struct fixture *f = *state;

	say(f, true, "?01?02?03");
	say(f, false, "!02");
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_LEFT, ECONNRESET);
	fixture_play(f);
	assert_error(span_of(f, SPAN_KIND_CLIENT, "01"), "connection_reset");
	assert_error(span_of(f, SPAN_KIND_CLIENT, "03"), "connection_reset");
	assert_int_equal(span_of(f, SPAN_KIND_CLIENT, "02")->status, SPAN_STATUS_UNSET);
}

/* Plays a connection that fails with many open; the names in the order in which they come out. */
static void names_of_failed(char names[NUMBERED_OPEN_MAX * 2])
{
	struct fixture *f;
	void *state;

	assert_int_equal(setup(&state), 0);
	f = state;
	for (int id = 0; id < NUMBERED_OPEN_MAX; id++) {
		char text[8];

		snprintf(text, sizeof(text), "?%02d", id);
		tape_send(&f->tape, &f->wire.client, text)->recognised = RECOGNISED_SSH;
	}
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_LEFT, ECONNRESET);
	fixture_play(f);
	assert_int_equal(f->spans.count, NUMBERED_OPEN_MAX);
	for (size_t i = 0; i < NUMBERED_OPEN_MAX; i++)
		memcpy(names + 2 * i, f->spans.spans[i]->name.data, 2);
	assert_int_equal(fixture_teardown(&state), 0);
}

static void all_fail_in_the_same_order_each_time(void **state)
{
	char first[NUMBERED_OPEN_MAX * 2], second[NUMBERED_OPEN_MAX * 2];

	(void)state;
	names_of_failed(first);
	names_of_failed(second);
	assert_memory_equal(first, second, sizeof(first));
}

static void more_than_the_bound_are_counted(void **state)
{
	struct fixture *f = *state;
	char text[8];

	for (int id = 0; id < 99; id++) {
		snprintf(text, sizeof(text), "?%02d", id);
		tape_send(&f->tape, &f->wire.client, text)->recognised = RECOGNISED_SSH;
	}
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_PIPELINE_LIMIT), 99 - NUMBERED_OPEN_MAX);
	engine_finish(f->engine);
	assert_int_equal(fixture_loss(f, LOSS_OPEN_AT_EXIT), NUMBERED_OPEN_MAX);
}

/* A connection is handed over where the kernel recognises something else: what was begun in the former protocol is over. */
static void one_protocol_hands_over_to_another(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "GET /upgrade HTTP/1.1\r\nHost: h\r\n\r\n");
	tape_response(&f->tape, &f->wire, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	say(f, true, "?01");
	say(f, false, "!01");
	fixture_play(f);
	assert_no_loss(f);
	assert_non_null(span_list_find(&f->spans, SPAN_KIND_CLIENT, "/upgrade"));
	assert_non_null(span_of(f, SPAN_KIND_CLIENT, "01"));
	assert_int_equal(f->spans.count, 4);
}

static void what_was_open_before_that_is_counted(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "GET /unanswered HTTP/1.1\r\nHost: h\r\n\r\n");
	say(f, true, "?01");
	say(f, false, "!01");
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
	assert_int_equal(f->spans.count, 2);
}

static void what_had_begun_before_that_is_counted(void **state)
{
	struct fixture *f = *state;

	/* Not recognised yet, and so read as if it were HTTP/1. */
	tape_request(&f->tape, &f->wire, "PI");
	say(f, true, "?01");
	say(f, false, "!01");
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
	assert_int_equal(f->spans.count, 2);
}

static void what_nobody_knows_is_not_read(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "GET /before HTTP/1.1\r\nHost: h\r\n\r\n");
	tape_response(&f->tape, &f->wire, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	tape_send(&f->tape, &f->wire.client, "?01")->recognised = RECOGNISED_COUNT;
	tape_receive(&f->tape, &f->wire.server, "?01")->recognised = UINT8_MAX;
	say(f, true, "?02");
	say(f, false, "!02");
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
}

static void what_was_open_before_the_unknown_is_counted(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "GET /unanswered HTTP/1.1\r\nHost: h\r\n\r\n");
	tape_send(&f->tape, &f->wire.client, "?01")->recognised = RECOGNISED_COUNT;
	tape_receive(&f->tape, &f->wire.server, "?01")->recognised = RECOGNISED_COUNT;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_LEFT, ECONNRESET);
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
	assert_int_equal(f->spans.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_come_in_any_order),
		TEST(what_is_lost_costs_its_own_id_only),
		TEST(one_can_be_given_up),
		TEST(all_fail_with_their_connection),
		cmocka_unit_test(all_fail_in_the_same_order_each_time),
		TEST(more_than_the_bound_are_counted),
		TEST(one_protocol_hands_over_to_another),
		TEST(what_was_open_before_that_is_counted),
		TEST(what_had_begun_before_that_is_counted),
		TEST(what_nobody_knows_is_not_read),
		TEST(what_was_open_before_the_unknown_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
