/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP/1.1 server in one thread: keep-alive, Content-Length bodies, nothing else. */
#ifndef WIRESPAN_BENCHMARK_SERVE_H
#define WIRESPAN_BENCHMARK_SERVE_H

#include <stdint.h>

#include "base/slice.h"

#define SERVE_CONNECTIONS_MAX 65536   /* descriptors above are closed at once */
#define SERVE_REQUEST_MAX (64U << 20) /* head and body; a connection with more is closed */

struct serve_handler {
	/* A whole request, its slices valid during the call. Answered now or later, by serve_answer(connection). */
	void (*request)(void *context, uint64_t connection, struct slice head, struct slice body);
	/* May be NULL. Does what is due; nanoseconds until the next time, -1: not before another request. */
	int64_t (*tick)(void *context);
	void *context;
};

/* Serves 127.0.0.1:port, shared with other processes that do (SO_REUSEPORT). Returns only to fail: negative errno. */
int serve(uint16_t port, const struct serve_handler *handler);

/* Sends a whole response; nothing happens where the connection is gone meanwhile. */
void serve_answer(uint64_t connection, struct slice response);

#endif
