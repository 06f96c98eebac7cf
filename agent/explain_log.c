// SPDX-License-Identifier: Apache-2.0
#include "agent/explain_log.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"

#define SPAN_ID_SIZE 8

static void explain_accept(void *context, const struct explanation *explanation)
{
	char span[sizeof(", span ") + 2 * SPAN_ID_SIZE] = "";
	int length = 0;

	(void)context;
	if (explanation->span_id) {
		length = snprintf(span, sizeof(span), ", span ");
		for (size_t i = 0; i < SPAN_ID_SIZE; i++)
			length +=
				snprintf(span + length, sizeof(span) - (size_t)length, "%02x", explanation->span_id[i]);
	}
	if (!explanation->cookie) {
		log_debug("process %" PRIu32 ": %s", explanation->pid, explanation->text);
		return;
	}
	log_debug("connection %" PRIu64 " of process %" PRIu32 "%s: %s", explanation->cookie, explanation->pid, span,
		  explanation->text);
}

struct explain_sink explain_log(void)
{
	struct explain_sink sink = { .accept = NULL };

	if (log_get_level() >= LOG_LEVEL_DEBUG)
		sink.accept = explain_accept;
	return sink;
}
