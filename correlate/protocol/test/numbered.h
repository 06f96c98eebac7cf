/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up protocol that pairs by id. Messages of three bytes: '?' a request, '!' its response, 'x' it is given up, each
 * with two digits, the id: "?07", "!07". A server span is named by its id.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_TEST_NUMBERED_H
#define WIRESPAN_CORRELATE_PROTOCOL_TEST_NUMBERED_H

#include "correlate/protocol/protocol.h"

#define NUMBERED_OPEN_MAX 64

extern const struct protocol numbered_protocol;

#endif
