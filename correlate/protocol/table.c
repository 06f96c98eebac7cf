// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/table.h"

#include "correlate/protocol/http1/protocol.h"
#include "correlate/protocol/redis/protocol.h"

const struct protocol *const protocol_table[RECOGNISED_COUNT] = {
	[RECOGNISED_NOT_YET] = &http1_protocol,
	[RECOGNISED_HTTP1] = &http1_protocol,
	[RECOGNISED_REDIS] = &redis_protocol,
};
