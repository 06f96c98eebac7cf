// SPDX-License-Identifier: Apache-2.0
#include "base/buffer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void appends_up_to_the_maximum(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	for (int i = 0; i < 10; i++)
		assert_int_equal(buffer_append(&buffer, "0123456789", 10), 0);
	assert_int_equal(buffer_append(&buffer, "x", 1), -ENOSPC);
	assert_int_equal(buffer_append(&buffer, "x", SIZE_MAX), -ENOSPC);
	assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
	assert_int_equal(buffer.length, 100);
	assert_true(buffer.capacity <= 100);
	assert_memory_equal(buffer.data + 90, "0123456789", 10);
	buffer_done(&buffer);
	assert_int_equal(buffer.length, 0);
	assert_int_equal(buffer_append(&buffer, "again", 5), 0);
	buffer_done(&buffer);
}

static void formats(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 200);
	assert_int_equal(buffer_append_format(&buffer, "%s-%d", "a", 1), 0);
	assert_int_equal(buffer_append_format(&buffer, "%0100d", 7), 0);
	assert_int_equal(buffer.length, 103);
	assert_memory_equal(buffer.data, "a-100", 5);
	assert_int_equal(buffer.data[102], '7');
	assert_int_equal(buffer_append_format(&buffer, "%0100d", 7), -ENOSPC);
	assert_int_equal(buffer.length, 103);
	/* Exactly to the maximum: there is no room for a NUL, and none is needed. */
	assert_int_equal(buffer_append_format(&buffer, "%097d", 9), 0);
	assert_int_equal(buffer.length, 200);
	assert_int_equal(buffer.data[199], '9');
	buffer_done(&buffer);
}

static void consumes_at_the_front(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	buffer_consume(&buffer, 1);
	assert_int_equal(buffer_append(&buffer, "abcdef", 6), 0);
	buffer_consume(&buffer, 2);
	assert_true(slice_equal(buffer_slice(&buffer), SLICE_LITERAL("cdef")));
	buffer_consume(&buffer, 100);
	assert_int_equal(buffer_slice(&buffer).length, 0);
	assert_int_equal(buffer_append(&buffer, "x", 1), 0);
	buffer_clear(&buffer);
	assert_int_equal(buffer.length, 0);
	buffer_done(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_up_to_the_maximum),
		cmocka_unit_test(formats),
		cmocka_unit_test(consumes_at_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
