// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/explain_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define WALL UINT64_C(1700000000123000000)

/* What reaches standard error. */
static void explain(enum log_format format, char *text, size_t room)
{
	const struct explanation explanation = {
		.text = "it is not read", .wall = WALL, .service = SLICE_LITERAL("shop"), .pid = 42, .cookie = 7
	};
	FILE *file = tmpfile();
	int standard_error = dup(STDERR_FILENO);
	struct explain_sink sink;

	assert_non_null(file);
	log_set_level(LOG_LEVEL_DEBUG);
	log_set_format(format);
	sink = explain_log();
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	sink.accept(sink.context, &explanation);
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	log_set_format(LOG_PLAIN);
	rewind(file);
	text[fread(text, 1, room - 1, file)] = '\0';
	fclose(file);
}

static void the_time_is_said_once(void **state)
{
	static const char plain[] = "wirespan: debug: 2023-11-14T22:13:20.123Z shop (pid 42), connection 7: it is not read\n";
	static const char timed[] = " debug wirespan: shop (pid 42), connection 7: it is not read\n";
	static const char object[] = "\"message\":\"shop (pid 42), connection 7: it is not read\"}\n";
	char text[512];

	(void)state;
	explain(LOG_PLAIN, text, sizeof(text));
	assert_string_equal(text, plain);
	explain(LOG_TEXT, text, sizeof(text));
	assert_string_equal(strchr(text, ' '), timed);
	explain(LOG_JSON, text, sizeof(text));
	assert_string_equal(strstr(text, "\"message\""), object);
}

static void nobody_is_told_what_is_not_written(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_WARNING);
	assert_null(explain_log().accept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_is_said_once),
		cmocka_unit_test(nobody_is_told_what_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
