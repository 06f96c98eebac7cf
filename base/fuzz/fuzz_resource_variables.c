// SPDX-License-Identifier: Apache-2.0
/* Any bytes as either variable. What is taken is what OpenTelemetry allows; written down again it is the same. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/resource_variables.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An allocation as large as the text: what is read past it is found. */
static char *copy_of(struct slice text)
{
	char *copy = malloc(text.length ? text.length : 1);

	assert(copy);
	if (text.length)
		memcpy(copy, text.data, text.length);
	return copy;
}

static void escape(struct buffer *buffer, struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		assert(buffer_append_format(buffer, "%%%02x", (unsigned char)text.data[i]) == 0);
}

static void check_attributes(struct slice list)
{
	struct resource_attribute attributes[RESOURCE_ATTRIBUTES_MAX], again[RESOURCE_ATTRIBUTES_MAX];
	char *text = copy_of(list), *written_text;
	size_t count, again_count, member = 0;
	struct buffer written;

	buffer_init(&written, SIZE_MAX / 2);
	if (resource_attributes_parse(list, text, attributes, &count, &member) == 0) {
		assert(count <= RESOURCE_ATTRIBUTES_MAX);
		for (size_t i = 0; i < count; i++) {
			assert(attributes[i].key.length && utf8_clean(attributes[i].key) &&
			       utf8_clean(attributes[i].value));
			for (size_t j = 0; j < i; j++)
				assert(!slice_equal(attributes[i].key, attributes[j].key));
			escape(&written, attributes[i].key);
			assert(buffer_append(&written, "=", 1) == 0);
			escape(&written, attributes[i].value);
			assert(buffer_append(&written, ",", 1) == 0);
		}
		written_text = copy_of(buffer_slice(&written));
		assert(resource_attributes_parse(buffer_slice(&written), written_text, again, &again_count, &member) ==
		       0);
		assert(again_count == count);
		for (size_t i = 0; i < count; i++)
			assert(slice_equal(again[i].key, attributes[i].key) &&
			       slice_equal(again[i].value, attributes[i].value));
		free(written_text);
	}
	buffer_done(&written);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice value = slice_of(data, size), name;

	if (service_name_parse(value, &name) == 0)
		assert(utf8_clean(name) && name.length == slice_trim(name).length);
	check_attributes(value);
	return 0;
}
