// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/semantics.h"

#include <stdio.h>

/* HTTP comes last, for any span. */
static const struct semantics kinds[] = {
	{
		.system = "db.system.name",
		.within = "db.namespace",
		.status = "db.response.status_code",
		.endpoint = { "db.operation.name", "db.query.summary" },
	},
	{
		.asked = "url.path",
		.status = "http.response.status_code",
	},
};

const struct semantics *semantics_of(const struct span *span)
{
	const struct semantics *kind = kinds;

	while (kind->system && !span_attribute(span, kind->system))
		kind++;
	return kind;
}

struct slice semantics_endpoint(const struct span *span, char *room, size_t size)
{
	const struct semantics *kind = semantics_of(span);
	struct slice system, name = { 0 };
	int length;

	if (!kind->system)
		return span->name;
	system = span_string(span, kind->system);
	for (size_t i = 0; i < sizeof(kind->endpoint) / sizeof(kind->endpoint[0]) && !name.length; i++)
		if (kind->endpoint[i])
			name = span_string(span, kind->endpoint[i]);
	name = name.length ? name : span->name;
	/* Of which nothing is known but the system. */
	if (slice_equal(name, system))
		return name;
	length = snprintf(room, size, "%.*s %.*s", (int)slice_head(system, size).length, system.data,
			  (int)slice_head(name, size).length, name.data);
	return slice_head(slice_of(room, (size_t)(length < 0 ? 0 : length)), size - 1);
}
