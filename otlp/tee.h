/* SPDX-License-Identifier: Apache-2.0 */
/* One output that is several. */
#ifndef WIRESPAN_OTLP_TEE_H
#define WIRESPAN_OTLP_TEE_H

#include "otlp/output.h"

#define TEE_MAX 4

/* `outputs` (2 to TEE_MAX) become the tee's, also on failure. Its counters are theirs, together. 0, -EINVAL or -ENOMEM. */
int output_tee_new(struct output *const *outputs, size_t count, struct output **ret_output);

#endif
