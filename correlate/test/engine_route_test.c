// SPDX-License-Identifier: Apache-2.0
/* The routes of both ends of an exchange. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/http/route/pattern.h"
#include "correlate/link/test/link_fixture.h"

#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

static struct route_patterns patterns;

static int setup(void **state)
{
	struct link_fixture *f;
	int result;

	memset(&patterns, 0, sizeof patterns);
	result = link_setup_with(state, (struct engine_options){ .infer_routes = true, .route_patterns = &patterns });
	f = *state;
	tape_process(&f->tape, 200, "/usr/bin/shop");
	return result;
}

static struct slice route_on(const struct span *span)
{
	const char *key = span->kind == SPAN_KIND_SERVER ? "http.route" : "url.template";
	const struct attribute *attribute = span_attribute(span, key);

	return attribute ? attribute->string : slice_of(NULL, 0);
}

/* The spans of that path, of one end or both, say so; NULL: they have none. */
static void expect(const struct link_fixture *f, const char *path, size_t spans, const char *route, bool inferred)
{
	size_t found = 0;

	for (size_t i = 0; i < f->spans.count; i++) {
		const struct span *span = f->spans.spans[i];
		const struct attribute *url = span_attribute(span, "url.full");
		struct slice shown;

		url = url ? url : span_attribute(span, "url.path");
		shown = slice_from(url->string, url->string.length - strlen(path));
		if (url->string.length < strlen(path) || !slice_equal(shown, slice_of_string(path)))
			continue;
		found++;
		if (!slice_equal(route_on(span), slice_of_string(route)))
			fail_msg("%s: %.*s", path, (int)route_on(span).length, route_on(span).data);
		assert_int_equal(span_attribute(span, "wirespan.route.inferred") != NULL, inferred);
	}
	assert_int_equal(found, spans);
}

static void call(struct link_fixture *f, const char *path, const char *response)
{
	char request[256];

	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: front\r\n\r\n", path);
	tape_request(&f->tape, &f->first, request);
	tape_response(&f->tape, &f->first, response);
	tape_wait(&f->tape, NSEC_PER_SEC);
}

static void both_ends_of_what_is_not_found(void **state)
{
	struct link_fixture *f = *state;

	call(f, "/users/1", NOT_FOUND);
	call(f, "/users/2", OK);
	call(f, "/users/3", NOT_FOUND);
	tape_play(&f->tape, f->engine);
	expect(f, "/users/1", 2, NULL, false);
	expect(f, "/users/2", 2, "/users/{id}", true);
	expect(f, "/users/3", 2, "/users/{id}", true);
}

/* The client is through before the server's call has returned. */
static void whichever_end_is_first(void **state)
{
	struct link_fixture *f = *state;

	call(f, "/users/2", OK);
	tape_request(&f->tape, &f->first, GET("/users/3"));
	tape_receive(&f->tape, &f->first.client, NOT_FOUND);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_send(&f->tape, &f->first.server, NOT_FOUND);
	tape_play(&f->tape, f->engine);
	expect(f, "/users/3", 2, "/users/{id}", true);
}

static void both_ends_of_siblings(void **state)
{
	struct link_fixture *f = *state;
	char path[64];

	for (int i = 0; i < 26; i++) {
		snprintf(path, sizeof path, "/u/user%c/repo", 'a' + i);
		call(f, path, OK);
	}
	tape_play(&f->tape, f->engine);
	for (int i = 0; i < 26; i++) {
		snprintf(path, sizeof path, "/u/user%c/repo", 'a' + i);
		expect(f, path, 2, i < 20 ? path : "/u/{id}/repo", true);
	}
	assert_int_equal(engine_losses(f->engine)->count[LOSS_ROUTE_LIMIT], 0);
}

static void what_is_given_is_of_who_answers(void **state)
{
	struct link_fixture *f = *state;

	assert_null(route_patterns_add(&patterns, "shop:/tag/{tag}"));
	assert_null(route_patterns_add(&patterns, "other:/tag/{no}"));
	assert_null(route_patterns_add(&patterns, "api.example:/x/{y}"));
	call(f, "/tag/a", OK);
	call(f, "/tag/b", NOT_FOUND);
	call(f, "/cart/a", OK);
	/* Of a server that nobody traces, the host stands for the service. */
	tape_send(&f->tape, &f->back.client, "GET /x/a HTTP/1.1\r\nHost: api.example:8080\r\n\r\n");
	tape_receive(&f->tape, &f->back.client, OK);
	tape_play(&f->tape, f->engine);
	expect(f, "/tag/a", 2, "/tag/{tag}", false);
	expect(f, "/tag/b", 2, "/tag/{tag}", false);
	expect(f, "/cart/a", 2, "/cart/a", true);
	expect(f, "/x/a", 1, "/x/{y}", false);
}

static void hosts_do_not_share_routes(void **state)
{
	struct link_fixture *f = *state;

	tape_send(&f->tape, &f->back.client, "GET /a HTTP/1.1\r\nHost: one\r\n\r\n");
	tape_receive(&f->tape, &f->back.client, OK);
	tape_send(&f->tape, &f->back.client, "GET /a HTTP/1.1\r\nHost: two\r\n\r\n");
	tape_receive(&f->tape, &f->back.client, NOT_FOUND);
	tape_play(&f->tape, f->engine);
	assert_int_equal(f->spans.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct span *span = f->spans.spans[i];
		bool found = span_attribute(span, "http.response.status_code")->integer == 200;

		assert_true(slice_equal(route_on(span), found ? SLICE_LITERAL("/a") : slice_of(NULL, 0)));
	}
}

static void the_limit_is_counted(void **state)
{
	struct link_fixture *f = *state;
	char path[64];

	for (int i = 0; i < 210; i++) {
		snprintf(path, sizeof path, "/place%c/x/y%c", 'a' + i / 15, 'a' + i % 15);
		call(f, path, OK);
	}
	tape_play(&f->tape, f->engine);
	expect(f, "/placen/x/yo", 2, "/*", true);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_ROUTE_LIMIT], 2 * 10);
	assert_non_null(span_attribute(f->spans.spans[f->spans.count - 1], "wirespan.loss"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_ends_of_what_is_not_found), TEST(whichever_end_is_first),    TEST(both_ends_of_siblings),
		TEST(what_is_given_is_of_who_answers), TEST(hosts_do_not_share_routes), TEST(the_limit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
