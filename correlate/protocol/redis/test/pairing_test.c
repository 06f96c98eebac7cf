// SPDX-License-Identifier: Apache-2.0
/*
 * Made-up talks of which records are lost, or whose beginning nobody saw: whatever becomes a span has its own answer,
 * and whatever was seen and becomes none is counted. Each command asks for an answer as long as itself, so that nothing
 * but their order tells answers apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/protocol/redis/rest.h"
#include "correlate/test/engine_fixture.h"

#define TALKS 1500
#define STEPS 60
#define LONG_STEPS 900 /* enough to see that a client takes turns */
#define OVERHEAD 14 /* that an ECHO's array has more than the string it asks for */

struct talk {
	struct fixture *f;
	uint64_t random;
	unsigned int asked, answered; /* commands so far */
	unsigned int lost; /* commands in lost records, which the kernel counts */
};

/* Of the next `range` numbers one (xorshift64). */
static unsigned int pick(struct talk *talk, unsigned int range)
{
	talk->random ^= talk->random << 13;
	talk->random ^= talk->random >> 7;
	talk->random ^= talk->random << 17;
	return (unsigned int)(talk->random >> 33) % range;
}

static int digits_of(unsigned int number)
{
	return 1 + (int)(number * 7 % 60);
}

static void ask(struct talk *talk)
{
	char text[1024];
	size_t length = 0;
	unsigned int count = 1 + pick(talk, 3);

	for (unsigned int i = 0; i < count; i++) {
		int digits = digits_of(talk->asked++);

		length += (size_t)snprintf(text + length, sizeof(text) - length, "*2\r\n$4\r\nECHO\r\n$%d\r\n%0*d\r\n",
					   digits, digits, 0);
	}
	tape_request(&talk->f->tape, &talk->f->wire, text);
}

static void answer(struct talk *talk)
{
	char text[1024];
	size_t length = 0;
	unsigned int count = 1 + pick(talk, talk->asked - talk->answered);

	for (unsigned int i = 0; i < count && length < 800; i++) {
		int digits = digits_of(talk->answered++);

		length += (size_t)snprintf(text + length, sizeof(text) - length, "$%d\r\n%0*d\r\n", digits, digits, 0);
	}
	tape_response(&talk->f->tape, &talk->f->wire, text);
}

/* `depth`: so many commands are unanswered as the client asks the next. Rests are longer than any answer takes. */
static void go(struct talk *talk, unsigned int depth, unsigned int steps)
{
	for (unsigned int i = 0; i < steps; i++) {
		unsigned int open = talk->asked - talk->answered;

		if (open > depth || (open && pick(talk, 2)))
			answer(talk);
		else
			ask(talk);
		if (steps == STEPS && talk->asked == talk->answered && pick(talk, 6) == 0)
			tape_wait(&talk->f->tape, REDIS_REST_NS + 1);
		else
			tape_wait(&talk->f->tape, pick(talk, 2) * REDIS_REST_NS / 4);
	}
	while (talk->asked > talk->answered)
		answer(talk);
}

static void lose(struct talk *talk, size_t which)
{
	const char *bytes = (const char *)talk->f->tape.records[which];

	for (uint32_t i = sizeof(struct record_data); i + 1 < talk->f->tape.records[which]->size; i++)
		talk->lost += bytes[i] == '*' && bytes[i + 1] == '2';
	free(talk->f->tape.records[which]);
	talk->f->tape.records[which] = NULL;
}

/* All before is older than the agent. */
static void join_late(struct talk *talk, size_t from)
{
	bool turned[2] = { false, false }, moved[2][2] = { { false, false }, { false, false } };

	for (size_t i = 0; i < from; i++)
		lose(talk, i);
	for (size_t i = from; i < talk->f->tape.count; i++) {
		struct record_data *record = (struct record_data *)talk->f->tape.records[i];
		unsigned int end = record->connection.cookie & 1;

		record->header.flags |= RECORD_DATA_LATE;
		turned[end] = turned[end] || moved[end][!record->direction];
		if (!turned[end])
			record->header.flags &= (uint16_t)~RECORD_DATA_TURN;
		record->header.flags &= (uint16_t) ~(RECORD_DATA_BEGIN | RECORD_DATA_FIRST);
		moved[end][record->direction] = true;
	}
}

static void check(const struct fixture *f)
{
	for (size_t i = 0; i < f->spans.count; i++) {
		const struct span *span = f->spans.spans[i];
		int64_t digits = span_attribute(span, "wirespan.response.size")->integer;

		assert_int_equal(span->status, SPAN_STATUS_UNSET);
		assert_int_equal(span_attribute(span, "wirespan.request.size")->integer - OVERHEAD, digits);
	}
}

/* The share of commands that are spans, in percent. */
static size_t run(unsigned int seed, unsigned int depth, unsigned int steps, bool late, unsigned int losses)
{
	struct talk talk = { .random = 0x9e3779b97f4a7c15u * (seed + 1) };
	void *state = NULL;
	uint64_t unpaired;
	size_t spans;

	assert_int_equal(fixture_setup(&state), 0);
	talk.f = state;
	go(&talk, depth, steps);
	for (size_t i = 0; i < talk.f->tape.count; i++)
		((struct record_data *)talk.f->tape.records[i])->recognised = RECOGNISED_REDIS;
	if (late)
		join_late(&talk, pick(&talk, (unsigned int)talk.f->tape.count / 2));
	for (unsigned int i = 0; i < losses; i++) {
		size_t which = pick(&talk, (unsigned int)talk.f->tape.count);

		if (talk.f->tape.records[which])
			lose(&talk, which);
	}
	fixture_play(talk.f);
	engine_finish(talk.f->engine);
	check(talk.f);
	spans = talk.f->spans.count;
	unpaired = fixture_loss(talk.f, LOSS_REQUEST_UNPAIRED);
	assert_true(spans + unpaired <= 2 * talk.asked);
	if (!late)
		assert_int_equal(spans + unpaired + fixture_loss(talk.f, LOSS_OPEN_AT_EXIT) + talk.lost, 2 * talk.asked);
	if (!late && !losses)
		assert_int_equal(spans, 2 * talk.asked);
	fixture_teardown(&state);
	return 100 * spans / (2 * talk.asked);
}

static void all_is_paired_where_nothing_is_lost(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < TALKS / 10; seed++)
		run(seed, seed % 4, STEPS, false, 0);
}

static void nothing_is_paired_wrongly(void **state)
{
	size_t shares = 0;

	(void)state;
	for (unsigned int seed = 0; seed < TALKS; seed++)
		shares += run(seed, seed / 8 % 4, STEPS, seed % 2, seed / 2 % 4);
	/* The rule is not to pair nothing. */
	assert_true(shares / TALKS > 40);
}

/* Without a rest: only who takes turns is paired again. */
static void turns_are_believed_where_they_are_kept(void **state)
{
	size_t shares = 0;

	(void)state;
	for (unsigned int seed = 0; seed < TALKS / 10; seed++) {
		/* What is lost before that was seen is lost until a rest, which never comes. */
		assert_true(run(seed, 0, LONG_STEPS, false, 0) == 100);
		shares += run(seed, 0, LONG_STEPS, false, 1 + seed % 10);
		run(seed, 1 + seed % 3, LONG_STEPS, false, 1 + seed % 40);
	}
	assert_true(shares / (TALKS / 10) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_paired_where_nothing_is_lost),
		cmocka_unit_test(nothing_is_paired_wrongly),
		cmocka_unit_test(turns_are_believed_where_they_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
