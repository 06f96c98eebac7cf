/* SPDX-License-Identifier: Apache-2.0 */
/* A transport, a server that it talks to, and waiting for what comes of it with a bound. */
#ifndef WIRESPAN_OTLP_TRANSPORT_TEST_HTTP_FIXTURE_H
#define WIRESPAN_OTLP_TRANSPORT_TEST_HTTP_FIXTURE_H

#include "otlp/transport/test/http_server.h"
#include "otlp/transport/transport.h"

#define FIXTURE_VERSION "1.2.3"

struct http_fixture {
	struct http_server *server; /* NULL: none */
	struct transport *transport;
	struct otlp_config config; /* to be changed before fixture_open */
	char endpoint[256];
};

/* For the beginning of main: SIGPIPE kills, no proxies from the environment, and an end to whatever hangs. */
void fixture_environment(void);

/* Starts the server; traces go to it by `scheme` ("http", "https"), or by the Unix socket. */
void fixture_serve(struct http_fixture *fixture, const struct http_server_options *options, const char *scheme);
/* Both in one, for loopback without TLS and the time-out 10 s. */
void fixture_open(struct http_fixture *fixture);
void fixture_start(struct http_fixture *fixture, const struct http_server_answer *answers, size_t count);
void fixture_stop(struct http_fixture *fixture);

#define FIXTURE_START(fixture, answers) fixture_start(fixture, answers, sizeof(answers) / sizeof((answers)[0]))

/* Waits, and fails the test after 30 s. */
struct transport_answer fixture_await(struct http_fixture *fixture);
/* Until the server has read a request; fails the test when the transport has its answer before. */
void fixture_await_request(struct http_fixture *fixture);
/* Sends a small protobuf request of traces and waits. */
struct transport_answer fixture_exchange(struct http_fixture *fixture);
struct transport_answer fixture_send(struct http_fixture *fixture, const struct transport_request *request);

/* The value of a header in a request; empty where it is not there. Fails where it is there twice. */
struct slice fixture_header(struct slice head, const char *name);

#endif
