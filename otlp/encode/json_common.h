/* SPDX-License-Identifier: Apache-2.0 */
/* What spans and metrics have in common in OTLP/JSON. */
#ifndef WIRESPAN_OTLP_ENCODE_JSON_COMMON_H
#define WIRESPAN_OTLP_ENCODE_JSON_COMMON_H

#include "otlp/encode/encoding.h"
#include "otlp/encode/json_tree.h"

/* What the levels of a request are called. */
struct json_levels {
	const char *resources, *scopes, *items;
};

void json_add_attributes(struct scratch *scratch, cJSON *parent, const struct attribute *attributes, size_t count);
/* A new request; returns the array for its resources. */
cJSON *json_add_request(struct scratch *scratch, const struct json_levels *levels, cJSON **ret_root);
/* A resource with the scope "wirespan"; returns the array for its items. */
cJSON *json_add_resource(struct encoder *encoder, cJSON *resources, const struct json_levels *levels,
			 const struct resource *resource);

#endif
