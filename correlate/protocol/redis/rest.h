/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where nothing can be unanswered. A reply names no command: on a connection that is older than the agent, or after a
 * loss, any reply may be that of a command nobody saw, and as many come after it as were asked before. So nothing is
 * paired until the connection rests: what moved last was an answer, nothing has moved for REDIS_REST_NS (or, when the
 * agent came, for all that the socket said: connection/quiet.h), and then a command begins. What is paired from there
 * is claimed: no span before all claims are answered by replies that fit, none comes unasked, and the next command
 * begins, or the connection ends. Anything else refutes all of it. A connection that never rests stays unpaired; its
 * commands are counted.
 *
 * After a loss one more is believed to have nothing unanswered: a client that takes turns. It has begun
 * REDIS_TURNS_MIN turns, each with all before answered, and nobody in its process has ever been seen to do otherwise
 * (in_order/pipeliners.h), as whoever shares a connection among callers soon does. Then it rests before each turn.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_REST_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_REST_H

#include "base/clock.h"
#include "correlate/protocol/redis/conversation.h"

/* Longer than an answer takes, as a rule; where one takes longer still, it comes unasked. */
#define REDIS_REST_NS (200 * NSEC_PER_MSEC)
/* So many fitting answers without one unasked prove those before. */
#define REDIS_CLAIMS_MAX 1024

#define REDIS_TURNS_MIN 64

/* Before a record is read: pairs again from it on, or reads its commands to count them, where that is possible. */
void redis_rest_record(struct redis_conversation *conversation, const struct record_data *record, uint32_t skip);
/* Whether these bytes are the beginning of an array of bulk strings, as commands are sent by programs. */
bool redis_begins_command(struct slice bytes);
/* ... and its name is in a table. */
bool redis_begins_known_command(struct slice bytes);

/* A command begins: proves what is claimed, where all of it is answered. */
void redis_claims_follow(struct redis_conversation *conversation);
/* The exchange is claimed, and was answered: it waits. Takes a reference. */
void redis_claims_add(struct redis_conversation *conversation, struct exchange *exchange);
void redis_claims_prove(struct redis_conversation *conversation);
/* Whose answers they got can't be known: counted. */
void redis_claims_drop(struct redis_conversation *conversation);

/*
 * Commands and replies can't be paired any more: what is open and what is claimed is counted, and so is what follows,
 * until the connection rests. Replies are not read meanwhile.
 */
void redis_doubt(struct redis_conversation *conversation);

#endif
