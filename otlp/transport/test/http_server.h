/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector that answers what the test says, however wrong: a thread on
 * loopback (the kernel chooses the port) or a Unix socket, with or without TLS.
 * It takes one connection after the other. What goes wrong in it aborts the test.
 */
#ifndef WIRESPAN_OTLP_TRANSPORT_TEST_HTTP_SERVER_H
#define WIRESPAN_OTLP_TRANSPORT_TEST_HTTP_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum http_server_then {
	HTTP_SERVER_KEEP, /* waits for the next request */
	HTTP_SERVER_CLOSE,
	HTTP_SERVER_RESET, /* TCP RST */
	HTTP_SERVER_HANG,  /* until the client leaves */
};

struct http_server_answer {
	struct slice bytes; /* sent as they are once a request has been read */
	enum http_server_then then;
};

#define HTTP_SERVER_ANSWER(text, then) { SLICE_LITERAL(text), then }
#define HTTP_SERVER_REQUESTS_MAX 16

struct http_server_options {
	/* One for each request, the last for all that follow. Live as long as the server. */
	const struct http_server_answer *answers;
	size_t answer_count;
	const char *unix_path;                   /* NULL: loopback */
	const char *certificate_file, *key_file; /* PEM; NULL: no TLS */
	const char *client_ca_file;              /* demands a certificate by it; NULL: none */
};

/* Valid until http_server_stop; once its answer was received. */
struct http_server_request {
	struct slice head; /* with the empty line */
	struct slice body;
};

struct http_server;

struct http_server *http_server_start(const struct http_server_options *options);
/* Ends the thread, whatever it does, resets an open connection, and frees. */
void http_server_stop(struct http_server *server);

uint16_t http_server_port(const struct http_server *server);
/* So far. */
unsigned int http_server_connections(struct http_server *server);
unsigned int http_server_requests(struct http_server *server);
struct http_server_request http_server_request(struct http_server *server, unsigned int index);

#endif
