// SPDX-License-Identifier: Apache-2.0
/* The parts before the engine are the test's. */
#include "agent/observe/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "correlate/engine_state.h"

int capture_counters(const struct capture *capture, uint64_t ret_counts[COUNTER_COUNT])
{
	(void)capture;
	(void)ret_counts;
	return 0;
}

const char *kernel_counter_name(enum kernel_counter counter)
{
	(void)counter;
	return "";
}

uint64_t capture_recursion_misses(const struct capture *capture)
{
	(void)capture;
	return 0;
}

uint64_t discovery_ignored(const struct discovery *discovery, enum recognised recognised)
{
	(void)discovery;
	(void)recognised;
	return 0;
}

uint64_t discovery_left_out(const struct discovery *discovery)
{
	(void)discovery;
	return 0;
}

uint64_t discovery_unknown(const struct discovery *discovery)
{
	(void)discovery;
	return 0;
}

uint64_t discovery_untold(const struct discovery *discovery)
{
	(void)discovery;
	return 0;
}

uint64_t recorder_lost(const struct recorder *recorder)
{
	(void)recorder;
	return 0;
}

static void take_span(void *context, const struct span *span)
{
	(void)context;
	(void)span;
}

struct fixture {
	struct engine *engine;
	struct output *output;
	struct exporter *exporter;
	struct span_filter filter;
	struct summary summary;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture.engine = engine_new(&(struct engine_options){ .sink = { take_span, NULL } });
	fixture.output = output_none_new();
	assert_non_null(fixture.engine);
	assert_non_null(fixture.output);
	assert_int_equal(exporter_start(&(struct exporter_options){ 0 }, fixture.output, &fixture.exporter), 0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	exporter_stop(fixture->exporter);
	exporter_free(fixture->exporter);
	output_free(fixture->output);
	engine_free(fixture->engine);
	return 0;
}

static void collect(struct fixture *fixture)
{
	const struct summary_sources sources = {
		.engine = fixture->engine,
		.exporter = fixture->exporter,
		.output = fixture->output,
		.filter = &fixture->filter,
	};

	summary_collect(&fixture->summary, &sources);
}

/* What reaches standard error. */
static void print(const struct summary *summary, char *text, size_t room)
{
	FILE *file = tmpfile();
	int standard_error = dup(STDERR_FILENO), error;

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	error = summary_print(summary);
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	assert_int_equal(error, 0);
	rewind(file);
	text[fread(text, 1, room - 1, file)] = '\0';
	fclose(file);
}

static void every_exchange_left_out_has_a_name(void **state)
{
	struct fixture *fixture = *state;
	char text[512];

	fixture->engine->ignored = (struct engine_ignored){
		.telemetry = 1, .instrumented = 2, .db_pings = 3, .unsolicited = 4, .incomplete_request = 5
	};
	collect(fixture);
	print(&fixture->summary, text, sizeof(text));
	assert_string_equal(text, "wirespan: ignored: telemetry 1\n"
				  "wirespan: ignored: instrumented 2\n"
				  "wirespan: ignored: db_pings 3\n"
				  "wirespan: ignored: unsolicited 4\n"
				  "wirespan: ignored: incomplete_request 5\n");
}

static void nothing_is_said_of_nothing(void **state)
{
	struct fixture *fixture = *state;
	char text[512];

	collect(fixture);
	print(&fixture->summary, text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_exchange_left_out_has_a_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_said_of_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
