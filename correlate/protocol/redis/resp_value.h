/* SPDX-License-Identifier: Apache-2.0 */
/* Where a value begins, what it is, and where that ends: the part of resp.c that looks at no byte. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_RESP_VALUE_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_RESP_VALUE_H

#include "correlate/protocol/redis/resp.h"

/* Of resp_reader. */
enum resp_state {
	RESP_IDLE,
	RESP_TYPE, /* within a value */
	RESP_LINE,
	RESP_LINE_LF,
	RESP_BULK,
	RESP_BULK_CR,
	RESP_BULK_LF,
	RESP_INLINE,
	RESP_LOST,
};

/* Whether a value, or an item of one, begins with this byte. */
bool resp_is_type(char byte);
/* Whether what is under way is told. */
bool resp_is_told(const struct resp_reader *reader);
/* Tells it, if it is. */
void resp_tell(struct resp_reader *reader, struct slice text, int64_t number, bool null);
/* A header or a scalar whose line is whole, and ends before `position`. False: unparsable. */
bool resp_take_line(struct resp_reader *reader, struct slice text, uint64_t position);
/* An item has ended before `position`, and with it perhaps those that it is the last of. */
void resp_complete(struct resp_reader *reader, uint64_t position);

#endif
