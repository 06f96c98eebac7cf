// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/test/guard.h"
#include "otlp/config/test/sample.h"
#include "otlp/encode/utf8.h"

#define TEXT_MAX (1u << 18)
#define PROBLEM_MAX 1024

struct environment {
	struct slice lines;
	const char *name; /* beside the lines, with this value */
	const char *value;
	char *copy; /* of the value looked up last, which ends at a guard page */
	size_t copy_size;
	char problem[PROBLEM_MAX]; /* the first */
	unsigned int problems;
};

static const char *environment_copy(struct environment *environment, struct slice value)
{
	char *text = slice_to_string(value);

	assert_non_null(text);
	guard_free(environment->copy, environment->copy_size);
	environment->copy_size = value.length + 1;
	environment->copy = guard_copy(text, environment->copy_size);
	free(text);
	return environment->copy;
}

static const char *environment_lookup(void *context, const char *name)
{
	struct environment *environment = context;
	struct slice wanted = slice_of_string(name), rest = environment->lines;

	if (environment->name && !strcmp(environment->name, name))
		return environment_copy(environment, slice_of_string(environment->value));
	while (rest.length) {
		struct slice line = slice_head(rest, slice_find(rest, '\n'));
		size_t equals = slice_find(line, '=');

		if (slice_equal(slice_head(line, equals), wanted))
			return environment_copy(environment, slice_from(line, equals + 1));
		rest = slice_from(rest, line.length + 1);
	}
	return NULL;
}

static void environment_problem(void *context, const char *text)
{
	struct environment *environment = context;

	assert_null(strstr(text, CONFIG_SAMPLE_SECRET));
	assert_true(utf8_clean(slice_of_string(text)));
	for (const char *byte = text; *byte; byte++)
		assert_true((unsigned char)*byte >= ' ' && *byte != 0x7f);
	if (environment->problems++ == 0)
		snprintf(environment->problem, sizeof(environment->problem), "%s", text);
}

static void show_files(struct buffer *text, const char *signal, const struct otlp_signal_config *config)
{
	const struct {
		const char *name, *value;
	} files[] = {
		{ "endpoint", config->endpoint },
		{ "ca", config->ca_file },
		{ "client_certificate", config->client_certificate_file },
		{ "client_key", config->client_key_file },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		buffer_append_format(text, "%s.%s=%s\n", signal, files[i].name,
				     files[i].value ? files[i].value : "none");
}

static void show_signal(struct buffer *text, const char *signal, const struct otlp_signal_config *config)
{
	show_files(text, signal, config);
	buffer_append_format(text, "%s.encoding=%s\n", signal, config->encoding == OTLP_JSON ? "json" : "protobuf");
	buffer_append_format(text, "%s.gzip=%d\n", signal, config->gzip);
	buffer_append_format(text, "%s.timeout=%llu\n", signal, (unsigned long long)(config->timeout / NSEC_PER_MSEC));
	buffer_append_format(text, "%s.headers=", signal);
	for (size_t i = 0; i < config->header_count; i++)
		buffer_append_format(text, "%s[%s: %s]", i ? " " : "", config->headers[i].name,
				     config->headers[i].value);
	buffer_append_format(text, "\n");
}

static void show_attributes(struct buffer *text, const struct otlp_config *config)
{
	buffer_append_format(text, "resource=");
	for (size_t i = 0; i < config->resource_attribute_count; i++) {
		const struct attribute *attribute = &config->resource_attributes[i];

		assert_int_equal(attribute->type, ATTRIBUTE_STRING);
		buffer_append_format(text, "%s[%.*s: %.*s]", i ? " " : "", (int)attribute->key.length,
				     attribute->key.data, (int)attribute->string.length, attribute->string.data);
	}
	buffer_append_format(text, "\nservice=%s\n", config->service_name);
}

static unsigned long long milliseconds(uint64_t nanoseconds)
{
	return nanoseconds / NSEC_PER_MSEC;
}

/* A line for everything, each before its '\n'. */
static void show(struct buffer *text, const struct otlp_config *config)
{
	static const char *const samplers[] = { "always_on", "always_off", "ratio" };

	buffer_append_format(text, "\n");
	show_signal(text, "traces", &config->signals[OTLP_TRACES]);
	show_signal(text, "metrics", &config->signals[OTLP_METRICS]);
	buffer_append_format(text, "exporters=%u %u\n", config->exporters[OTLP_TRACES],
			     config->exporters[OTLP_METRICS]);
	buffer_append_format(text, "disabled=%d\n", config->disabled);
	buffer_append_format(text, "bsp=%llu %llu %zu %zu\n", milliseconds(config->schedule_delay),
			     milliseconds(config->export_timeout), config->queue_spans, config->batch_spans);
	buffer_append_format(text, "metric=%llu %llu\n", milliseconds(config->metric_interval),
			     milliseconds(config->metric_timeout));
	buffer_append_format(text, "sampler=%s%s %g\n", config->sampler_parent_based ? "parent " : "",
			     samplers[config->sampler], config->sampler_ratio);
	buffer_append_format(text, "limits=%zu %zd\n", config->attribute_count_limit,
			     (ssize_t)config->attribute_value_length_limit);
	buffer_append_format(text, "log=%s\n", config->log_level ? config->log_level : "none");
	show_attributes(text, config);
	assert_int_equal(buffer_append(text, "", 1), 0);
}

static void fail_sample(const struct config_sample *sample, const char *what, const char *found)
{
	fail_msg("%s\nexpected: %s\n%s: %s", sample->environment, what ? what : "nothing", "found", found);
}

static void check_config(const struct config_sample *sample, const struct otlp_config *config)
{
	struct buffer text;
	char line[TEXT_MAX / 2];

	buffer_init(&text, TEXT_MAX);
	show(&text, config);
	snprintf(line, sizeof(line), "\n%s\n", sample->expected);
	if (!strstr(text.data, line))
		fail_sample(sample, sample->expected, text.data);
	buffer_done(&text);
}

static void config_sample_check(const struct config_sample *sample)
{
	struct environment environment = { .lines = slice_of_string(sample->environment) };
	struct config_source source = { environment_lookup, &environment, environment_problem };
	unsigned int problems = sample->problems ? sample->problems : sample->problem != NULL;
	struct otlp_config config;
	int result = config_read(&config, &source, sample->endpoint);

	if (environment.problems != problems ||
	    (sample->problem && strncmp(environment.problem, sample->problem, strlen(sample->problem))))
		fail_sample(sample, sample->problem, environment.problem);
	if (result != sample->result)
		fail_sample(sample, "the result", strerror(-result));
	if (sample->expected)
		check_config(sample, &config);
	config_done(&config);
	guard_free(environment.copy, environment.copy_size);
}

void config_samples_check(const struct config_sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		config_sample_check(&samples[i]);
}

int config_sample_read(struct otlp_config *config, const char *name, const char *value, unsigned int *ret_problems)
{
	struct environment environment = { .name = name, .value = value };
	struct config_source source = { environment_lookup, &environment, environment_problem };
	int result = config_read(config, &source, NULL);

	*ret_problems = environment.problems;
	guard_free(environment.copy, environment.copy_size);
	return result;
}
