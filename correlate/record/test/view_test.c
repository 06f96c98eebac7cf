// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/record/view.h"
#include "correlate/test/record_builder.h"

static int check_guarded(const struct record_header *record, size_t size)
{
	/* The record ends where the page does. */
	char *copy = guard_copy(record, size);
	int result = record_check(copy, size);

	guard_free(copy, size);
	return result;
}

static void each_kind_has_its_size(void **state)
{
	static const size_t sizes[] = {
		[RECORD_DATA] = sizeof(struct record_data),	  [RECORD_STATE] = sizeof(struct record_state),
		[RECORD_PROCESS] = sizeof(struct record_process), [RECORD_FORK] = sizeof(struct record_fork),
		[RECORD_EXIT] = sizeof(struct record_exit),	  [RECORD_SOCKET] = sizeof(struct record_socket),
		[RECORD_CLOCK] = sizeof(struct record_clock),	  [RECORD_IGNORED] = sizeof(struct record_ignored),
		[RECORD_DETAIL] = sizeof(struct record_detail),
	};
	uint64_t space[32] = { 0 };
	struct record_header *header = (struct record_header *)space;
	struct record_connection *connection = (struct record_connection *)(header + 1);

	(void)state;
	for (uint16_t kind = 0; kind < 12; kind++) {
		bool known = kind && kind < sizeof(sizes) / sizeof(sizes[0]);
		size_t size = known ? sizes[kind] : sizeof(*header);

		memset(space, 0, sizeof(space));
		header->kind = kind;
		header->size = (uint32_t)size;
		if (kind == RECORD_DATA || kind == RECORD_STATE || kind == RECORD_SOCKET || kind == RECORD_IGNORED)
			connection->cookie = 1;
		if (kind == RECORD_IGNORED)
			((struct record_ignored *)header)->recognised = RECOGNISED_TLS;
		if (kind == RECORD_DATA)
			((struct record_data *)header)->length = 1, ((struct record_data *)header)->position = 1;
		assert_int_equal(check_guarded(header, size), known ? 0 : -EBADMSG);
		header->size -= 8;
		assert_int_equal(check_guarded(header, size - 8), -EBADMSG);
	}
}

static void sizes_must_agree(void **state)
{
	struct record_clock record = { .header = { .kind = RECORD_CLOCK, .size = sizeof(record) } };

	(void)state;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), 0);
	assert_int_equal(check_guarded(&record.header, sizeof(record) - 8), -EBADMSG);
	assert_int_equal(check_guarded(&record.header, 8), -EBADMSG);
	assert_int_equal(check_guarded(&record.header, 0), -EBADMSG);
	assert_int_equal(record_check((const char *)&record + 4, sizeof(record) - 8), -EBADMSG);
}

static void process_strings_must_fit(void **state)
{
	struct record_process record = { .header = { .kind = RECORD_PROCESS, .size = sizeof(record) } };

	(void)state;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), 0);
	record.environment_length = 1;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), -EBADMSG);
	record.environment_length = 0;
	record.facts_length = 1;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), -EBADMSG);
	record.environment_length = record.executable_length = UINT16_MAX;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), -EBADMSG);
}

static void details_must_fit(void **state)
{
	struct record_detail record = { .header = { .kind = RECORD_DETAIL, .size = sizeof(record) } };

	(void)state;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), 0);
	record.facts_length = 1;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), -EBADMSG);
	record.facts_length = record.arguments_length = UINT16_MAX;
	assert_int_equal(check_guarded(&record.header, sizeof(record)), -EBADMSG);
}

struct fixture {
	struct tape tape;
	struct wire wire;
	struct record_data *record; /* 100 bytes, of which the first 10 and the last 5 are copied */
	struct record_fragment *first;
};

static int setup(void **state)
{
	static struct fixture f;
	static const char bytes[100] = "0123456789";

	tape_init(&f.tape);
	wire_init(&f.wire, 1);
	f.record = tape_move(&f.tape, &f.wire.server, RECORD_RECEIVE, bytes, 100, 10, 5);
	f.first = (struct record_fragment *)(f.record + 1);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	tape_done(&f->tape);
	return 0;
}

static int check(const struct fixture *f)
{
	return check_guarded(&f->record->header, f->record->header.size);
}

static void fragments_are_walked(void **state)
{
	struct fixture *f = *state;
	struct slice bytes;
	size_t cursor = 0;
	uint32_t offset;

	assert_int_equal(check(f), 0);
	assert_int_equal(record_first_bytes(f->record).length, 10);
	assert_true(record_next_fragment(f->record, &cursor, &offset, &bytes));
	assert_int_equal(offset, 0);
	assert_memory_equal(bytes.data, "0123456789", bytes.length);
	assert_true(record_next_fragment(f->record, &cursor, &offset, &bytes));
	assert_int_equal(offset, 95);
	assert_int_equal(bytes.length, 5);
	assert_false(record_next_fragment(f->record, &cursor, &offset, &bytes));
}

static void fragments_must_fit(void **state)
{
	struct fixture *f = *state;

	f->record->fragments = 3;
	assert_int_equal(check(f), -EBADMSG);
	f->record->fragments = 2;
	f->first->length = 96;
	assert_int_equal(check(f), -EBADMSG);
	f->first->length = UINT32_MAX;
	assert_int_equal(check(f), -EBADMSG);
	f->first->length = 0;
	assert_int_equal(check(f), -EBADMSG);
	f->first->length = 10;
	f->first->offset = 90;
	assert_int_equal(check(f), -EBADMSG);
	f->first->offset = 0;
	assert_int_equal(check(f), 0);
	f->record->length = 99;
	assert_int_equal(check(f), -EBADMSG);
}

static void data_must_make_sense(void **state)
{
	struct fixture *f = *state;

	f->record->position = UINT64_MAX - 99;
	assert_int_equal(check(f), -EBADMSG);
	f->record->position = 0;
	assert_int_equal(check(f), -EBADMSG);
	f->record->position = 1;
	f->record->direction = 2;
	assert_int_equal(check(f), -EBADMSG);
	f->record->direction = 0;
	f->record->connection.cookie = 0;
	assert_int_equal(check(f), -EBADMSG);
	f->record->connection.cookie = 1;
	f->record->connection.role = 3;
	assert_int_equal(check(f), -EBADMSG);
	f->record->connection.role = 2;
	assert_int_equal(check(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_size),
		cmocka_unit_test(sizes_must_agree),
		cmocka_unit_test(process_strings_must_fit),
		cmocka_unit_test(details_must_fit),
		cmocka_unit_test_setup_teardown(fragments_are_walked, setup, teardown),
		cmocka_unit_test_setup_teardown(fragments_must_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(data_must_make_sense, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
