// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/session.h"

#include "correlate/protocol/redis/subscription.h"

void redis_session_init(struct redis_session *session, bool from_the_start)
{
	*session = (struct redis_session){
		.protocol = from_the_start ? 2 : 0,
		.database = from_the_start ? 0 : -1,
		.queued_database = -1,
		.subscriptions_known = from_the_start,
	};
}

void redis_session_doubt(struct redis_session *session)
{
	uint8_t system = session->system;

	redis_session_init(session, false);
	session->system = system;
}

/* By the time the server comes to it, of what is known. RESP3 has pushes, and so no mode. */
static bool refuses_client(const struct redis_session *session)
{
	bool subscribed = session->subscriptions_known && redis_subscribed(session);

	return session->protocol == 2 && (subscribed || session->subscribing);
}

/* Whether replies are on for this command, and what it does to those of later ones (networking.c, clientCommand). */
static bool is_answered(struct redis_session *session, struct redis_wait *wait)
{
	bool skipped = session->skips;
	bool answered = !skipped && !session->replies_off;

	session->skips = false;
	if (redis_rule_of(wait) == REDIS_RULE_RESET) {
		session->replies_off = false;
		return !skipped;
	}
	if (redis_rule_of(wait) != REDIS_RULE_CLIENT_REPLY || session->queues)
		return answered;
	wait->refused = refuses_client(session);
	if (wait->refused)
		return answered;
	switch (wait->option) {
	case REDIS_OPTION_ON:
		/* It lifts what was to be skipped, before its own answer. */
		session->replies_off = false;
		return true;
	case REDIS_OPTION_OFF:
		session->replies_off = session->silence_unproven = true;
		return false;
	case REDIS_OPTION_SKIP:
		session->skips = !session->replies_off;
		session->silence_unproven = true;
		return false;
	default:
		return answered;
	}
}

/* Within a transaction these would change what its own answer looks like. */
static bool breaks_transactions(enum redis_rule rule)
{
	return rule == REDIS_RULE_CLIENT_REPLY || rule == REDIS_RULE_SUBSCRIBE || rule == REDIS_RULE_UNSUBSCRIBE ||
	       rule == REDIS_RULE_MONITOR || rule == REDIS_RULE_HELLO || rule == REDIS_RULE_PSYNC ||
	       rule == REDIS_RULE_SYNC || rule == REDIS_RULE_DEBUGGER;
}

static void note_transaction(struct redis_session *session, enum redis_rule rule)
{
	if (rule == REDIS_RULE_MULTI)
		session->queues = true;
	else if (rule == REDIS_RULE_EXEC || rule == REDIS_RULE_DISCARD || rule == REDIS_RULE_RESET)
		session->queues = session->breaks = false;
	else if (session->queues && breaks_transactions(rule))
		session->breaks = true;
}

/* Whatever is said about replies. */
static bool is_never_answered(struct redis_session *session, const struct redis_wait *wait)
{
	enum redis_rule rule = redis_rule_of(wait);
	bool again = rule == REDIS_RULE_MONITOR && session->monitors;

	if (rule == REDIS_RULE_MONITOR)
		session->monitors = true;
	else if (rule == REDIS_RULE_RESET)
		session->monitors = false;
	return again || (rule == REDIS_RULE_REPLCONF && wait->option);
}

/* SYNC with arguments is refused. Acknowledgements prove a replica where nobody saw how the connection began. */
static bool begins_replication(const struct redis_session *session, const struct redis_command *command,
			       enum redis_rule rule)
{
	if (rule == REDIS_RULE_SYNC)
		return !session->queues && command->arguments == 1;
	return rule == REDIS_RULE_REPLCONF && command->option && !session->subscriptions_known;
}

enum redis_course redis_session_command(struct redis_session *session, const struct redis_command *command,
					struct redis_wait *ret_wait)
{
	enum redis_rule rule;
	bool answered, broken = session->breaks;

	*ret_wait = (struct redis_wait){ .row = command->row, .number = command->number, .option = command->option };
	if (!command->arguments)
		return REDIS_COURSE_NOTHING;
	rule = redis_rule_of(ret_wait);
	if (rule == REDIS_RULE_SUBSCRIBE || rule == REDIS_RULE_UNSUBSCRIBE)
		ret_wait->acknowledgements = command->arguments - 1;
	ret_wait->in_transaction = session->queues;
	answered = is_answered(session, ret_wait) && !is_never_answered(session, ret_wait);
	note_transaction(session, rule);
	if (rule == REDIS_RULE_EXEC && broken)
		return REDIS_COURSE_BREAKS;
	if (begins_replication(session, command, rule))
		return REDIS_COURSE_REPLICATION;
	if (rule == REDIS_RULE_SUBSCRIBE && !ret_wait->in_transaction)
		session->subscribing++;
	if (answered)
		return REDIS_COURSE_AWAITED;
	if ((rule == REDIS_RULE_SUBSCRIBE || rule == REDIS_RULE_UNSUBSCRIBE) && !ret_wait->in_transaction) {
		ret_wait->silenced = true;
		return REDIS_COURSE_AWAITED;
	}
	/* Whether they did what they do, nobody tells. */
	if (rule == REDIS_RULE_SELECT || rule == REDIS_RULE_EXEC)
		session->database = -1;
	if (rule == REDIS_RULE_HELLO)
		session->protocol = 0;
	return REDIS_COURSE_UNANSWERED;
}

