// SPDX-License-Identifier: Apache-2.0
#include "otlp/counter.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

int counters_format(struct buffer *buffer, const struct counter *counters, size_t count)
{
	int width = 0, result = 0;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (counters[i].value && (int)strlen(counters[i].name) > width)
			width = (int)strlen(counters[i].name);
		any |= counters[i].value != 0;
	}
	if (!any)
		return buffer_append_format(buffer, "no losses\n");
	result = buffer_append_format(buffer, "losses:\n");
	for (size_t i = 0; i < count && result == 0; i++) {
		if (counters[i].value)
			result = buffer_append_format(buffer, "  %-*s  %" PRIu64 "\n", width, counters[i].name,
						      counters[i].value);
	}
	return result;
}
