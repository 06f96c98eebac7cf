// SPDX-License-Identifier: Apache-2.0
/* Every subset of a keep-alive conversation's records lost: what is left is right, and what is gone is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

#define EXCHANGES 5

static const char *const requests[EXCHANGES] = {
	"GET /0 HTTP/1.1\r\nHost: h\r\n\r\n",
	"POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
	"HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n",
	"GET /3 HTTP/1.1\r\nHost: h\r\n\r\n",
	"GET /4 HTTP/1.1\r\nHost: h\r\n\r\n",
};
static const char *const responses[EXCHANGES] = {
	"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nhi",
	"HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
	"HTTP/1.1 202 X\r\nContent-Length: 200\r\n\r\n",
	"HTTP/1.1 203 X\r\nContent-Length: 2\r\n\r\nhi",
	"HTTP/1.1 304 X\r\nContent-Length: 200\r\n\r\n",
};
static const int statuses[EXCHANGES] = { 200, 201, 202, 203, 304 };

struct outcome {
	size_t servers, clients;
	uint64_t lost; /* by name */
};

static int number_of(const struct span *span)
{
	const struct attribute *url = span_attribute(span, span->kind == SPAN_KIND_SERVER ? "url.path" : "url.full");

	assert_non_null(url);
	return url->string.data[url->string.length - 1] - '0';
}

static void check_spans(const struct span_list *spans)
{
	for (size_t i = 0; i < spans->count; i++) {
		const struct span *span = spans->spans[i];
		const struct attribute *status = span_attribute(span, "http.response.status_code");

		assert_non_null(status);
		assert_int_equal(status->integer, statuses[number_of(span)]);
		if (span_has_parent(span)) {
			const struct span *parent = NULL;

			for (size_t j = 0; j < spans->count; j++)
				if (!memcmp(spans->spans[j]->span_id, span->parent_span_id, 8))
					parent = spans->spans[j];
			assert_true(!parent || number_of(parent) == number_of(span));
			assert_int_equal(span->kind, SPAN_KIND_SERVER);
		}
	}
}

/* Plays without the records whose bits are set. */
static struct outcome play(const struct tape *tape, uint64_t missing)
{
	static struct span_list spans;
	static struct tape left;
	struct engine_options options = { .sink = span_list_sink(&spans), .seed = missing };
	struct engine *engine = engine_new(&options);
	struct outcome outcome = { 0 };

	assert_non_null(engine);
	left = *tape;
	for (size_t i = 0; i < tape->count; i++)
		if (missing >> i & 1)
			left.records[i] = NULL;
	tape_play(&left, engine);
	engine_finish(engine);
	check_spans(&spans);
	for (size_t i = 0; i < spans.count; i++)
		*(spans.spans[i]->kind == SPAN_KIND_SERVER ? &outcome.servers : &outcome.clients) += 1;
	for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
		outcome.lost += engine_losses(engine)->count[loss];
	engine_free(engine);
	span_list_done(&spans);
	return outcome;
}

static void both_ends(struct tape *tape, size_t exchanges)
{
	struct wire wire;

	tape_init(tape);
	wire_init(&wire, 1);
	for (size_t i = 0; i < exchanges; i++) {
		tape_request(tape, &wire, requests[i]);
		tape_response(tape, &wire, responses[i]);
	}
}

static void move(struct tape *tape, struct wire_end *end, enum record_direction direction, const char *text,
		 bool pieces)
{
	uint32_t length = (uint32_t)strlen(text), cut = pieces ? 20 : length;

	tape_move(tape, end, direction, text, cut, cut, 0);
	if (pieces)
		tape_move(tape, end, direction, text + cut, length - cut, length - cut, 0);
}

/* The server's end alone; every message in two calls where `pieces`. */
static void server_end(struct tape *tape, bool pieces)
{
	struct wire wire;

	tape_init(tape);
	wire_init(&wire, 1);
	for (size_t i = 0; i < EXCHANGES; i++) {
		move(tape, &wire.server, RECORD_RECEIVE, requests[i], pieces);
		move(tape, &wire.server, RECORD_SEND, responses[i], pieces);
	}
}

static void every_record_alone(void **state)
{
	static struct tape tape;

	(void)state;
	both_ends(&tape, EXCHANGES);
	for (size_t i = 0; i < tape.count; i++) {
		struct outcome outcome = play(&tape, UINT64_C(1) << i);
		bool at_client = i % 4 == 0 || i % 4 == 3;

		assert_int_equal(outcome.clients, at_client ? EXCHANGES - 1 : EXCHANGES);
		assert_int_equal(outcome.servers, at_client ? EXCHANGES : EXCHANGES - 1);
		assert_true(outcome.lost > 0);
	}
	tape_done(&tape);
}

static void every_subset_of_three_exchanges_at_both_ends(void **state)
{
	static struct tape tape;

	(void)state;
	both_ends(&tape, 3);
	for (uint64_t missing = 0; missing < UINT64_C(1) << tape.count; missing++)
		play(&tape, missing);
	tape_done(&tape);
}

/* Of every exchange of which anything was seen, there is a span or a named loss. */
static void every_subset_at_one_end(void **state)
{
	static struct tape tape;

	(void)state;
	server_end(&tape, false);
	for (uint64_t missing = 0; missing < UINT64_C(1) << tape.count; missing++) {
		struct outcome outcome = play(&tape, missing);
		size_t touched = 0;

		for (size_t i = 0; i < EXCHANGES; i++)
			touched += (missing >> 2 * i & 3) != 3;
		assert_int_equal(outcome.clients, 0);
		assert_true(outcome.servers <= touched);
		assert_true(outcome.servers + outcome.lost >= touched);
	}
	tape_done(&tape);
}

static void messages_in_pieces(void **state)
{
	static struct tape tape;

	(void)state;
	server_end(&tape, true);
	for (uint64_t missing = 0; missing < UINT64_C(1) << tape.count; missing += 1 + missing % 211)
		play(&tape, missing);
	tape_done(&tape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_alone),
		cmocka_unit_test(every_subset_of_three_exchanges_at_both_ends),
		cmocka_unit_test(every_subset_at_one_end),
		cmocka_unit_test(messages_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
