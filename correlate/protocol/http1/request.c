// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/http/part.h"
#include "correlate/http/telemetry.h"
#include "correlate/http/url.h"
#include "correlate/limits.h"
#include "correlate/protocol/http1/conversation.h"

static void request_begin(void *context, uint64_t position)
{
	struct http1_conversation *conversation = context;
	struct in_order *order = &conversation->order;
	const struct record_data *record = order->connection->current;
	const struct http1_reader *answers = http1_response_reader(conversation);
	struct moment moment = conversation->first;

	if (in_order_requests(order)->deaf || !record)
		return;
	if (conversation->next.position && position >= conversation->next.position)
		moment = conversation->next;
	/* The reader may say late that a message had begun in a former record. */
	if (position >= record->position)
		moment = in_order_moment(record, position);
	in_order_begin_request(order, &moment, position, answers && http1_reader_idle(answers),
			       http1_reader_doubt(http1_request_reader(conversation)));
}

static void ignore_telemetry(struct engine *engine, struct exchange *exchange, const struct http_head *head)
{
	enum telemetry telemetry = telemetry_recognise(head);
	struct slice destination = slice_of(NULL, 0);

	if (telemetry != TELEMETRY_NONE)
		destination = http_authority_split(http_part(exchange)->http.host).host_port;
	ignore_request(engine, exchange, telemetry, destination);
}

static void request_head(void *context, const struct http_head *head, uint64_t position)
{
	struct http1_conversation *conversation = context;
	struct in_order *order = &conversation->order;
	struct exchange *exchange = in_order_requests(order)->exchange;
	struct engine *engine = order->connection->engine;

	(void)position;
	if (in_order_requests(order)->deaf || !exchange || !order->connection->current)
		return;
	in_order_request_known(order, exchange);
	if (in_order_admit(order, exchange, PIPELINE_MAX) < 0 ||
	    in_order_open_request(order, exchange, http_part_take_request(engine, exchange, head)) < 0)
		in_order_refuse_request(order, exchange);
	else
		ignore_telemetry(engine, exchange, head);
}

static struct slice request_answered_method(void *context, const struct http_head *head)
{
	(void)context;
	(void)head;
	return slice_of(NULL, 0);
}

static void request_end(void *context, uint64_t position, uint64_t body_size)
{
	struct http1_conversation *conversation = context;
	struct in_order_direction *direction = in_order_requests(&conversation->order);

	if (direction->deaf || !direction->exchange)
		return;
	http_part(direction->exchange)->http.request_body_size = body_size;
	in_order_end_request(&conversation->order, position);
}

static void request_lost(void *context, enum http1_reader_lost reason)
{
	struct http1_conversation *conversation = context;

	http1_lose(conversation, conversation->order.connection->request_direction, reason);
}

/* What ends within the claim belongs to the body that it is; nobody asks how long that is. */
static void request_refuted(void *context)
{
	struct http1_conversation *conversation = context;

	/* Were they two requests after all, a later loss could not tell their answers apart. */
	conversation->order.pipelined = true;
	claim_refute(&conversation->order);
}

const struct http1_reader_events http1_request_events = {
	.begin = request_begin,
	.head = request_head,
	.answered_method = request_answered_method,
	.end = request_end,
	.tunnel = http1_tunnel,
	.lost = request_lost,
	.refuted = request_refuted,
};
