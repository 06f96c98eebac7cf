/* SPDX-License-Identifier: Apache-2.0 */
/* A front end that two connections call and that calls a back end, for tests of links; assertions of cmocka. */
#ifndef WIRESPAN_CORRELATE_LINK_TEST_LINK_FIXTURE_H
#define WIRESPAN_CORRELATE_LINK_TEST_LINK_FIXTURE_H

#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

/* Client processes call a front end (200), which calls a back end (300). */
struct link_fixture {
	struct tape tape;
	struct wire first, second; /* to the front end */
	struct wire back;
	struct span_list spans;
	struct engine *engine;
};

/* For cmocka_unit_test_setup_teardown. */
int link_setup(void **state);
/* `options` but for seed and sink. */
int link_setup_with(void **state, struct engine_options options);
int link_teardown(void **state);

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* The only span of that path, which must be there. */
const struct span *span_of(const struct link_fixture *f, enum span_kind kind, const char *path);
/* NULL: it has no parent. */
void assert_evidence(const struct span *span, const char *evidence);
void assert_child(const struct span *child, const struct span *parent, const char *evidence);
/* A call of the front end, and its answer. */
void call_back_end(struct link_fixture *f, const char *request);

#endif
