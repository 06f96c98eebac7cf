// SPDX-License-Identifier: Apache-2.0
#include "correlate/db/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

static void check(const struct db_summary *summary, const char *expected)
{
	assert_int_equal(summary->length, strlen(expected));
	assert_memory_equal(summary->text, expected, summary->length);
}

static void tokens_stand_in_order(void **state)
{
	struct db_summary summary = { 0 };

	(void)state;
	check(&summary, "");
	db_summary_add(&summary, SLICE_LITERAL("INSERT"));
	db_summary_add(&summary, SLICE_LITERAL("shipping_details"));
	db_summary_add(&summary, slice_of(NULL, 0));
	db_summary_add(&summary, SLICE_LITERAL("SELECT"));
	db_summary_add(&summary, SLICE_LITERAL("orders"));
	check(&summary, "INSERT shipping_details SELECT orders");
}

/* 255 fit, not a character more, and what comes after a token that did not fit would stand in its place. */
static void is_cut_between_tokens(void **state)
{
	struct db_summary *summary = (struct db_summary *)guard_copy(&(struct db_summary){ 0 }, sizeof(*summary));
	char token[DB_SUMMARY_MAX];

	(void)state;
	memset(token, 'a', sizeof(token));
	db_summary_add(summary, slice_of(token, 250));
	db_summary_add(summary, SLICE_LITERAL("1234"));
	assert_int_equal(db_summary_text(summary).length, DB_SUMMARY_MAX);
	assert_false(summary->full);
	db_summary_add(summary, SLICE_LITERAL("b"));
	assert_true(summary->full);
	guard_free((char *)summary, sizeof(*summary));
}

static void nothing_follows_what_did_not_fit(void **state)
{
	struct db_summary summary = { 0 };
	char token[DB_SUMMARY_MAX];

	(void)state;
	memset(token, 'a', sizeof(token));
	db_summary_add(&summary, SLICE_LITERAL("SELECT"));
	db_summary_add(&summary, slice_of(token, sizeof(token)));
	db_summary_add(&summary, SLICE_LITERAL("orders"));
	check(&summary, "SELECT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_stand_in_order),
		cmocka_unit_test(is_cut_between_tokens),
		cmocka_unit_test(nothing_follows_what_did_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
