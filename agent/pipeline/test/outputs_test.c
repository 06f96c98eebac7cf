// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* nftw */
#include "agent/pipeline/destination.h"
#include "agent/pipeline/outputs.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "otlp/spool/spool.h"

/* What is said, and where spans go then. */
static const struct choice_case {
	const char *endpoint;     /* --endpoint */
	bool print_given;         /* --format or --output */
	const char *name, *value; /* of a variable */
	bool prints, sends_spans, sends_metrics;
} choice_cases[] = {
	{ .prints = true },
	{ .print_given = true, .prints = true },
	{ "http://h:4318", false, NULL, NULL, false, true, true },
	{ "http://h:4318", true, NULL, NULL, true, true, true },
	{ NULL, false, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318", false, true, true },
	{ NULL, false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://h:4318/v1/traces", false, true, false },
	{ NULL, false, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://h:4318/v1/metrics", true, false, true },
	{ NULL, false, "OTEL_TRACES_EXPORTER", "otlp", false, true, false },
	{ NULL, false, "OTEL_TRACES_EXPORTER", "console", true, false, false },
	{ NULL, false, "OTEL_TRACES_EXPORTER", "console,otlp", true, true, false },
	{ NULL, false, "OTEL_TRACES_EXPORTER", "none", false, false, false },
	{ NULL, true, "OTEL_TRACES_EXPORTER", "none", true, false, false },
	{ "http://h:4318", false, "OTEL_TRACES_EXPORTER", "none", false, false, true },
	{ "http://h:4318", false, "OTEL_TRACES_EXPORTER", "console", true, false, true },
	{ "http://h:4318", false, "OTEL_TRACES_EXPORTER", "otlp,console", true, true, true },
	{ "http://h:4318", false, "OTEL_METRICS_EXPORTER", "none", false, true, false },
	{ NULL, false, "OTEL_METRICS_EXPORTER", "otlp", true, false, true },
	{ "http://h:4318", false, "OTEL_SDK_DISABLED", "true", true, false, false },
	{ "http://h:4318", false, "OTEL_SDK_DISABLED", "yes", false, true, true },
};

static const char *look_up(void *context, const char *name)
{
	const struct choice_case *row = context;

	return row->name && strcmp(row->name, name) == 0 ? row->value : NULL;
}

static void options_and_environment_choose(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choice_cases) / sizeof(choice_cases[0]); i++) {
		const struct choice_case *row = &choice_cases[i];
		const struct config_source source = { .lookup = look_up, .context = (void *)row };
		struct outputs_choice choice;
		struct otlp_config config;

		assert_int_equal(config_read(&config, &source, row->endpoint), 0);
		choice = outputs_choose(&config, row->print_given);
		if (choice.prints != row->prints || choice.sends_spans != row->sends_spans ||
		    choice.sends_metrics != row->sends_metrics)
			fail_msg("row %zu: prints %d, sends spans %d, metrics %d", i, choice.prints, choice.sends_spans,
				 choice.sends_metrics);
		config_done(&config);
	}
}

static void destinations_hold_no_secrets(void **state)
{
	static const char *const cases[][2] = {
		{ "http://127.0.0.1:4318/v1/traces", "http://127.0.0.1:4318" },
		{ "https://user:pass@host/key?token=x#y", "https://host" },
		{ "https://us%40er:p@ss@host:443", "https://host:443" },
		{ "http://[::1]:4318/", "http://[::1]:4318" },
		{ "http://host?user@secret", "http://host" },
		{ "unix:/run/otel.sock", "unix:/run/otel.sock" },
	};
	char text[OUTPUTS_DESTINATION_MAX], huge[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(outputs_destination(cases[i][0], text), cases[i][1]);
	assert_string_equal(outputs_destination("http://a\x1b[31mb/", text), "http://a\xef\xbf\xbd[31mb");
	/* Three bytes for each of its own. */
	memset(huge, 0x01, sizeof(huge));
	memcpy(huge, "http://", 7);
	huge[sizeof(huge) - 1] = '\0';
	assert_true(strlen(outputs_destination(huge, text)) < OUTPUTS_DESTINATION_MAX);
	memset(huge, 0x01, sizeof(huge) - 1);
	assert_true(strlen(outputs_destination(huge, text)) < OUTPUTS_DESTINATION_MAX);
}

static void read_for(struct otlp_config *config, const char *endpoint)
{
	const struct choice_case nothing = { 0 };
	const struct config_source source = { .lookup = look_up, .context = (void *)&nothing };

	assert_int_equal(config_read(config, &source, endpoint), 0);
}

static void unusable_places_are_errors(void **state)
{
	struct otlp_config config;
	struct outputs_options options = { .config = &config,
					   .format = OUTPUTS_JSON,
					   .spool_size = SPOOL_SIZE_DEFAULT };
	struct outputs outputs;

	(void)state;
	read_for(&config, "http://127.0.0.1:1");
	options.choice = outputs_choose(&config, false);
	options.spool = "/proc/nowhere/spool";
	assert_true(outputs_open(&outputs, &options) < 0);
	options.spool = NULL;
	options.choice = outputs_choose(&config, true);
	options.path = "/proc/nowhere/file";
	assert_true(outputs_open(&outputs, &options) < 0);
	config_done(&config);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static void what_is_chosen_is_made(void **state)
{
	char directory[] = "/tmp/outputs_test.XXXXXX", path[64], spool[64];
	struct otlp_config config;
	struct outputs_options options = { .config = &config,
					   .format = OUTPUTS_JSON,
					   .spool_size = SPOOL_SIZE_DEFAULT };
	struct outputs outputs;
	struct stat status;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/spans", directory);
	snprintf(spool, sizeof(spool), "%s/spool", directory);
	read_for(&config, "http://127.0.0.1:1");
	options.choice = outputs_choose(&config, true);
	options.path = path;
	options.spool = spool;
	assert_int_equal(outputs_open(&outputs, &options), 0);
	assert_non_null(outputs.delivery);
	assert_ptr_not_equal(outputs.output, outputs.delivery);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(stat(spool, &status), 0);
	assert_int_equal(outputs_close(&outputs), 0);

	/* Neither printed nor sent: taken and dropped. */
	options = (struct outputs_options){ .config = &config };
	assert_int_equal(outputs_open(&outputs, &options), 0);
	assert_non_null(outputs.output);
	assert_null(outputs.delivery);
	assert_int_equal(outputs_close(&outputs), 0);
	config_done(&config);
	assert_int_equal(nftw(directory, remove_entry, 4, FTW_DEPTH | FTW_PHYS), 0);
}

static void put_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *expected)
{
	char text[256];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

/* What is there stays; who moves the file away gets what comes next in a new one. */
static void files_are_added_to_and_opened_again(void **state)
{
	static const char *const cases[][2] = {
		{ "", "no losses\n" },
		{ "precious\n", "precious\nno losses\n" },
		{ "cut o", "cut o\nno losses\n" },
	};
	char directory[] = "/tmp/outputs_test.XXXXXX", path[64], moved[64];
	struct otlp_config config;
	struct outputs_options options = { .config = &config, .path = path };
	struct outputs outputs;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/spans", directory);
	snprintf(moved, sizeof(moved), "%s/spans.1", directory);
	read_for(&config, NULL);
	options.choice = outputs_choose(&config, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_text(path, cases[i][0]);
		assert_int_equal(outputs_open(&outputs, &options), 0);
		assert_int_equal(output_finish(outputs.output, NULL, 0), 0);
		assert_int_equal(outputs_close(&outputs), 0);
		assert_holds(path, cases[i][1]);
	}
	assert_int_equal(outputs_open(&outputs, &options), 0);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(output_finish(outputs.output, NULL, 0), 0);
	outputs_reopen(&outputs);
	assert_int_equal(output_finish(outputs.output, NULL, 0), 0);
	/* Where it cannot be opened, writing goes on. */
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	outputs_reopen(&outputs);
	assert_int_equal(output_finish(outputs.output, NULL, 0), 0);
	assert_int_equal(outputs_close(&outputs), 0);
	assert_holds(moved, "no losses\nno losses\n");
	config_done(&config);
	assert_int_equal(nftw(directory, remove_entry, 4, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_environment_choose),
		cmocka_unit_test(destinations_hold_no_secrets),
		cmocka_unit_test(unusable_places_are_errors),
		cmocka_unit_test(what_is_chosen_is_made),
		cmocka_unit_test(files_are_added_to_and_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
