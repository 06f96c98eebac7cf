// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* pipe2, posix_openpt */
#include "otlp/export/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "otlp/console/console.h"
#include "otlp/export/json.h"
#include "otlp/test/sample.h"

/* What is written comes out at ends[0]. */
static void open_pipe(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

static void open_terminal(int ends[2])
{
	ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert_true(ends[0] >= 0);
	assert_int_equal(grantpt(ends[0]), 0);
	assert_int_equal(unlockpt(ends[0]), 0);
	ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(ends[1] >= 0);
}

static void (*const openers[])(int ends[2]) = { open_pipe, open_terminal };

static void close_ends(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* How many bytes there were. */
static size_t read_all(int fd)
{
	char bytes[4096];
	size_t total = 0;
	ssize_t length;

	while ((length = read(fd, bytes, sizeof(bytes))) > 0)
		total += (size_t)length;
	return total;
}

/* More than either takes, with many newlines. */
static struct slice much(void)
{
	static char text[1 << 19];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 7 ? 'x' : '\n';
	return slice_of(text, sizeof(text));
}

/* It is waited for once, and written to again as soon as it takes something; its flags stay as they were. */
static void what_is_not_read_is_given_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct writer writer;
		int ends[2], flags;

		openers[i](ends);
		flags = fcntl(ends[1], F_GETFL);
		assert_int_equal(writer_init(&writer, ends[1]), 0);
		assert_int_equal(fcntl(ends[1], F_GETFL), flags);
		writer.timeout_ms = 30;
		assert_int_equal(writer_write(&writer, much()), -ETIMEDOUT);
		assert_true(writer.unread);
		writer.timeout_ms = 3600 * 1000;
		assert_int_equal(writer_write(&writer, much()), -ETIMEDOUT);
		assert_true(read_all(ends[0]) > 0);
		assert_int_equal(writer_write(&writer, SLICE_LITERAL("again\n")), 0);
		assert_false(writer.unread);
		writer_done(&writer);
		close_ends(ends);
	}
}

static void *cancel(void *context)
{
	usleep(20000);
	writer_cancel(context);
	return NULL;
}

static void endless_waiting_can_be_cancelled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct writer writer;
		pthread_t thread;
		int ends[2];

		openers[i](ends);
		assert_int_equal(writer_init(&writer, ends[1]), 0);
		assert_int_equal(pthread_create(&thread, NULL, cancel, &writer), 0);
		assert_int_equal(writer_write(&writer, much()), -ECANCELED);
		pthread_join(thread, NULL);
		writer_done(&writer);
		close_ends(ends);
	}
}

static uint64_t unread_count(const struct output *output)
{
	struct counter counters[8];
	size_t count = output_counters(output, counters, 8);

	for (size_t i = 0; i < count; i++)
		if (strcmp(counters[i].name, "output_unread") == 0)
			return counters[i].value;
	fail();
	return 0;
}

/* No error, which would say that others did not get the spans either. */
static void assert_unread_counts(struct writer *writer, struct output *output, int reader)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 2);

	writer->timeout_ms = 10;
	assert_int_equal(writer_write(writer, much()), -ETIMEDOUT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(output_spans(output, (struct span *[]){ span_clone(&span) }, 1, 0), 0);
		assert_int_equal(output_flush(output), 0);
	}
	assert_int_equal(unread_count(output), 3);
	assert_true(read_all(reader) > 0);
	assert_int_equal(output_spans(output, (struct span *[]){ span_clone(&span) }, 1, 0), 0);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(unread_count(output), 3);
	assert_true(read_all(reader) > 0);
	output_free(output);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

static void spans_that_are_not_read_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct writer writer;
		struct output *output;
		int ends[2];

		openers[i](ends);
		assert_int_equal(writer_init(&writer, ends[1]), 0);
		assert_int_equal(output_console_new(&(struct console_options){ .writer = &writer }, &output), 0);
		assert_unread_counts(&writer, output, ends[0]);
		assert_int_equal(output_json_new(&writer, "1", &output), 0);
		assert_unread_counts(&writer, output, ends[0]);
		writer_done(&writer);
		close_ends(ends);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_read_is_given_up),
		cmocka_unit_test(endless_waiting_can_be_cancelled),
		cmocka_unit_test(spans_that_are_not_read_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
