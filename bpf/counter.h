/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the kernel programs count, per CPU. First the losses, then the
 * connections whose reporting ended by what they looked like, as enum recognised has them from
 * RECOGNISED_TLS on.
 */
#ifndef WIRESPAN_BPF_COUNTER_H
#define WIRESPAN_BPF_COUNTER_H

enum kernel_counter {
	COUNTER_RING_FULL_REQUEST_HEAD,
	COUNTER_RING_FULL_RESPONSE_HEAD,
	COUNTER_RING_FULL_OTHER,
	COUNTER_CONNECTION_MAP_FULL,
	COUNTER_PROCESS_MAP_FULL,
	COUNTER_UNREADABLE, /* bytes where a head may begin could not be read */
	COUNTER_LOSSES,     /* end of the losses */

	COUNTER_IGNORED_TLS = COUNTER_LOSSES,
	COUNTER_IGNORED_SSH,
	COUNTER_IGNORED_HTTP2,
	COUNTER_IGNORED_REDIS,
	COUNTER_IGNORED_POSTGRESQL,
	COUNTER_IGNORED_TUNNEL, /* was HTTP/1 until an Upgrade or a CONNECT */
	COUNTER_IGNORED_UNKNOWN,
	COUNTER_IGNORED_FASTCGI,
	COUNTER_COUNT,
};

#endif
