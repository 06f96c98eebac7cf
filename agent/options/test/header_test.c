// SPDX-License-Identifier: Apache-2.0
#include "agent/options/header.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As a command would: one option, given `argument`. */
static int give(struct header_options *options, const char *name, const char *argument)
{
	struct option_row rows[HEADER_ROWS];

	header_rows(options, rows);
	for (size_t i = 0; i < HEADER_ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].set(name, argument, rows[i].target);
	}
	fail_msg("no option --%s", name);
	return -EINVAL;
}

static void names_come_in_lists_and_repeatedly(void **state)
{
	struct header_options options = { 0 };

	(void)state;
	assert_int_equal(give(&options, "capture-request-header", "X-Request-Id, Accept"), 0);
	assert_int_equal(give(&options, "capture-request-header", "accept"), 0);
	assert_int_equal(give(&options, "capture-request-header", "via"), 0);
	assert_int_equal(give(&options, "capture-response-header", "ETag"), 0);
	assert_int_equal(options.headers.request.count, 3);
	assert_string_equal(options.headers.request.names[0].key, "http.request.header.x-request-id");
	assert_string_equal(options.headers.request.names[2].key, "http.request.header.via");
	assert_int_equal(options.headers.response.count, 1);
	assert_string_equal(options.headers.response.names[0].key, "http.response.header.etag");
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const wrong[] = { "", "a,", ",a", "a b", "x:y", "x-request-id,\xc3\xa4" };
	struct header_options options = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(give(&options, "capture-request-header", wrong[i]), -EINVAL);
	assert_int_equal(give(&options, "redact-query-parameter", ""), -EINVAL);
}

static void secrets_are_refused(void **state)
{
	struct header_options options = { 0 };

	(void)state;
	assert_int_equal(give(&options, "capture-request-header", "Authorization"), -EINVAL);
	assert_int_equal(give(&options, "capture-response-header", "Set-Cookie"), -EINVAL);
	assert_int_equal(options.headers.request.count + options.headers.response.count, 0);
}

static void there_is_a_maximum(void **state)
{
	struct header_options options = { 0 };
	char name[] = "x-a";

	(void)state;
	for (int i = 0; i < HEADER_NAMES_MAX; i++, name[2]++)
		assert_int_equal(give(&options, "capture-request-header", name), 0);
	assert_int_equal(give(&options, "capture-request-header", name), -EINVAL);
	assert_int_equal(give(&options, "capture-response-header", name), 0);
	for (int i = 0; i < QUERY_SECRETS_MAX; i++)
		assert_int_equal(give(&options, "redact-query-parameter", "key"), 0);
	assert_int_equal(give(&options, "redact-query-parameter", "key"), -EINVAL);
}

static void routes_are_patterns(void **state)
{
	static const char *const wrong[] = { "", "tag", "/tag/{", "/*/x", "[:/x", "/tag/{a}{b}" };
	struct header_options options = { 0 };

	(void)state;
	assert_int_equal(give(&options, "route", "/tag/{tag}"), 0);
	assert_int_equal(give(&options, "route", "shop*:/tag/{name}"), 0);
	assert_int_equal(options.routes.count, 2);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(give(&options, "route", wrong[i]), -EINVAL);
	assert_int_equal(options.routes.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_in_lists_and_repeatedly),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(secrets_are_refused),
		cmocka_unit_test(there_is_a_maximum),
		cmocka_unit_test(routes_are_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
