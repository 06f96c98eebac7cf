/* SPDX-License-Identifier: GPL-2.0 */
/* What the hooks that see bytes move tell of a connection's end. */
#ifndef WIRESPAN_BPF_TRACE_STATE_H
#define WIRESPAN_BPF_TRACE_STATE_H

#include "bpf/kernel.h"

#include "bpf/trace/connection.h"

/* Whether a send with this result can't go on, nor can any after it. */
static __always_inline bool send_is_refused(long result)
{
	return result == -EPIPE || result == -ECONNRESET || result == -ETIMEDOUT;
}

/* Such a send was made; it is told of once. Always 0. */
int state_refused(struct connection *connection, __u64 thread);

#endif
