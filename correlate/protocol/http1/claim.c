// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/claim.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/http1/messages.h"

/* The claim is the caller's now, with its reference. */
static struct exchange *take(struct connection *connection)
{
	struct exchange *exchange = connection->claim;

	connection->claim = NULL;
	connection->claims_first = false;
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

static void prove(struct connection *connection)
{
	struct exchange *exchange = take(connection);

	if (exchange->state == EXCHANGE_DONE)
		engine_finish_exchange(connection->engine, exchange, exchange->end);
	exchange->claimed = false;
	exchange_unref(&connection->engine->pool, exchange);
}

bool claim_answered(struct connection *connection)
{
	const struct direction *requests = connection_requests(connection);
	uint64_t body_end;

	if (connection->claims_first)
		return true;
	/* Beyond the body's end another request may have begun, which would not stand there whole but for chance. */
	body_end = http1_reader_doubt(requests->reader);
	if (connection->stream.next[connection->request_direction] > body_end &&
	    http1_reader_in_body(requests->reader) && !http1_reader_body_awaited(requests->reader))
		return false;
	http1_reader_settle(requests->reader);
	prove(connection);
	return true;
}

void claim_finish(struct connection *connection, uint64_t end)
{
	connection->claim->end = end;
	connection->claim->state = EXCHANGE_DONE;
}

void claim_followed(struct connection *connection)
{
	const struct http1_reader *answers = connection_responses(connection)->reader;

	if (!connection->claim)
		return;
	if (connection->claim->state != EXCHANGE_OPEN && answers && http1_reader_idle(answers)) {
		prove(connection);
		return;
	}
	messages_note_pipelining(connection);
	messages_desync(connection);
}

void claim_close(struct connection *connection)
{
	const struct http1_reader *reader = connection_requests(connection)->reader;

	if (!connection->claim)
		return;
	if (connection->claim->state == EXCHANGE_DONE)
		prove(connection);
	/* Exactly as long as the refused body. */
	else if (reader && http1_reader_doubt(reader) == connection->stream.next[connection->request_direction])
		claim_refute(connection);
	else
		claim_drop(connection);
}

void claim_drop(struct connection *connection)
{
	enum loss loss = connection->claims_first ? LOSS_ATTACHED_LATE : LOSS_REQUEST_UNPAIRED;
	struct exchange *exchange = take(connection);

	if (!exchange)
		return;
	for (unsigned int i = 0; i < 2; i++)
		if (connection->directions[i].exchange == exchange)
			messages_set_exchange(connection, &connection->directions[i], NULL);
	if (exchange->state == EXCHANGE_OPEN) {
		connection_drop_exchange(connection, exchange, loss);
	} else if (exchange->state == EXCHANGE_DONE) {
		loss_add(&connection->engine->losses, loss);
		engine_explain(connection->engine, EXPLAIN_REQUEST_UNPAIRED, exchange->cookie, exchange->tgid, NULL);
		pairing_remove(exchange);
	}
	exchange->state = EXCHANGE_DROPPED;
	exchange_unref(&connection->engine->pool, exchange);
}
