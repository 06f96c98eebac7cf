// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/deliver.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/limits.h"
#include "correlate/link/link.h"
#include "correlate/protocol/protocol.h"
#include "correlate/span/attributes.h"

/* Values of wirespan.link.evidence, by enum link_evidence. */
static const struct slice evidence_names[] = {
	[LINK_CONNECTION] = SLICE_LITERAL("connection"),
	[LINK_HEADER] = SLICE_LITERAL("header"),
	[LINK_THREAD] = SLICE_LITERAL("thread"),
};

/*
 * A receiver may have read before the sender's call returned: where both ends
 * were seen to the response's end, the server's time lies inside the client's. A
 * client that gave up ends earlier than the work it left behind.
 */
static void clamp_to_client(const struct exchange *exchange, uint64_t *end)
{
	const struct exchange *client = exchange->client_end;
	uint64_t least = exchange->last_send_begin > exchange->start ? exchange->last_send_begin : exchange->start;

	if (!client || client->state != EXCHANGE_DONE || client->end >= *end ||
	    !client->outcome.response_complete || !exchange->outcome.response_complete)
		return;
	*end = client->end > least ? client->end : least;
}

static void fill_ids(const struct exchange *exchange, struct span *span)
{
	memcpy(span->trace_id, exchange->trace_id, sizeof(span->trace_id));
	memcpy(span->span_id, exchange->span_id, sizeof(span->span_id));
	memcpy(span->parent_span_id, exchange->parent_span_id, sizeof(span->parent_span_id));
	span->flags = exchange->flags;
	span->trace_is_remote = exchange->trace_is_remote;
	if (exchange->propagated.has_remote &&
	    !memcmp(exchange->trace_id, exchange->propagated.remote.trace_id, sizeof(exchange->trace_id)))
		span->trace_state = exchange->propagated.trace_state;
}

/* The names of the bits in `losses`, as items of a string array. */
static struct slice list_losses(uint32_t losses, char *buffer, size_t size)
{
	size_t length = 0;

	for (enum loss loss = 0; loss < LOSS_COUNT; loss++) {
		size_t name_length = strlen(loss_name(loss));

		if (!(losses & 1u << loss) || length + name_length + 1 > size)
			continue;
		if (length)
			buffer[length++] = '\0';
		memcpy(buffer + length, loss_name(loss), name_length);
		length += name_length;
	}
	return slice_of(buffer, length);
}

static void add_own_attributes(const struct exchange *exchange, struct span *span, char *buffer, size_t size)
{
	if (exchange->evidence != LINK_NONE)
		span_add_string(span, "wirespan.link.evidence", evidence_names[exchange->evidence]);
	else if (explain_missing(exchange->missing).length)
		span_add_string(span, "wirespan.link.missing", explain_missing(exchange->missing));
	if (exchange->first_byte >= exchange->start && exchange->first_byte)
		span_add_double(span, "wirespan.time_to_first_byte",
				(double)(exchange->first_byte - exchange->start) / (double)NSEC_PER_SEC);
	if (exchange->abandoned)
		span_add_boolean(span, "wirespan.response.abandoned", true);
	if (exchange->losses)
		span_add_string_array(span, "wirespan.loss", list_losses(exchange->losses, buffer, size));
}

void deliver_exchange(struct engine *engine, struct exchange *exchange)
{
	uint64_t end = exchange->end > exchange->start ? exchange->end : exchange->start;
	struct span span;
	char losses[512];

	if (exchange->state == EXCHANGE_DROPPED) {
		pairing_remove(exchange);
		exchange_unref(&engine->pool, exchange);
		return;
	}
	memset(&span, 0, offsetof(struct span, attributes));
	span.resource = exchange->resource;
	link_resolve(engine, exchange);
	clamp_to_client(exchange, &end);
	exchange->protocol->fill(engine, exchange, &span, engine->text);
	fill_ids(exchange, &span);
	span.start = exchange->start + (uint64_t)exchange->mono_to_wall;
	span.end = end + (uint64_t)exchange->mono_to_wall;
	if (span.end < span.start)
		span.end = span.start;
	add_own_attributes(exchange, &span, losses, sizeof(losses));
	span.resource->span_count++;
	if (span.resource->exports_spans)
		loss_add(&engine->losses, LOSS_EXPORTED_TWICE);
	engine->options.sink.accept(engine->options.sink.context, &span);
	link_delivered(engine, exchange);
	exchange_unref(&engine->pool, exchange);
}

void deliver_discard(struct engine *engine, struct exchange *exchange, enum loss loss)
{
	loss_add(&engine->losses, loss);
	pairing_remove(exchange);
	exchange->state = EXCHANGE_DROPPED;
	exchange_unref(&engine->pool, exchange);
}

void deliver_finished(struct engine *engine, struct exchange *exchange, uint64_t end)
{
	/* Of one proven late, the other end and news of losses may come as late. */
	uint64_t from = exchange->claimed ? engine->time : end;

	exchange->end = end;
	if (exchange->ignored) {
		ignore_end(engine, exchange);
		return;
	}
	exchange->state = EXCHANGE_DONE;
	exchange_ref(exchange);
	if (hold_put(&engine->hold, exchange, from) == 0)
		return;
	/* No room: the first to end goes early, and if there is still none, so does this one. */
	if (engine->hold.count)
		deliver_exchange(engine, hold_take(&engine->hold));
	if (hold_put(&engine->hold, exchange, from) < 0)
		deliver_exchange(engine, exchange);
}

static void retract(struct engine *engine, uint64_t cookie, bool all)
{
	for (size_t i = 0; i < engine->hold.count; i++) {
		struct exchange *exchange = engine->hold.heap[i].exchange;

		if (exchange->cookie != cookie || !(all || exchange->by_position) || exchange->state != EXCHANGE_DONE)
			continue;
		exchange->state = EXCHANGE_DROPPED;
		loss_add(&engine->losses, LOSS_REQUEST_UNPAIRED);
	}
}

void deliver_retract(struct engine *engine, uint64_t cookie)
{
	retract(engine, cookie, false);
}

void deliver_retract_all(struct engine *engine, uint64_t cookie)
{
	retract(engine, cookie, true);
}
