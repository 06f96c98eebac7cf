/* SPDX-License-Identifier: Apache-2.0 */
/* OpenTelemetry specification, "Attribute Limits" and "Span Limits". Resources are exempt. */
#ifndef WIRESPAN_OTLP_EXPORT_SPAN_LIMITS_H
#define WIRESPAN_OTLP_EXPORT_SPAN_LIMITS_H

#include "correlate/span/span.h"

struct span_limits {
	size_t attributes;   /* of one span */
	size_t value_length; /* characters of a string, or of one in an array; SIZE_MAX: unlimited */
};

/* Whether span_limits_apply may have something to do; almost always not, and then cheap. */
bool span_limits_touch(const struct span_limits *limits, const struct span *span);

/*
 * Drops and cuts attributes of `span`, which is the caller's own copy of another; what is dropped counts
 * in dropped_attributes. Attributes that the conventions require stay before others, and
 * the earlier ones before the later. Returns memory that strings of the span then point into, to be
 * freed after it; NULL: none. Arrays to be cut are dropped where there is no memory.
 */
char *span_limits_apply(const struct span_limits *limits, struct span *span);

#endif
