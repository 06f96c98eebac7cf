// SPDX-License-Identifier: Apache-2.0
#include "correlate/claim.h"

#include "correlate/connection_exchanges.h"
#include "correlate/engine_state.h"

/* The claim is the caller's now, with its reference. */
static struct exchange *take(struct connection *connection)
{
	struct exchange *exchange = connection->claim;

	connection->claim = NULL;
	return exchange;
}

void claim_begin(struct connection *connection, struct exchange *exchange)
{
	exchange->claimed = true;
	connection->claim = exchange_ref(exchange);
}

void claim_refute(struct connection *connection)
{
	struct exchange *exchange = take(connection);

	if (!exchange)
		return;
	connection_withdraw_exchange(connection, exchange);
	exchange_unref(&connection->engine->pool, exchange);
}

bool claim_answered(struct connection *connection)
{
	const struct direction *requests = connection_requests(connection);
	uint64_t body_end = http1_reader_doubt(requests->reader);
	struct exchange *exchange;

	/* Beyond that end another request may have begun, which would not stand there whole but for chance. */
	if (connection->stream.next[connection->request_direction] > body_end &&
	    http1_reader_in_body(requests->reader) && !http1_reader_body_awaited(requests->reader))
		return false;
	http1_reader_settle(requests->reader);
	exchange = take(connection);
	exchange->claimed = false;
	exchange_unref(&connection->engine->pool, exchange);
	return true;
}

void claim_close(struct connection *connection)
{
	const struct http1_reader *reader = connection_requests(connection)->reader;

	/* Exactly as long as the body. */
	if (reader && http1_reader_doubt(reader) == connection->stream.next[connection->request_direction])
		claim_refute(connection);
	else
		claim_drop(connection);
}

void claim_drop(struct connection *connection)
{
	struct exchange *exchange = take(connection);

	if (!exchange)
		return;
	if (exchange->state == EXCHANGE_OPEN)
		connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
	exchange->state = EXCHANGE_DROPPED;
	exchange_unref(&connection->engine->pool, exchange);
}
