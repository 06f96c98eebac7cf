/* SPDX-License-Identifier: Apache-2.0 */
/* An engine, a connection and what came out, for tests; assertions of cmocka. */
#ifndef WIRESPAN_CORRELATE_TEST_ENGINE_FIXTURE_H
#define WIRESPAN_CORRELATE_TEST_ENGINE_FIXTURE_H

#include "base/clock.h"
#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

struct fixture {
	struct tape tape;
	struct wire wire;
	struct span_list spans;
	struct engine *engine;
};

/* For cmocka_unit_test_setup_teardown. */
int fixture_setup(void **state);
int fixture_setup_with(void **state, uint64_t request_timeout);
int fixture_teardown(void **state);

/* Gives the tape to the engine. */
void fixture_play(struct fixture *f);
/* An exchange at the server's end alone, as where the client is on another host. */
void fixture_serve(struct fixture *f, const char *request, const char *response);
uint64_t fixture_loss(const struct fixture *f, enum loss which);
void assert_no_loss(const struct fixture *f);

/* The only span of that path, which must be there. */
const struct span *server_span(const struct fixture *f, const char *path);
const struct span *client_span(const struct fixture *f, const char *path);
int64_t status_of(const struct span *span);
uint64_t duration(const struct span *span);
void assert_error(const struct span *span, const char *error_type);
void assert_string_attribute(const struct span *span, const char *key, const char *value);

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK(body_length, body) "HTTP/1.1 200 OK\r\nContent-Length: " body_length "\r\n\r\n" body

#endif
