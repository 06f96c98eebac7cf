/* SPDX-License-Identifier: Apache-2.0 */
/* The white space in and around a field's value, below everything that reads one. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_VALUE_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_VALUE_H

#include <stdbool.h>

static inline bool http1_is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Also the line breaks that a folded value has inside. */
static inline bool http1_is_space(char byte)
{
	return http1_is_blank(byte) || byte == '\r' || byte == '\n';
}

#endif
