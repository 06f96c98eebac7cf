// SPDX-License-Identifier: Apache-2.0
/*
 * A process record of any bytes; and, so that seeds can be written by hand, its
 * five strings as lines.
 */
#include <assert.h>
#include <stdlib.h>

#include "correlate/process/instrumentation.h"
#include "correlate/process/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct process_info *info)
{
	char buffer[16];
	struct slice name = process_service_name(info, buffer, sizeof buffer);
	struct resource *resource = resource_new(info, NULL, 0);
	struct slice destination = slice_of(NULL, 0);

	assert(name.length > 0);
	if (environment_exports_spans(info->environment, true, &destination))
		assert(slice_find(destination, '@') == destination.length);
	if (!resource)
		return;
	assert(resource->service_name.length > 0);
	for (size_t i = 0; i < resource->attribute_count; i++)
		for (size_t j = 0; j < i; j++)
			assert(!slice_equal(resource->attributes[i].key, resource->attributes[j].key));
	resource_unref(resource);
}

static void check_record(const uint8_t *data, size_t size)
{
	/* Aligned, and as long as the input. */
	struct record_process *record = malloc(size ? size : 1);
	struct process_info info;

	if (record && size)
		memcpy(record, data, size);
	if (record && process_info_from_record(record, size, &info) == 0)
		check(&info);
	free(record);
}

/* Takes a line off *text; "|" in it stands for NUL. */
static struct slice take_line(struct slice *text)
{
	struct slice line = slice_head(*text, slice_find(*text, '\n'));
	char *bytes = (char *)line.data;

	for (size_t i = 0; i < line.length; i++)
		if (bytes[i] == '|')
			bytes[i] = '\0';
	*text = slice_from(*text, line.length + 1);
	return line;
}

static void check_lines(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct process_info info = { .pid = 1, .start_wall = size };

	if (!copy)
		return;
	if (size)
		memcpy(copy, data, size);
	struct slice text = slice_of(copy, size);

	info.executable = take_line(&text);
	info.arguments = take_line(&text);
	info.cgroup = take_line(&text);
	info.environment = take_line(&text);
	info.facts = take_line(&text);
	info.managed = text.length;
	check(&info);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_record(data, size);
	check_lines(data, size);
	return 0;
}
