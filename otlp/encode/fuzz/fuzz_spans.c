// SPDX-License-Identifier: Apache-2.0
/* Whatever spans hold, they are encoded as protobuf-c would. */
#include <stdlib.h>

#include "otlp/encode/test/span_source.h"
#include "otlp/encode/test/span_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct encoder *direct = encoder_new(OTLP_PROTOBUF, "fuzz"), *tree = span_tree_encoder_new("fuzz");
	struct span_source source;

	span_source_init(&source, slice_of(data, size));
	if (!direct || !tree || !span_tree_agrees(direct, tree, source.spans, source.count))
		abort();
	span_source_done(&source);
	encoder_free(direct);
	encoder_free(tree);
	return 0;
}
