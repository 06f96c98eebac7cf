/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a protocol is to the engine: how its conversations are followed, and how its exchanges become spans. A
 * protocol is a folder here and a row in the table (table.c). What is said of no protocol in particular stands outside: a
 * conversation begins, ends, fails and drops exchanges by exchange/life.h; which response answers which request is for a
 * building block beside it (in_order.h, by_id.h).
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_PROTOCOL_H
#define WIRESPAN_CORRELATE_PROTOCOL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"

struct connection;
struct engine;
struct exchange;
struct span;

/* All functions are set, but for those that may be NULL. */
struct protocol {
	enum recognised recognised; /* by which the kernel names it; one row's alone */

	/*
	 * Conversations: connection->conversation has so many bytes, zeroed; they are freed after end(). What a
	 * conversation allocates besides stands in connection->message_memory whenever one of these returns.
	 */
	size_t conversation_size;
	/* Before the first record in order, which record() is given next; its first `skip` bytes are known already. */
	void (*begin)(struct connection *connection, const struct record_data *record, uint32_t skip);
	void (*record)(struct connection *connection, const struct record_data *record, uint32_t skip);
	/* Bytes passed that no record will tell of; the loss is counted already. */
	void (*gap)(struct connection *connection, enum record_direction direction, uint64_t position, uint64_t length);
	/* The direction has ended in order. */
	void (*close)(struct connection *connection, enum record_direction direction);
	/* Nothing more will be answered: ends all that is open at `time`. */
	void (*fail)(struct connection *connection, uint64_t time);
	/* Memory ran out: frees what can be spared. Whether a message was under way, which is given up. */
	bool (*give_up)(struct connection *connection);
	/* What was open is forgotten; frees all, and nothing is read any more. Never within one of the others. */
	void (*end)(struct connection *connection);
	/* An exchange of this connection that is not proven to be one (exchange->claimed) takes too long. */
	void (*doubt)(struct connection *connection);
	/* Whether forgetting it now loses a message that is on its way. */
	bool (*under_way)(const struct connection *connection);

	/* Exchanges: exchange->part has so many bytes, of which the first exchange_zeroed are zero at first. */
	size_t exchange_size;
	size_t exchange_zeroed;
	/* Frees what the part has allocated, which exchange_note_storage() was told of. Nothing refers to it any more. */
	void (*forget_text)(struct exchange *exchange);
	/*
	 * Whether a request that was received and one that was sent ask for the same, so that the one is passed on by
	 * the other. Asked only where both name the same function; NULL: nobody passes on.
	 */
	bool (*asks_the_same)(const struct exchange *received, const struct exchange *sent);
	/*
	 * Sets name, kind, status and error_type of the span, and appends attributes; the rest is the caller's. Texts
	 * may lie in `text`, which has SPAN_TEXT_MAX bytes, in the exchange, or be static.
	 */
	void (*fill)(struct engine *engine, struct exchange *exchange, struct span *span, char *text);
};

#endif
