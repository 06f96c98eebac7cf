/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for clones between one thread that clones and another that frees: what one frees the other
 * takes again. malloc would hand each of them from one thread to the other, which costs more than the copy.
 */
#ifndef WIRESPAN_OTLP_EXPORT_SPAN_POOL_H
#define WIRESPAN_OTLP_EXPORT_SPAN_POOL_H

#include "correlate/span/span.h"

/* Kept for the next clones: what two batches free at once. */
#define SPAN_POOL_KEPT 1024
/* A larger one is not kept: it was for one odd span. */
#define SPAN_POOL_BLOCK_MAX 4096

struct span_pool;

/* NULL when out of memory. */
struct span_pool *span_pool_new(void);
/* As span_clone; `clone_size` is span_clone_size(span). From one thread. The clones are freed by one thread, any one. */
struct span *span_pool_clone(struct span_pool *pool, const struct span *span, size_t clone_size);
/* Accepts NULL. When neither thread uses it; its clones may live on. */
void span_pool_free(struct span_pool *pool);

#endif