/* Values that nobody asked for. */
static bool answers_nobody(struct redis_session *session, const struct redis_reply *reply)
{
	bool announces = reply->word >= REDIS_WORD_MESSAGE;

	if (reply->type == '>')
		session->protocol = 3;
	else if (reply->word == REDIS_WORD_MONITORED)
		return session->monitoring || !session->subscriptions_known;
	else if (reply->type != '*' || !announces || session->protocol == 3 || !redis_subscribed(session))
		return false;
	if (reply->word > REDIS_WORD_MESSAGE)
		redis_subscription_count(session, reply);
	return true;
}

/* A message, unless it is an array that only looks like one. */
static bool is_doubtful(const struct redis_session *session, const struct redis_reply *reply)
{
	return reply->type == '*' && reply->word >= REDIS_WORD_MESSAGE && !session->subscriptions_known &&
	       session->protocol != 3;
}

static void reset(struct redis_session *session)
{
	uint8_t system = session->system;
	struct redis_session sent = *session;

	redis_session_init(session, true);
	session->system = system;
	session->replies_off = sent.replies_off;
	session->skips = sent.skips;
	session->queues = sent.queues;
	session->breaks = sent.breaks;
	session->monitors = sent.monitors;
	session->subscribing = sent.subscribing;
}

static void learn(struct redis_session *session, const struct redis_reply *reply)
{
	if (reply->system)
		session->system = reply->system;
	if (reply->protocol)
		session->protocol = reply->protocol;
}

/* What a command has done, now that it is answered, without an error. */
static enum redis_answer apply(struct redis_session *session, const struct redis_wait *first,
			       const struct redis_reply *reply)
{
	switch (redis_rule_of(first)) {
	case REDIS_RULE_SELECT:
		session->database = first->number;
		break;
	case REDIS_RULE_MULTI:
		session->queued_database = -1;
		break;
	case REDIS_RULE_EXEC:
	case REDIS_RULE_DISCARD:
		if (redis_rule_of(first) == REDIS_RULE_EXEC && !reply->null && session->queued_database >= 0)
			session->database = reply->item_error ? -1 : session->queued_database;
		session->queued_database = -1;
		break;
	case REDIS_RULE_HELLO:
	case REDIS_RULE_INFO:
		learn(session, reply);
		break;
	case REDIS_RULE_RESET:
		reset(session);
		break;
	case REDIS_RULE_MONITOR:
		session->monitoring = true;
		return REDIS_ANSWER_HOLDS;
	case REDIS_RULE_PSYNC:
		return REDIS_ANSWER_LAST;
	case REDIS_RULE_DEBUGGER:
		return first->option == REDIS_OPTION_ON ? REDIS_ANSWER_LAST : REDIS_ANSWER_WHOLE;
	default:
		break;
	}
	return REDIS_ANSWER_WHOLE;
}

/* A SUBSCRIBE has its answer, or has none. */
static void note_subscribed(struct redis_session *session, const struct redis_wait *first)
{
	if (redis_rule_of(first) == REDIS_RULE_SUBSCRIBE && !first->in_transaction && session->subscribing)
		session->subscribing--;
}

/* What was believed of a command when it was sent, now that it failed. */
static void refuse(struct redis_session *session, const struct redis_wait *first)
{
	/* Within a transaction MULTI fails, and the transaction goes on. */
	if (redis_rule_of(first) == REDIS_RULE_MULTI && !first->in_transaction)
		session->queues = session->breaks = false;
	if (redis_rule_of(first) == REDIS_RULE_MONITOR)
		session->monitors = false;
	note_subscribed(session, first);
}

/* Older than acknowledgements of what is silenced: whether it did what it does, nobody tells. */
static enum redis_answer pass_over(struct redis_session *session, const struct redis_wait *first)
{
	note_subscribed(session, first);
	session->subscriptions_known = false;
	return REDIS_ANSWER_NONE;
}

enum redis_answer redis_session_reply(struct redis_session *session, struct redis_wait *first,
				      const struct redis_reply *reply)
{
	if (redis_subscription_acknowledges(first, reply)) {
		enum redis_answer answer = redis_subscription_acknowledge(session, first, reply);

		if (answer == REDIS_ANSWER_HOLDS)
			note_subscribed(session, first);
		return answer;
	}
	if (first && is_doubtful(session, reply))
		return REDIS_ANSWER_MISFIT;
	if (answers_nobody(session, reply))
		return REDIS_ANSWER_NOBODY;
	if (!first)
		return REDIS_ANSWER_MISFIT;
	if (first->acknowledged)
		return first->acknowledgements ? REDIS_ANSWER_MISFIT : REDIS_ANSWER_BEFORE;
	/* Perhaps it is CLIENT REPLY's own, which was thought not to be answered. */
	if (reply->error && session->silence_unproven)
		return REDIS_ANSWER_MISFIT;
	if (first->silenced)
		return pass_over(session, first);
	if (first->refused && !(reply->error && redis_subscribed(session)))
		return REDIS_ANSWER_MISFIT;
	if (reply->error) {
		refuse(session, first);
		return REDIS_ANSWER_WHOLE;
	}
	if (!redis_reply_fits(reply, first->row))
		return REDIS_ANSWER_MISFIT;
	session->silence_unproven = false;
	if (reply->word == REDIS_WORD_QUEUED && redis_rule_of(first) != REDIS_RULE_EXEC) {
		if (!first->in_transaction)
			return REDIS_ANSWER_MISFIT;
		if (redis_rule_of(first) == REDIS_RULE_SELECT)
			session->queued_database = first->number;
		return REDIS_ANSWER_WHOLE;
	}
	if (redis_rule_of(first) == REDIS_RULE_SUBSCRIBE || redis_rule_of(first) == REDIS_RULE_UNSUBSCRIBE)
		return REDIS_ANSWER_MISFIT;
	return apply(session, first, reply);
}
