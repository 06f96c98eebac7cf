// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/order.h"

#include "correlate/engine_state.h"

void in_order_set_exchange(struct in_order *order, struct in_order_direction *direction, struct exchange *exchange)
{
	struct exchange *former = direction->exchange;

	direction->exchange = exchange ? exchange_ref(exchange) : NULL;
	exchange_unref(&order->connection->engine->pool, former);
}

bool in_order_under_way(const struct in_order *order)
{
	return order->directions[RECORD_RECEIVE].exchange || order->directions[RECORD_SEND].exchange;
}

bool in_order_turned(const struct in_order *order, const struct record_data *record)
{
	const struct direction *direction = &order->connection->directions[record->direction];
	bool moved = direction->began && !direction->gapped && direction->other_position &&
		     record->other_position > direction->other_position;

	return moved || (record->header.flags & RECORD_DATA_TURN);
}

struct moment in_order_moment(const struct record_data *record, uint64_t position)
{
	return (struct moment){
		.position = position,
		.other_position = record->other_position,
		.begin = record->begin && record->begin < record->header.time ? record->begin : record->header.time,
		.time = record->header.time,
		.tgid = record->header.tgid,
		.tid = record->header.tid,
		.waits = !(record->header.flags & RECORD_DATA_NONBLOCKING),
	};
}
