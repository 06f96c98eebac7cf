// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "otlp/test/sample.h"

static struct resource *resource;

static int set_up(void **state)
{
	(void)state;
	resource = sample_resource("shop", 1);
	return resource ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	resource_unref(resource);
	return 0;
}

/* Of a millisecond, which had no error. */
static struct span span_of(enum span_kind kind, const char *key, const char *value)
{
	struct span span = sample_span(resource, 1, 1, 0, kind, "GET", 0, 1000);

	sample_string(&span, "http.request.method", "GET");
	if (key)
		sample_string(&span, key, value);
	return span;
}

static void nothing_said_is_every_span(void **state)
{
	const struct span_choice choice = { 0 };
	struct span span = span_of(SPAN_KIND_CLIENT, NULL, NULL);

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_REASONS);
	span.end = span.start;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_REASONS);
	assert_false(span_choice_orphans(&choice));
}

static void paths_are_excluded_at_both_ends(void **state)
{
	const struct span_choice choice = { .excluded_paths = { { "/health*", "*/ready" }, 2 } };
	static const struct {
		enum span_kind kind;
		const char *value;
		bool excluded;
	} rows[] = {
		{ SPAN_KIND_SERVER, "/healthz", true },
		{ SPAN_KIND_SERVER, "/health/live", true },
		{ SPAN_KIND_SERVER, "/v1/ready", true },
		{ SPAN_KIND_SERVER, "/v1/health", false },
		{ SPAN_KIND_SERVER, "/ready/not", false },
		{ SPAN_KIND_SERVER, "*", false },
		{ SPAN_KIND_CLIENT, "http://10.0.0.1:8080/healthz", true },
		{ SPAN_KIND_CLIENT, "http://10.0.0.1:8080/healthz?full=1", true },
		{ SPAN_KIND_CLIENT, "http://REDACTED:REDACTED@[::1]:80/v1/ready?a=/b", true },
		{ SPAN_KIND_CLIENT, "http://health/", false },
		{ SPAN_KIND_CLIENT, "http://shop/cart?next=/health", false },
		{ SPAN_KIND_CLIENT, "http://shop?next=/ready", false },
		{ SPAN_KIND_CLIENT, "http://shop", false },
		{ SPAN_KIND_CLIENT, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = span_of(rows[i].kind, rows[i].kind == SPAN_KIND_SERVER ? "url.path" : "url.full",
					   rows[i].value);

		if ((span_choice_judge(&choice, &span) == SPAN_EXCLUDED_PATH) != rows[i].excluded)
			fail_msg("%s", rows[i].value);
	}
	/* A malformed target's path is not known. */
	struct span span = span_of(SPAN_KIND_SERVER, NULL, NULL);

	assert_int_equal(span_choice_judge(&choice, &span), SPAN_REASONS);
	assert_true(span_choice_orphans(&choice));
}

/* A pattern that matches whatever there is does not match nothing. */
static void what_has_no_path_is_not_excluded(void **state)
{
	const struct span_choice choice = { .excluded_paths = { { "*" }, 1 } };
	struct span call = sample_redis(resource, 1, 0, SPAN_KIND_CLIENT, "GET", NULL);
	struct span answer = sample_redis(resource, 1, 0, SPAN_KIND_SERVER, "GET", NULL);
	struct span request = span_of(SPAN_KIND_CLIENT, "url.full", "http://shop");

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &call), SPAN_REASONS);
	assert_int_equal(span_choice_judge(&choice, &answer), SPAN_REASONS);
	assert_int_equal(span_choice_judge(&choice, &request), SPAN_EXCLUDED_PATH);
}

static void one_kind_is_enough(void **state)
{
	const struct span_choice choice = { .kind = SPAN_KIND_SERVER };
	struct span server = span_of(SPAN_KIND_SERVER, NULL, NULL), client = span_of(SPAN_KIND_CLIENT, NULL, NULL);

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &server), SPAN_REASONS);
	assert_int_equal(span_choice_judge(&choice, &client), SPAN_OTHER_KIND);
	assert_true(span_choice_orphans(&choice));
}

static void errors_are_enough(void **state)
{
	const struct span_choice choice = { .errors_only = true };
	struct span span = span_of(SPAN_KIND_SERVER, NULL, NULL);

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_NO_ERROR);
	span.status = SPAN_STATUS_ERROR;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_REASONS);
	assert_true(span_choice_orphans(&choice));
}

static void what_lasts_long_enough_is_wanted(void **state)
{
	struct span_choice choice = { .min_duration = NSEC_PER_MSEC };
	struct span span = span_of(SPAN_KIND_SERVER, NULL, NULL);

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_REASONS);
	choice.min_duration++;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_TOO_SHORT);
	assert_false(span_choice_orphans(&choice));
}

static void the_first_reason_counts(void **state)
{
	struct span_choice choice = {
		.excluded_paths = { { "/health" }, 1 },
		.kind = SPAN_KIND_CLIENT,
		.errors_only = true,
		.min_duration = NSEC_PER_SEC,
	};
	struct span span = span_of(SPAN_KIND_SERVER, "url.path", "/health");

	(void)state;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_EXCLUDED_PATH);
	choice.excluded_paths.count = 0;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_OTHER_KIND);
	choice.kind = 0;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_NO_ERROR);
	choice.errors_only = false;
	assert_int_equal(span_choice_judge(&choice, &span), SPAN_TOO_SHORT);
	for (enum span_reason reason = 0; reason < SPAN_REASONS; reason++)
		assert_memory_equal(span_reason_name(reason), "filtered_", strlen("filtered_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_is_every_span),
		cmocka_unit_test(paths_are_excluded_at_both_ends),
		cmocka_unit_test(what_has_no_path_is_not_excluded),
		cmocka_unit_test(one_kind_is_enough),
		cmocka_unit_test(errors_are_enough),
		cmocka_unit_test(what_lasts_long_enough_is_wanted),
		cmocka_unit_test(the_first_reason_counts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
