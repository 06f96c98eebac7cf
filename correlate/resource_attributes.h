/* SPDX-License-Identifier: Apache-2.0 */
/* What a process says of itself in the OTEL_* variables of its environment. */
#ifndef WIRESPAN_CORRELATE_RESOURCE_ATTRIBUTES_H
#define WIRESPAN_CORRELATE_RESOURCE_ATTRIBUTES_H

#include <stddef.h>

#include "base/slice.h"

#define RESOURCE_ATTRIBUTES_MAX 64 /* kept of OTEL_RESOURCE_ATTRIBUTES */

struct resource_attribute {
	struct slice key;
	struct slice value;
};

/*
 * The value of a variable in `environment` (each "NAME=value" ended by NUL);
 * empty where it is not set, or cut off by the record's limit.
 */
struct slice environment_value(struct slice environment, struct slice name);

/*
 * Parses the value of OTEL_RESOURCE_ATTRIBUTES ("key=value,..."), percent-decoded
 * into `text`, which has room for value.length bytes and which the result points
 * into. Returns how many were found (the first RESOURCE_ATTRIBUTES_MAX); any
 * decoding error discards all: 0.
 */
size_t resource_attributes_parse(struct slice value, char *text, struct resource_attribute *ret_attributes);

#endif
