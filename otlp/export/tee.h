/* SPDX-License-Identifier: Apache-2.0 */
/* One output that is several. */
#ifndef WIRESPAN_OTLP_EXPORT_TEE_H
#define WIRESPAN_OTLP_EXPORT_TEE_H

#include "otlp/export/output.h"

#define TEE_MAX 4

/*
 * `outputs` (2 to TEE_MAX, in the order in which they are called; at most one that waits) become the
 * tee's, also on failure. Each gets every span; metrics go to the first that takes them. A call
 * goes to all of them and returns the first error. Its counters are theirs, one after the
 * other, and "tee_out_of_memory": spans that all but the last output miss for lack of memory. 0,
 * -EINVAL or -ENOMEM.
 */
int output_tee_new(struct output *const *outputs, size_t count, struct output **ret_output);

#endif
