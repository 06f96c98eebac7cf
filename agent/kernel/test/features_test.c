// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/features.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct features all_working(void)
{
	struct features features = { 0 };

	for (int i = 0; i < FEATURE_COUNT; i++)
		features.state[i] = FEATURE_WORKS;
	return features;
}

static struct features without(enum feature feature, int error)
{
	struct features features = all_working();

	features.state[feature] = error == -EPERM ? FEATURE_UNTRIED : FEATURE_MISSING;
	features.error[feature] = error;
	return features;
}

static void the_best_mode_is_chosen(void **state)
{
	struct features features = all_working();

	(void)state;
	assert_int_equal(features_capture_mode(&features), CAPTURE_SOCKET_TRACEPOINTS);
	features = without(FEATURE_SYS_ENTER, -ENOENT);
	assert_int_equal(features_capture_mode(&features), CAPTURE_SOCKET_TRACEPOINTS);
	features = without(FEATURE_SOCK_SEND_LENGTH, -ENOENT);
	assert_int_equal(features_capture_mode(&features), CAPTURE_SYSTEM_CALLS);
	features = without(FEATURE_SOCKET_COOKIE, -EINVAL); /* Linux before 5.12 */
	assert_int_equal(features_capture_mode(&features), CAPTURE_SYSTEM_CALLS);
	features.state[FEATURE_SYS_EXIT] = FEATURE_MISSING;
	assert_int_equal(features_capture_mode(&features), CAPTURE_IMPOSSIBLE);
	features = without(FEATURE_RINGBUF, -EINVAL);
	assert_int_equal(features_capture_mode(&features), CAPTURE_IMPOSSIBLE);
}

static void requirements_say_why(void **state)
{
	struct features features = all_working();

	(void)state;
	assert_int_equal(features_require(&features, CAPTURE_SOCKET_TRACEPOINTS), 0);
	features = without(FEATURE_TCP_SENDMSG_LOCKED, -ENOENT);
	assert_int_equal(features_require(&features, CAPTURE_SOCKET_TRACEPOINTS), 0);
	features = without(FEATURE_BTF, -ENODATA);
	assert_int_equal(features_require(&features, CAPTURE_IMPOSSIBLE), -EOPNOTSUPP);
	features.state[FEATURE_HASH] = FEATURE_UNTRIED;
	features.error[FEATURE_HASH] = -EPERM;
	assert_int_equal(features_require(&features, CAPTURE_IMPOSSIBLE), -EPERM);
}

/* With or without permission: the attempt itself never fails, and what it says fits together. */
static void probing_always_answers(void **state)
{
	struct features features;

	(void)state;
	assert_int_equal(features_probe(&features), 0);
	for (enum feature i = 0; i < FEATURE_COUNT; i++) {
		assert_non_null(feature_name(i));
		assert_int_equal(features.error[i] == 0, features_have(&features, i));
		assert_true(features.error[i] <= 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_mode_is_chosen),
		cmocka_unit_test(requirements_say_why),
		cmocka_unit_test(probing_always_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
