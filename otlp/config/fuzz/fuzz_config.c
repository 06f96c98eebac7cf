// SPDX-License-Identifier: Apache-2.0
/*
 * An environment as /proc/PID/environ shows one: "NAME=value" ended by NUL each; the value of
 * "--endpoint" is that option's. Whatever it holds, what is read keeps the promises of
 * otlp/config/config.h, and what is told can be shown.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/resource_variables.h"
#include "otlp/config/config.h"
#include "otlp/encode/utf8.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static const char *lookup(void *context, const char *name)
{
	struct slice rest = *(struct slice *)context;
	size_t name_length = strlen(name);

	while (rest.length) {
		size_t length = slice_find(rest, '\0');

		if (length > name_length && rest.data[name_length] == '=' && !memcmp(rest.data, name, name_length))
			return rest.data + name_length + 1;
		rest = slice_from(rest, length + 1);
	}
	return NULL;
}

static bool has_controls(const char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return true;
	}
	return false;
}

static void problem(void *context, const char *text)
{
	(void)context;
	check(strlen(text) < 1024 && !has_controls(text) && utf8_clean(slice_of_string(text)));
	check(strstr(text, ": "));
}

static bool is_token(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
					   "!#$%&'*+-.^_`|~")];
}

static bool is_endpoint(const char *endpoint)
{
	struct slice text = slice_of_string(endpoint);

	return slice_equal_ignoring_case(slice_head(text, 7), SLICE_LITERAL("http://")) ||
	       slice_equal_ignoring_case(slice_head(text, 8), SLICE_LITERAL("https://")) ||
	       slice_starts_with(text, SLICE_LITERAL("unix:/"));
}

static void check_signal(const struct otlp_signal_config *signal)
{
	check(!signal->endpoint || (is_endpoint(signal->endpoint) && !has_controls(signal->endpoint)));
	check(signal->encoding == OTLP_PROTOBUF || signal->encoding == OTLP_JSON);
	check(signal->header_count <= CONFIG_HEADERS_MAX);
	for (size_t i = 0; i < signal->header_count; i++)
		check(is_token(signal->headers[i].name) && !has_controls(signal->headers[i].value));
}

static void check_resource(const struct otlp_config *config)
{
	check(config->service_name && *config->service_name && utf8_clean(slice_of_string(config->service_name)));
	check(config->resource_attribute_count <= RESOURCE_ATTRIBUTES_MAX);
	for (size_t i = 0; i < config->resource_attribute_count; i++) {
		const struct attribute *attribute = &config->resource_attributes[i];

		check(attribute->type == ATTRIBUTE_STRING && attribute->key.length);
		check(utf8_clean(attribute->key) && utf8_clean(attribute->string));
		check(!slice_equal(attribute->key, SLICE_LITERAL("service.name")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct slice environment = slice_of(copy, size);
	struct config_source source = { lookup, &environment, problem };
	struct otlp_config config;
	int result;

	check(copy);
	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	result = config_read(&config, &source, lookup(&environment, "--endpoint"));
	check(result == 0 || result == -EINVAL);
	for (size_t i = 0; i < OTLP_SIGNALS; i++)
		check_signal(&config.signals[i]);
	check(config.batch_spans && (!config.queue_spans || config.batch_spans <= config.queue_spans));
	check(config.queue_spans <= CONFIG_QUEUE_SPANS_MAX && config.metric_interval);
	check(config.sampler_ratio >= 0 && config.sampler_ratio <= 1);
	check_resource(&config);
	config_done(&config);
	free(copy);
	return 0;
}
