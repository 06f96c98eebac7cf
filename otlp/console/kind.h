/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_OTLP_CONSOLE_KIND_H
#define WIRESPAN_OTLP_CONSOLE_KIND_H

#include "correlate/span/span.h"

/* "server", "client"; empty for anything else. */
static inline struct slice span_kind_name(enum span_kind kind)
{
	if (kind == SPAN_KIND_SERVER)
		return SLICE_LITERAL("server");
	return kind == SPAN_KIND_CLIENT ? SLICE_LITERAL("client") : SLICE_LITERAL("");
}

#endif
