// SPDX-License-Identifier: Apache-2.0
#include "agent/options/environment.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static int clean(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_WARNING);
	return clearenv();
}

static int read_now(struct otlp_config *config, const char *endpoint, bool verbose)
{
	int error = environment_read(config, endpoint, verbose);

	config_done(config);
	return error;
}

static void log_levels_have_many_names(void **state)
{
	static const struct {
		const char *text;
		enum log_level level;
	} cases[] = {
		{ "error", LOG_LEVEL_ERROR }, { "WARN", LOG_LEVEL_WARNING }, { "Info", LOG_LEVEL_INFO },
		{ "debug", LOG_LEVEL_DEBUG }, { "trace", LOG_LEVEL_DEBUG },  { "none", LOG_LEVEL_ERROR },
	};
	enum log_level level;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(environment_log_level(cases[i].text, &level));
		assert_int_equal(level, cases[i].level);
	}
	assert_false(environment_log_level("loud", &level));
	assert_false(environment_log_level("", &level));
}

static void the_log_level_is_set_unless_verbose(void **state)
{
	struct otlp_config config;

	(void)state;
	setenv("OTEL_LOG_LEVEL", "error", 1);
	assert_int_equal(read_now(&config, NULL, false), 0);
	assert_int_equal(log_get_level(), LOG_LEVEL_ERROR);
	assert_int_equal(read_now(&config, NULL, true), 0);
	assert_int_equal(log_get_level(), LOG_LEVEL_DEBUG);
}

static void without_a_log_level_it_stays(void **state)
{
	struct otlp_config config;

	(void)state;
	assert_int_equal(read_now(&config, NULL, false), 0);
	assert_int_equal(log_get_level(), LOG_LEVEL_WARNING);
	setenv("OTEL_LOG_LEVEL", "loud", 1);
	assert_int_equal(read_now(&config, NULL, false), 0);
	assert_int_equal(log_get_level(), LOG_LEVEL_WARNING);
}

static void what_cannot_be_sent_to_is_refused(void **state)
{
	struct otlp_config config;

	(void)state;
	assert_int_equal(read_now(&config, "http://localhost:4318", false), 0);
	assert_int_equal(read_now(&config, "ftp://localhost", false), -EINVAL);
	setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", 1);
	assert_int_equal(read_now(&config, "http://localhost:4317", false), -EINVAL);
}

static void the_reason_is_said_whatever_the_log_level(void **state)
{
	int ends[2], saved = dup(STDERR_FILENO);
	struct otlp_config config;
	char text[4096];
	ssize_t length;

	(void)state;
	setenv("OTEL_LOG_LEVEL", "error", 1);
	setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", 1);
	/* Told after it. */
	setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", 1);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	assert_int_equal(read_now(&config, "http://localhost:4317", false), -EINVAL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	length = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	assert_true(length > 0);
	text[length] = '\0';
	assert_non_null(strstr(text, "wirespan: error: OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"));
}

static void only_a_limit_that_is_said_bounds_the_flush(void **state)
{
	struct otlp_config config = { .export_timeout = 30 * NSEC_PER_SEC };

	(void)state;
	assert_int_equal(environment_flush_limit(&config), 0);
	setenv("OTEL_BSP_EXPORT_TIMEOUT", "", 1);
	assert_int_equal(environment_flush_limit(&config), 0);
	setenv("OTEL_BSP_EXPORT_TIMEOUT", "soon", 1);
	assert_int_equal(environment_flush_limit(&config), 0);
	setenv("OTEL_BSP_EXPORT_TIMEOUT", "2147483648", 1);
	assert_int_equal(environment_flush_limit(&config), 0);
	setenv("OTEL_BSP_EXPORT_TIMEOUT", " 30000 ", 1);
	assert_int_equal(environment_flush_limit(&config), 30 * NSEC_PER_SEC);
	config.export_timeout = 0;
	assert_true(environment_flush_limit(&config) > 3600 * NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(log_levels_have_many_names, clean),
		cmocka_unit_test_setup(the_log_level_is_set_unless_verbose, clean),
		cmocka_unit_test_setup(without_a_log_level_it_stays, clean),
		cmocka_unit_test_setup(what_cannot_be_sent_to_is_refused, clean),
		cmocka_unit_test_setup(the_reason_is_said_whatever_the_log_level, clean),
		cmocka_unit_test_setup(only_a_limit_that_is_said_bounds_the_flush, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
