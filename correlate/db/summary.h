/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db.query.summary: operations and their targets, in the order of the query ("INSERT a SELECT b"), of
 * at most 255 characters, cut between tokens. What is counted are bytes: never fewer.
 */
#ifndef WIRESPAN_CORRELATE_DB_SUMMARY_H
#define WIRESPAN_CORRELATE_DB_SUMMARY_H

#include "base/slice.h"

#define DB_SUMMARY_MAX 255

/* All zero: empty. */
struct db_summary {
	bool full; /* a token did not fit: none is added any more */
	uint8_t length;
	char text[DB_SUMMARY_MAX];
};

/* An empty token adds nothing. */
void db_summary_add(struct db_summary *summary, struct slice token);

static inline struct slice db_summary_text(const struct db_summary *summary)
{
	return slice_of(summary->text, summary->length);
}

#endif
