// SPDX-License-Identifier: Apache-2.0
#include "correlate/db/summary.h"

_Static_assert(DB_SUMMARY_MAX <= UINT8_MAX, "a summary's length is a byte");

void db_summary_add(struct db_summary *summary, struct slice token)
{
	size_t space = summary->length ? 1 : 0;

	if (!token.length || summary->full)
		return;
	if (token.length + space > sizeof(summary->text) - summary->length) {
		summary->full = true;
		return;
	}
	if (space)
		summary->text[summary->length++] = ' ';
	memcpy(summary->text + summary->length, token.data, token.length);
	summary->length = (uint8_t)(summary->length + token.length);
}
