// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/subscription.h"

bool redis_subscribed(const struct redis_session *session)
{
	if (!session->subscriptions_known)
		return true;
	return session->subscriptions[REDIS_CHANNELS] || session->subscriptions[REDIS_PATTERNS] ||
	       session->subscriptions[REDIS_SHARD_CHANNELS];
}

/* The server counts channels and patterns together, those of shards apart. */
void redis_subscription_count(struct redis_session *session, const struct redis_reply *reply)
{
	enum redis_channel_kind kind = redis_word_kind(reply->word);
	uint32_t *counts = session->subscriptions;
	int64_t before = kind == REDIS_SHARD_CHANNELS ? counts[kind] :
							(int64_t)counts[REDIS_CHANNELS] + counts[REDIS_PATTERNS];

	if (!session->subscriptions_known)
		return;
	if (reply->subscriptions == before + 1)
		counts[kind]++;
	else if (reply->subscriptions == before - 1 && counts[kind])
		counts[kind]--;
	else if (reply->subscriptions != before)
		session->subscriptions_known = false;
}

static void keep_channel(struct redis_wait *wait, const struct redis_reply *reply)
{
	if (wait->channel_count < REDIS_CHANNELS_KEPT)
		wait->channels[wait->channel_count++] = reply->channel;
	else
		wait->many = true;
}

/* Whether no further acknowledgement of an UNSUBSCRIBE without channels comes. */
static bool none_left(const struct redis_session *session, const struct redis_reply *reply)
{
	if (reply->no_channel || reply->subscriptions == 0)
		return true;
	return session->subscriptions_known && !session->subscriptions[redis_word_kind(reply->word)];
}

static enum redis_channel_kind kind_of(const struct redis_command_row *row)
{
	if (slice_starts_with(row->name, SLICE_LITERAL("P")))
		return REDIS_PATTERNS;
	if (slice_starts_with(row->name, SLICE_LITERAL("SS")) || slice_starts_with(row->name, SLICE_LITERAL("SUN")))
		return REDIS_SHARD_CHANNELS;
	return REDIS_CHANNELS;
}

bool redis_subscription_acknowledges(const struct redis_wait *first, const struct redis_reply *reply)
{
	bool fits;

	if (!first || (reply->type != '>' && reply->type != '*'))
		return false;
	if (redis_rule_of(first) == REDIS_RULE_SUBSCRIBE)
		fits = redis_word_subscribes(reply->word);
	else
		fits = redis_rule_of(first) == REDIS_RULE_UNSUBSCRIBE && redis_word_unsubscribes(reply->word);
	return fits && redis_word_kind(reply->word) == kind_of(first->row);
}

enum redis_answer redis_subscription_acknowledge(struct redis_session *session, struct redis_wait *first,
						 const struct redis_reply *reply)
{
	bool subscribes = redis_rule_of(first) == REDIS_RULE_SUBSCRIBE;

	redis_subscription_count(session, reply);
	first->acknowledged = true;
	if (subscribes)
		keep_channel(first, reply);
	if (first->acknowledgements) {
		if (--first->acknowledgements)
			return REDIS_ANSWER_PART;
		return subscribes ? REDIS_ANSWER_HOLDS : REDIS_ANSWER_WHOLE;
	}
	return none_left(session, reply) ? REDIS_ANSWER_WHOLE : REDIS_ANSWER_PART;
}

bool redis_session_may_end(const struct redis_session *session, const struct redis_reply *reply)
{
	return redis_word_unsubscribes(reply->word) || !redis_subscribed(session);
}

bool redis_session_ends(const struct redis_session *session, struct redis_wait *subscription,
			const struct redis_reply *reply)
{
	if (redis_rule_of(subscription) == REDIS_RULE_MONITOR)
		return !session->monitoring;
	if (session->subscriptions_known && !redis_subscribed(session))
		return true;
	if (!redis_word_unsubscribes(reply->word))
		return false;
	for (unsigned int i = 0; i < subscription->channel_count; i++) {
		if (subscription->channels[i] != reply->channel)
			continue;
		subscription->channels[i] = subscription->channels[--subscription->channel_count];
		break;
	}
	return !subscription->channel_count && !subscription->many;
}
