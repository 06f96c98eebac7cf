/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two ends of a connection say to each other in HTTP/1: messages out of records in order, paired in
 * order. A deaf direction listens again with first bytes since the other direction moved that parse as a start line.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CONVERSATION_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CONVERSATION_H

#include "correlate/protocol/http1/reader.h"
#include "correlate/protocol/in_order/in_order.h"

struct http1_conversation {
	struct in_order order;
	struct http1_reader *readers[2]; /* by enum record_direction; made with the first byte */
	struct moment next;   /* of the record with the byte behind a refused body, where the message may begin, too */
	struct moment first;  /* of the record that the request under way may have begun with */
	bool interim_pending; /* an unpaired 1xx: what comes next may be a request's body */
};

static inline struct http1_conversation *http1_conversation(const struct connection *connection)
{
	return connection->conversation;
}

static inline struct http1_reader *http1_request_reader(const struct http1_conversation *conversation)
{
	return conversation->readers[conversation->order.connection->request_direction == RECORD_SEND];
}

static inline struct http1_reader *http1_response_reader(const struct http1_conversation *conversation)
{
	return conversation->readers[conversation->order.connection->request_direction != RECORD_SEND];
}

/* Who reads the messages, with the conversation as context. */
extern const struct http1_reader_events http1_request_events, http1_response_events;

/* The reader of a direction has lost its message: counts, deafens. */
void http1_lose(struct http1_conversation *conversation, unsigned int direction, enum http1_reader_lost reason);
/* Event of both readers: the connection is a tunnel. */
void http1_tunnel(void *context, uint64_t position);

#endif
