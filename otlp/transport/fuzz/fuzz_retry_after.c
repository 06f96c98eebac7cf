// SPDX-License-Identifier: Apache-2.0
/* What a collector says of waiting: never longer than we obey, and never longer the later it is. */
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/transport/retry_after.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t walls[] = { 0, 784111700 * NSEC_PER_SEC + 5, 1800000000 * NSEC_PER_SEC, UINT64_MAX };
	uint64_t before = RETRY_AFTER_MAX;

	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		uint64_t wait = retry_after_read(slice_of(data, size), walls[i]);

		if (wait > before)
			abort();
		before = wait;
	}
	return 0;
}
