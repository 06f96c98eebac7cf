/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.0 and HTTP/1.1 message heads and framing: RFC 9112 (syntax, framing),
 * RFC 9110 (fields). Pure: bytes in; consumed, need more or error out; all
 * results are views into the input.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_HEAD_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_HEAD_H

#include <stdint.h>
#include <sys/types.h>

#include "correlate/http/head.h"
#include "correlate/protocol/http1/framing.h"

#define HTTP1_HEAD_MAX 65536  /* longest head; node takes 16 KiB, nginx 32, Apache 64+ by configuration */

enum { HTTP1_NEED_MORE = -1, HTTP1_ERROR = -2 };

/*
 * Parses a head that begins at input.data[0]. `seen` is how many leading bytes a
 * former call on the same head has already been given (0 at first): a head that
 * arrives byte by byte costs linear time. Returns the head's length with its
 * empty line; HTTP1_NEED_MORE; HTTP1_ERROR (also past HTTP1_HEAD_MAX).
 * *ret_head is written only on success and points into `input`.
 */
ssize_t http1_parse_head(enum http_message message, struct slice input, size_t seen, struct http_head *ret_head);

/* Whether `input` can begin such a head; true also for a too short input that still may. */
bool http1_may_begin(enum http_message message, struct slice input);

/* Whether it is a method that is registered or widely used: more than any word before a target. */
bool http1_method_is_known(struct slice method);

/*
 * Whether `input` begins with a whole request line of a known method: a request, where one may begin. What may stand
 * before it that nobody followed, the end of a body, would look like a part of the method.
 */
bool http1_begins_request(struct slice input);

#endif
