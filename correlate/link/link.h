/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links exchanges into traces (design, decision 7). Evidence, strongest first:
 *
 *  connection  A server exchange's request was seen at its sender, too: that
 *              client exchange is its parent (pairing.h).
 *  header      The request carries a valid traceparent: its context is the
 *              parent. But where a client's request carries the very context
 *              that the one inbound request of its thread came with, the
 *              application only passed it on: the thread's link is truer.
 *  thread      When a client's request began, its thread had exactly one
 *              inbound request open: one whose head this thread read to its end, whose
 *              response had not ended, nor failed to be sent, and whose connection it had
 *              not closed (a client that is gone stops nobody from working).
 *
 * An event loop's thread may do other work (a timer's, another user's) while a request is open.
 * It shows by never waiting: its sockets are non-blocking. A thread is believed when it read
 * the request by a call that would have waited; or when several threads of its process serve and
 * it waited for the answer to its own call; or when it passes on what it received: the
 * same method and target (which a proxy may be sent as a URL), or the same traceparent.
 *
 * A process whose requests are read by one thread and answered by another (seen,
 * or known of its runtime) gets no thread links at all: there, what a thread sends has
 * nothing to do with what it read.
 *
 * What a lost record might have contradicted is not claimed. A thread's context
 * is refused where records were lost, or were missing or out of order in the
 * same process, at any time between the beginning of the inbound request and
 * that of the outgoing one: the true cause might be a request nobody saw. On a thread
 * that has been seen with several open requests (an event loop), an unseen
 * request may stay open: its contexts are refused when begun less than
 * THREAD_DISTRUST_NS after the loss, too. An inbound request that was lost sight of
 * while open (a gap, an eviction) stays as a ghost, which makes its thread's other contexts
 * ambiguous, until its connection shows the next request, or ends, or GHOST_NS have passed.
 *
 * The same holds for what was under way when the agent came: until each connection found
 * then has been heard of, or THREAD_DISTRUST_NS have passed, its process's contexts are refused,
 * but for threads that waited for their request: they had nothing else under way.
 *
 * Whether a context holds is decided when the first span that depends on it is
 * delivered, HOLD_NS after its end, when news of losses has come in; then it is frozen.
 */
#ifndef WIRESPAN_CORRELATE_LINK_LINK_H
#define WIRESPAN_CORRELATE_LINK_LINK_H

#include "correlate/exchange/exchange.h"

struct engine;

/* The first byte of a request has been seen: what its thread serves at this moment. */
void link_begin(struct engine *engine, struct exchange *exchange);
/* The request's head is complete: its thread serves it (server); looks for its other end. */
void link_open(struct engine *engine, struct exchange *exchange);
/* The exchange has ended, or nothing will ever be known of it: no longer a context. */
void link_close(struct exchange *exchange);
/* Decides on the parent and sets trace id, parent and flags, its ancestors' before. */
void link_resolve(struct engine *engine, struct exchange *exchange);
/* The span is out: gives up what only unfinished exchanges need. */
void link_delivered(struct engine *engine, struct exchange *exchange);
/* Forgets what lingers; all of it at UINT64_MAX. */
void link_expire(struct engine *engine, uint64_t now);

#endif
