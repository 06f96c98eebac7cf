/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two ends of a connection say to each other in Redis: commands and replies out of records in order, paired
 * in order (in_order.h) as long as nothing was lost (rest.h).
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_CONVERSATION_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_CONVERSATION_H

#include "correlate/protocol/in_order/in_order.h"
#include "correlate/protocol/redis/call.h"

/* Of one connection: pipelines are built by programs, and may be long. */
#define REDIS_UNANSWERED_MAX 16384
/* Likewise that go on, each for as long as the connection, as a rule; what more there are is counted. */
#define REDIS_SUBSCRIPTIONS_MAX 1024

struct redis_conversation {
	struct in_order order;
	struct resp_reader readers[2]; /* by enum record_direction */
	struct redis_command_reader command;
	char *query; /* the command's text, REDIS_QUERY_MAX bytes; NULL where keys are not shown, or have not been */
	struct redis_reply reply;
	struct redis_session session;
	struct list subscriptions; /* struct exchange.queued: acknowledged, and not over; counted references */
	size_t subscription_count;
	struct list claims;        /* struct exchange.queued: answered, but not proven (rest.h); counted references */
	size_t claim_count;
	bool claims_more;          /* what begins now is claimed, too */
	bool guessed;              /* from an inline command; no reply has shown yet that it is Redis */
	bool broken;               /* replies can't be followed any more: commands are counted only */
	bool uncertain;            /* bytes were lost since the last record */
	uint32_t turns;            /* that were begun with nothing unanswered, one after the other (rest.h) */
	uint64_t moved_at;         /* when a record last told of bytes */
	/* Of the reply under way: */
	uint64_t reply_at;
	uint64_t reply_first_byte;
	bool reply_waits;
	uint64_t acknowledged_at, acknowledged_to; /* when the last acknowledgement of several came, and where it ended */
	/* Of the record being read: its commands so far, where the first began and the last ended. */
	uint32_t batch;
	uint64_t batch_from, batch_to;
};

static inline struct redis_conversation *redis_conversation(const struct connection *connection)
{
	return connection->conversation;
}

static inline struct redis_call *redis_call_of(struct exchange *exchange)
{
	return (struct redis_call *)exchange->part;
}

extern const struct resp_events redis_command_events, redis_reply_events;

/* A reader can't go on: counted as `loss`, unless it is already. */
void redis_lose(struct redis_conversation *conversation, unsigned int direction, enum loss loss, bool counted);
/* Nothing is read any more: what follows is neither command nor reply. What waits is counted. */
void redis_stop(struct redis_conversation *conversation);
/* The subscription is over. */
void redis_end_subscription(struct redis_conversation *conversation, struct exchange *exchange, uint64_t time);
/* Whether they are over can't be known any more: counted. */
void redis_drop_subscriptions(struct redis_conversation *conversation);
/* Commands that one call has sent are a pipeline. After all of its record was read. */
void redis_note_batch(struct redis_conversation *conversation, const struct record_data *record);

#endif
