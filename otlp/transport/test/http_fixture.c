// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/test/http_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"

#define AWAIT_MAX (30 * NSEC_PER_SEC)
#define TEST_SECONDS_MAX 100

void fixture_environment(void)
{
	static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
					       "ALL_PROXY",  "no_proxy",    "NO_PROXY" };

	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
		unsetenv(proxies[i]);
	alarm(TEST_SECONDS_MAX);
}

void fixture_serve(struct http_fixture *fixture, const struct http_server_options *options, const char *scheme)
{
	fixture->server = http_server_start(options);
	if (options->unix_path)
		snprintf(fixture->endpoint, sizeof(fixture->endpoint), "unix:%s", options->unix_path);
	else
		snprintf(fixture->endpoint, sizeof(fixture->endpoint), "%s://127.0.0.1:%u/v1/traces", scheme,
			 http_server_port(fixture->server));
	fixture->config.signals[OTLP_TRACES].endpoint = fixture->endpoint;
}

void fixture_open(struct http_fixture *fixture)
{
	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		if (!fixture->config.signals[i].timeout)
			fixture->config.signals[i].timeout = 10 * NSEC_PER_SEC;
	}
	assert_int_equal(transport_http_new(&fixture->config, FIXTURE_VERSION, &fixture->transport), 0);
}

void fixture_start(struct http_fixture *fixture, const struct http_server_answer *answers, size_t count)
{
	const struct http_server_options options = { .answers = answers, .answer_count = count };

	fixture_serve(fixture, &options, "http");
	fixture_open(fixture);
}

void fixture_stop(struct http_fixture *fixture)
{
	transport_free(fixture->transport);
	if (fixture->server)
		http_server_stop(fixture->server);
}

struct transport_answer fixture_await(struct http_fixture *fixture)
{
	uint64_t deadline = clock_monotonic() + AWAIT_MAX;
	struct transport_answer answer;

	while (!transport_poll(fixture->transport, clock_monotonic(), &answer)) {
		if (clock_monotonic() >= deadline)
			fail_msg("no answer after %llu s", (unsigned long long)(AWAIT_MAX / NSEC_PER_SEC));
		transport_wait(fixture->transport, NSEC_PER_SEC);
	}
	return answer;
}

void fixture_await_request(struct http_fixture *fixture)
{
	struct transport_answer answer;

	while (http_server_requests(fixture->server) == 0) {
		assert_false(transport_poll(fixture->transport, clock_monotonic(), &answer));
		transport_wait(fixture->transport, NSEC_PER_MSEC);
	}
}

struct transport_answer fixture_send(struct http_fixture *fixture, const struct transport_request *request)
{
	assert_int_equal(transport_send(fixture->transport, request, clock_monotonic()), 0);
	return fixture_await(fixture);
}

struct transport_answer fixture_exchange(struct http_fixture *fixture)
{
	const struct transport_request request = { .signal = OTLP_TRACES, .body = SLICE_LITERAL("\x0a\x00") };

	return fixture_send(fixture, &request);
}

struct slice fixture_header(struct slice head, const char *name)
{
	struct slice found = { 0 };

	while (head.length) {
		struct slice line = slice_head(head, slice_find(head, '\n'));
		size_t colon = slice_find(line, ':');

		if (slice_equal_ignoring_case(slice_head(line, colon), slice_of_string(name))) {
			assert_null(found.data);
			found = slice_trim(slice_head(slice_from(line, colon + 1), line.length - colon - 2));
		}
		head = slice_from(head, line.length + 1);
	}
	return found;
}
