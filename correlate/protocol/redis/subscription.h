/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is subscribed to, and what acknowledges that. Part of session.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_SUBSCRIPTION_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_SUBSCRIPTION_H

#include "correlate/protocol/redis/session.h"

/* Whether messages may come. */
bool redis_subscribed(const struct redis_session *session);
/* A channel more or less, by what an acknowledgement says of how many there are. */
void redis_subscription_count(struct redis_session *session, const struct redis_reply *reply);
/* Whether the reply acknowledges the first command that waits; NULL: none does. */
bool redis_subscription_acknowledges(const struct redis_wait *first, const struct redis_reply *reply);
/* It does. */
enum redis_answer redis_subscription_acknowledge(struct redis_session *session, struct redis_wait *first,
						 const struct redis_reply *reply);

#endif
