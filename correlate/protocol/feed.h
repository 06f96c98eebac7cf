/* SPDX-License-Identifier: Apache-2.0 */
/* A record's bytes as a protocol's reader takes them, behind the layers below. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_FEED_H
#define WIRESPAN_CORRELATE_PROTOCOL_FEED_H

#include "correlate/connection/connection.h"

/*
 * All of the record but its first `skip` bytes, which are known already, and a prefix at the beginning of the stream of
 * requests. What several threads sent at once is a hole: nobody knows where its bytes stand.
 */
void feed_record(struct connection *connection, const struct feed *feed, void *context,
		 const struct record_data *record, uint32_t skip);

#endif
