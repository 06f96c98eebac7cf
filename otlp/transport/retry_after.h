/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_OTLP_TRANSPORT_RETRY_AFTER_H
#define WIRESPAN_OTLP_TRANSPORT_RETRY_AFTER_H

#include <stdint.h>

#include "base/slice.h"

/*
 * No collector is obeyed for longer: rate limits count in minutes, while a wrong
 * clock, or a hostile answer, would silence the agent for days.
 */
#define RETRY_AFTER_MAX (3600 * UINT64_C(1000000000))

/*
 * The value of a Retry-After header (RFC 9110, 10.2.3: seconds, or an HTTP-date in any
 * of its three forms) as ns from now, at most RETRY_AFTER_MAX; `wall` is the time in ns since the
 * epoch. 0: at once, in the past, or neither of the two.
 */
uint64_t retry_after_read(struct slice value, uint64_t wall);

#endif
