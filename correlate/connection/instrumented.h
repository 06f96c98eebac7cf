/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of processes that export spans of their own. */
#ifndef WIRESPAN_CORRELATE_CONNECTION_INSTRUMENTED_H
#define WIRESPAN_CORRELATE_CONNECTION_INSTRUMENTED_H

struct engine;

/*
 * Gives up the connections of processes newly found to export spans: whoever was told of
 * them makes no more records of theirs. Not from within a record.
 */
void instrumented_give_up(struct engine *engine);

#endif
