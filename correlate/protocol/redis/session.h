/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection's commands and replies do to it, as a pure state machine: how
 * many replies a command has, which replies answer nobody, what the server is and
 * which database is selected. Commands go in as they are sent, replies as they come;
 * whose reply it is, is always the first command's that waits.
 *
 * One reply per command, in order, but:
 * - (P|S)(UN)SUBSCRIBE is acknowledged once per channel; without channels, UNSUBSCRIBE once for each that there is, or
 *   once. RESP3 sends acknowledgements as pushes.
 * - Messages (RESP2: arrays, while subscribed), other pushes, and lines after MONITOR answer nobody.
 * - CLIENT REPLY OFF and SKIP, and what follows them, are not answered; ON is. Acknowledgements come nevertheless (Redis
 *   7.0), or do not (6.0). A connection of RESP2 that is subscribed refuses CLIENT REPLY.
 * - SHUTDOWN is answered where it fails only.
 * - REPLCONF ACK, which replicas send, is not answered; nor is a second MONITOR.
 * - After PSYNC's answer, or SYNC, the connection carries replication; so does one joined in the middle that shows
 *   REPLCONF ACK; after SCRIPT DEBUG YES, a debugger; after a transaction with one of these in it, what nobody can follow.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_SESSION_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_SESSION_H

#include "correlate/protocol/redis/command.h"
#include "correlate/protocol/redis/reply.h"

#define REDIS_CHANNELS_KEPT 6 /* of a subscription's channels; one with more lasts until there is none at all */

/* What a command waits for; kept with its exchange. */
struct redis_wait {
	const struct redis_command_row *row; /* NULL: in no table */
	int32_t number;                      /* of redis_command */
	uint8_t option;
	bool acknowledged;                   /* once at least */
	bool many;                           /* had more channels than are kept */
	bool in_transaction;                 /* sent after MULTI: queued, as a rule */
	bool silenced;                       /* perhaps not answered: acknowledged, or not at all */
	bool refused;                        /* answered by an error: the connection is subscribed */
	uint8_t channel_count;
	uint32_t acknowledgements;           /* to come; (un)subscriptions only, 0: until there is no channel left */
	uint32_t channels[REDIS_CHANNELS_KEPT];
};

struct redis_session {
	uint8_t protocol; /* 2, 3, or 0: unknown */
	uint8_t system;   /* enum redis_system */
	int32_t database; /* -1: unknown */
	int32_t queued_database; /* that a transaction selects; -1: none */
	bool monitoring;
	bool subscriptions_known;
	uint32_t subscriptions[REDIS_CHANNEL_KINDS]; /* where known */
	/* Of commands, as they are sent: */
	bool replies_off;
	bool skips; /* the next one is not answered */
	bool silence_unproven; /* replies were switched off, and nothing shows yet that this was accepted */
	bool queues; /* MULTI was sent */
	uint32_t subscribing; /* so many SUBSCRIBEs are not answered yet */
	bool monitors; /* so was MONITOR; a second one is not answered */
	bool breaks; /* the transaction holds what nobody can follow */
};

/* `from_the_start`: the connection has just been made; otherwise nothing is known of it. */
void redis_session_init(struct redis_session *session, bool from_the_start);
/* Commands or replies were lost: what they may have changed is unknown. */
void redis_session_doubt(struct redis_session *session);

enum redis_course {
	REDIS_COURSE_NOTHING,     /* no command at all */
	REDIS_COURSE_AWAITED,     /* answered, in turn */
	REDIS_COURSE_UNANSWERED,  /* no reply comes */
	REDIS_COURSE_REPLICATION, /* nor what could be read: neither direction has commands or replies any more */
	REDIS_COURSE_BREAKS,      /* neither its reply nor later ones can be told apart; commands go on */
};

/* The next command; *ret_wait is set in any case. */
enum redis_course redis_session_command(struct redis_session *session, const struct redis_command *command,
					struct redis_wait *ret_wait);

enum redis_answer {
	REDIS_ANSWER_NOBODY, /* pushed, or a message */
	REDIS_ANSWER_MISFIT, /* can't be an answer to `first`, or there is none: the order is not what it was thought */
	REDIS_ANSWER_PART,   /* `first` awaits more */
	REDIS_ANSWER_WHOLE,
	REDIS_ANSWER_HOLDS,  /* whole, and what it subscribed to goes on */
	REDIS_ANSWER_LAST,   /* whole; what follows, in both directions, is neither command nor reply */
	REDIS_ANSWER_BEFORE, /* `first` had its whole answer before: ask again with the next */
	REDIS_ANSWER_NONE,   /* `first` is not answered at all: ask again with the next */
};

/* The next reply, all of it told. `first`: of the commands that wait, the first; NULL: none does. */
enum redis_answer redis_session_reply(struct redis_session *session, struct redis_wait *first,
				      const struct redis_reply *reply);

/* Whether the reply can end a subscription at all, to be asked first; few can. */
bool redis_session_may_end(const struct redis_session *session, const struct redis_reply *reply);
/*
 * Whether the reply ends this subscription (REDIS_ANSWER_HOLDS), asked in order of replies, after
 * redis_session_reply().
 */
bool redis_session_ends(const struct redis_session *session, struct redis_wait *subscription,
			const struct redis_reply *reply);

static inline enum redis_rule redis_rule_of(const struct redis_wait *wait)
{
	return wait->row ? (enum redis_rule)wait->row->rule : REDIS_RULE_NONE;
}

/* Whether the connection's end is what this command wanted. */
static inline bool redis_wait_wants_close(const struct redis_wait *wait)
{
	return redis_rule_of(wait) == REDIS_RULE_SHUTDOWN;
}

#endif
