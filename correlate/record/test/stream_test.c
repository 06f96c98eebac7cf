// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/limits.h"
#include "correlate/record/stream.h"
#include "correlate/record/view.h"
#include "correlate/test/record_builder.h"

/* What came out, as text: "<" a received piece, ">" a sent one, "(direction length)" a gap, "=" an overlap. */
struct fixture {
	struct tape tape;
	struct wire wire;
	struct stream stream;
	char text[1024];
};

static void add(struct fixture *f, const char *text, size_t length)
{
	size_t used = strlen(f->text);

	assert_true(used + length < sizeof(f->text));
	memcpy(f->text + used, text, length);
	f->text[used + length] = '\0';
}

static void on_record(void *context, const struct record_data *record, uint32_t skip)
{
	struct slice bytes = slice_from(record_first_bytes(record), skip);

	add(context, record->direction == RECORD_SEND ? ">" : "<", 1);
	add(context, bytes.data, bytes.length);
}

static void on_gap(void *context, enum record_direction direction, uint64_t position, uint64_t length)
{
	char text[32];
	int written = snprintf(text, sizeof(text), "(%c%lu)", direction == RECORD_SEND ? '>' : '<', (unsigned long)length);

	assert_true(position > 0);
	add(context, text, (size_t)written);
}

static void on_overlap(void *context, const struct record_data *record)
{
	(void)record;
	add(context, "=", 1);
}

static const struct stream_events events = { .record = on_record, .gap = on_gap, .overlap = on_overlap };

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	tape_init(&f.tape);
	wire_init(&f.wire, 1);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stream_done(&f->stream);
	tape_done(&f->tape);
	return 0;
}

static struct record_data *receive(struct fixture *f, const char *text)
{
	return tape_receive(&f->tape, &f->wire.server, text);
}

static struct record_data *send(struct fixture *f, const char *text)
{
	return tape_send(&f->tape, &f->wire.server, text);
}

/* Gives the tape's records in the order of `order`, digits. */
static void give(struct fixture *f, const char *order)
{
	for (; *order; order++)
		assert_int_equal(stream_record(&f->stream, (const struct record_data *)f->tape.records[*order - '0'],
					       &events, f), 0);
}

static void in_order(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	send(f, "xy");
	receive(f, "cd");
	give(f, "012");
	assert_string_equal(f->text, "<ab>xy<cd");
	assert_int_equal(f->stream.held_count, 0);
}

static void out_of_order(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	receive(f, "cd");
	send(f, "xy");
	receive(f, "ef");
	give(f, "032");
	assert_string_equal(f->text, "<ab");
	assert_int_equal(f->stream.held_count, 2);
	give(f, "1");
	assert_string_equal(f->text, "<ab<cd>xy<ef");
	assert_int_equal(f->stream.held_count, 0);
	assert_int_equal(f->stream.held_bytes, 0);
}

/* A record waits for what the other direction is known to have moved. */
static void waits_for_the_other_direction(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	send(f, "xyz");
	receive(f, "cd");
	give(f, "02");
	assert_string_equal(f->text, "<ab");
	give(f, "1");
	assert_string_equal(f->text, "<ab>xyz<cd");
}

static void gap(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	receive(f, "cd");
	send(f, "xyz");
	receive(f, "ef");
	give(f, "03");
	stream_flush(&f->stream, &events, f);
	assert_string_equal(f->text, "<ab(>3)(<2)<ef");
	/* What was declared lost comes too late. */
	give(f, "12");
	assert_string_equal(f->text, "<ab(>3)(<2)<ef==");
}

/* A gap ends where anything held begins. */
static void least_gap(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	send(f, "wxyz");
	send(f, "123");
	receive(f, "cd");
	give(f, "032");
	stream_flush(&f->stream, &events, f);
	assert_string_equal(f->text, "<ab(>4)>123<cd");
}

static void overlap_is_skipped(void **state)
{
	struct fixture *f = *state;
	struct record_data *record;

	receive(f, "abcd");
	record = receive(f, "cdef");
	record->position -= 2;
	give(f, "010");
	assert_string_equal(f->text, "<abcd<ef=");
}

static void joins_in_the_middle(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	send(f, "xy");
	receive(f, "cd");
	send(f, "zz");
	give(f, "23");
	assert_string_equal(f->text, "<cd>zz");
}

/* A FIN that was read counts as a position. */
static void tolerates_a_fin(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	send(f, "xy")->other_position++;
	give(f, "01");
	assert_string_equal(f->text, "<ab>xy");
}

static void holds_few(void **state)
{
	struct fixture *f = *state;

	receive(f, "ab");
	receive(f, "lost");
	give(f, "0");
	for (unsigned int i = 0; i < HELD_RECORDS_MAX; i++)
		assert_int_equal(stream_record(&f->stream, receive(f, "."), &events, f), 0);
	assert_string_equal(f->text, "<ab");
	assert_int_equal(stream_record(&f->stream, receive(f, "."), &events, f), 0);
	assert_string_equal(f->text, "<ab(<4)<.<.<.<.<.<.<.<.<.<.<.<.<.<.<.<.<.");
	assert_int_equal(f->stream.held_bytes, 0);
}

static void ignore_record(void *context, const struct record_data *record, uint32_t skip)
{
	(void)context;
	(void)record;
	(void)skip;
}

static void holds_few_bytes(void **state)
{
	static const struct stream_events quiet = { .record = ignore_record, .gap = on_gap, .overlap = on_overlap };
	static const char bytes[20000];
	struct fixture *f = *state;

	receive(f, "ab");
	receive(f, "lost");
	give(f, "0");
	for (unsigned int i = 0; i < 6; i++) {
		const struct record_data *record = tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, bytes,
							     sizeof(bytes), sizeof(bytes), 0);

		assert_int_equal(stream_record(&f->stream, record, &quiet, f), 0);
		assert_true(f->stream.held_bytes <= HELD_BYTES_MAX);
	}
	assert_string_equal(f->text, "<ab(<4)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_order),
		TEST(out_of_order),
		TEST(waits_for_the_other_direction),
		TEST(gap),
		TEST(least_gap),
		TEST(overlap_is_skipped),
		TEST(joins_in_the_middle),
		TEST(tolerates_a_fin),
		TEST(holds_few),
		TEST(holds_few_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
