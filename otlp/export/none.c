// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "otlp/export/output.h"

static void none_free(struct output *output)
{
	free(output);
}

static const struct output_operations none_operations = {
	.free = none_free,
};

struct output *output_none_new(void)
{
	struct output *output = malloc(sizeof(*output));

	if (output)
		output->operations = &none_operations;
	return output;
}
