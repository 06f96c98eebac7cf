/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds attributes to a span under construction. Nothing is copied: key and
 * value must live as long as the span. Past SPAN_ATTRIBUTES_MAX nothing is added but
 * to the span's count of dropped ones, and false returned.
 */
#ifndef WIRESPAN_CORRELATE_SPAN_ATTRIBUTES_H
#define WIRESPAN_CORRELATE_SPAN_ATTRIBUTES_H

#include "correlate/span.h"

bool span_add_string(struct span *span, const char *key, struct slice value);
bool span_add_integer(struct span *span, const char *key, int64_t value);
bool span_add_double(struct span *span, const char *key, double value);
bool span_add_boolean(struct span *span, const char *key, bool value);
/* Items separated by NUL bytes. */
bool span_add_string_array(struct span *span, const char *key, struct slice items);

#endif
