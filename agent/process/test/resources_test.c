// SPDX-License-Identifier: Apache-2.0
#include "agent/process/resources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/resource_variables.h"

static struct attribute text(const char *key, const char *value)
{
	return (struct attribute){ slice_of_string(key), ATTRIBUTE_STRING, { .string = slice_of_string(value) } };
}

static const struct attribute *find(const struct resource *resource, const char *key)
{
	const struct attribute *found = NULL;

	for (size_t i = 0; i < resource->attribute_count; i++) {
		if (!slice_equal(resource->attributes[i].key, slice_of_string(key)))
			continue;
		if (found)
			fail_msg("%s stands there twice", key);
		found = &resource->attributes[i];
	}
	return found;
}

static void expect_text(const struct resource *resource, const char *key, const char *value)
{
	const struct attribute *found = find(resource, key);

	if (!found)
		fail_msg("no %s", key);
	assert_true(slice_equal(found->string, slice_of_string(value)));
}

static struct resource *make(const struct otlp_config *config)
{
	struct host host;
	struct resource *resource;
	struct attribute *shared;
	size_t count;

	host_init(&host);
	shared = resources_shared(config, &host, &count);
	assert_non_null(shared);
	assert_int_equal(count, config->resource_attribute_count + host.attribute_count);
	resource = resources_self(config, shared, count);
	assert_non_null(resource);
	free(shared);
	return resource;
}

static void the_agent_is_a_service(void **state)
{
	char name[] = "wirespan";
	struct otlp_config config = { .service_name = name };
	struct resource *resource = make(&config);

	(void)state;
	expect_text(resource, "service.name", "wirespan");
	expect_text(resource, "service.version", WIRESPAN_VERSION);
	expect_text(resource, "telemetry.sdk.name", "wirespan");
	assert_int_equal(find(resource, "process.pid")->integer, getpid());
	assert_non_null(find(resource, "host.name"));
	assert_non_null(find(resource, "process.executable.name"));
	resource_unref(resource);
}

static void every_start_is_another_instance(void **state)
{
	char name[] = "wirespan";
	struct otlp_config config = { .service_name = name };
	struct resource *first = make(&config), *second = make(&config);
	struct slice id = find(first, "service.instance.id")->string;

	(void)state;
	assert_int_equal(id.length, 36);
	for (size_t i = 0; i < id.length; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(id.data[i], '-');
		else
			assert_non_null(strchr("0123456789abcdef", id.data[i]));
	}
	assert_int_equal(id.data[14], '4');
	assert_non_null(strchr("89ab", id.data[19]));
	assert_false(slice_equal(id, find(second, "service.instance.id")->string));
	resource_unref(first);
	resource_unref(second);
}

static void what_the_operator_says_comes_first(void **state)
{
	char name[] = "tracer";
	struct attribute said[] = { text("host.name", "edge-1"), text("service.version", "mine"), text("team", "a") };
	struct otlp_config config = { .service_name = name,
				      .resource_attributes = said,
				      .resource_attribute_count = 3 };
	struct resource *resource = make(&config);

	(void)state;
	expect_text(resource, "service.name", "tracer");
	expect_text(resource, "host.name", "edge-1");
	expect_text(resource, "service.version", "mine");
	expect_text(resource, "team", "a");
	resource_unref(resource);
}

static void a_name_of_any_length_is_one(void **state)
{
	char *name = calloc(1, CONFIG_VALUE_MAX + 1);
	struct otlp_config config = { .service_name = name };
	struct resource *resource;

	(void)state;
	assert_non_null(name);
	memset(name, 'x', CONFIG_VALUE_MAX);
	resource = make(&config);
	assert_int_equal(resource->service_name.length, 255);
	resource_unref(resource);
	/* And whole characters. */
	memcpy(name + 254, "\xc3\xa9", 2);
	resource = make(&config);
	assert_int_equal(resource->service_name.length, 254);
	resource_unref(resource);
	free(name);
}

static void as_many_attributes_as_there_may_be_have_room(void **state)
{
	char name[] = "wirespan", keys[RESOURCE_ATTRIBUTES_MAX][8];
	struct attribute said[RESOURCE_ATTRIBUTES_MAX];
	struct otlp_config config = { .service_name = name,
				      .resource_attributes = said,
				      .resource_attribute_count = RESOURCE_ATTRIBUTES_MAX };
	struct resource *resource;

	(void)state;
	for (size_t i = 0; i < RESOURCE_ATTRIBUTES_MAX; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
		said[i] = text(keys[i], "v");
	}
	resource = make(&config);
	expect_text(resource, keys[RESOURCE_ATTRIBUTES_MAX - 1], "v");
	assert_non_null(find(resource, "telemetry.sdk.version"));
	assert_non_null(find(resource, "service.instance.id"));
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_agent_is_a_service),
		cmocka_unit_test(every_start_is_another_instance),
		cmocka_unit_test(what_the_operator_says_comes_first),
		cmocka_unit_test(a_name_of_any_length_is_one),
		cmocka_unit_test(as_many_attributes_as_there_may_be_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
