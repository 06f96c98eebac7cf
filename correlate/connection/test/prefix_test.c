// SPDX-License-Identifier: Apache-2.0
/* A PROXY-protocol prefix before a conversation, as the engine is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

#define PREFIX "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"
#define REQUEST "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

static void say(struct fixture *f, const char *text)
{
	tape_send(&f->tape, &f->wire.client, text);
	tape_receive(&f->tape, &f->wire.server, text);
}

static void assert_one_exchange(const struct fixture *f)
{
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	assert_non_null(span_list_find(&f->spans, SPAN_KIND_CLIENT, "/a"));
	assert_non_null(span_list_find(&f->spans, SPAN_KIND_SERVER, "/a"));
}

static void stands_before_a_request(void **state)
{
	struct fixture *f = *state;

	say(f, PREFIX REQUEST);
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_one_exchange(f);
}

static void comes_in_pieces(void **state)
{
	static const char text[] = PREFIX REQUEST;
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		say(f, (char[]){ text[i], 0 });
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_one_exchange(f);
}

static void may_only_seem_to_begin(void **state)
{
	struct fixture *f = *state;

	say(f, "PRO");
	say(f, "PFIND /a HTTP/1.1\r\nHost: h\r\n\r\n");
	tape_response(&f->tape, &f->wire, "HTTP/1.1 207 Multi-Status\r\nContent-Length: 0\r\n\r\n");
	fixture_play(f);
	assert_one_exchange(f);
}

/* What had seemed to begin one is not put before what comes behind the loss. */
static void is_over_where_something_is_lost(void **state)
{
	struct fixture *f = *state;
	size_t lost;

	tape_send(&f->tape, &f->wire.client, "P");
	lost = f->tape.count;
	tape_send(&f->tape, &f->wire.client, "OST /lost HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
	tape_receive(&f->tape, &f->wire.client, OK("0", ""));
	tape_send(&f->tape, &f->wire.client, REQUEST);
	tape_receive(&f->tape, &f->wire.client, OK("0", ""));
	free(f->tape.records[lost]);
	f->tape.records[lost] = NULL;
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_HEAD_UNPARSABLE), 0);
	assert_non_null(span_list_find(&f->spans, SPAN_KIND_CLIENT, "/a"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stands_before_a_request),
		TEST(comes_in_pieces),
		TEST(may_only_seem_to_begin),
		TEST(is_over_where_something_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
