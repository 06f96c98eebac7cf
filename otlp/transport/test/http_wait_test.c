// SPDX-License-Identifier: Apache-2.0
/* That nothing blocks but waiting, and waiting ends. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>

#include "base/clock.h"
#include "otlp/transport/test/http_fixture.h"

/* Names that no name server is needed for: curl looks them up by this, in place of libc's. */
#define HANGING_NAME "hanging.invalid"
#define UNKNOWN_NAME "unknown.invalid"

static sem_t lookup_begun, lookup_may_end, lookup_ended;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret_list)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

	if (name && strcmp(name, HANGING_NAME) == 0) {
		sem_post(&lookup_begun);
		sem_wait(&lookup_may_end);
		sem_post(&lookup_ended);
		return EAI_NONAME;
	}
	if (name && strcmp(name, UNKNOWN_NAME) == 0)
		return EAI_NONAME;
	real = (__typeof__(real))dlsym(RTLD_NEXT, "getaddrinfo");
	return real(name, service, hints, ret_list);
}

static void *wake(void *context)
{
	transport_wake(context);
	return NULL;
}

static void test_wake_ends_waiting(void **state)
{
	struct http_fixture fixture = { .config.signals[OTLP_TRACES].endpoint = (char *)"http://127.0.0.1:1/" };
	pthread_t thread;

	(void)state;
	fixture_open(&fixture);
	/* Before and during; each would else last longer than the test may. */
	transport_wake(fixture.transport);
	transport_wait(fixture.transport, 3600 * NSEC_PER_SEC);
	assert_int_equal(pthread_create(&thread, NULL, wake, fixture.transport), 0);
	transport_wait(fixture.transport, UINT64_MAX);
	pthread_join(thread, NULL);
	fixture_stop(&fixture);
}

static void test_cancel_and_send_again(void **state)
{
	static const struct http_server_answer answers[] = {
		HTTP_SERVER_ANSWER("", HTTP_SERVER_HANG),
		HTTP_SERVER_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_KEEP),
	};
	const struct transport_request request = { .body = SLICE_LITERAL("{}") };
	struct http_fixture fixture = { 0 };
	struct transport_answer answer;

	(void)state;
	FIXTURE_START(&fixture, answers);
	assert_int_equal(transport_send(fixture.transport, &request, clock_monotonic()), 0);
	assert_int_equal(transport_send(fixture.transport, &request, clock_monotonic()), -EINVAL);
	fixture_await_request(&fixture);
	transport_cancel(fixture.transport);
	transport_cancel(fixture.transport);
	assert_false(transport_poll(fixture.transport, clock_monotonic(), &answer));
	assert_int_equal(fixture_exchange(&fixture).verdict, TRANSPORT_DELIVERED);
	/* And freed with something under way. */
	assert_int_equal(transport_send(fixture.transport, &request, clock_monotonic()), 0);
	fixture_stop(&fixture);
}

/* The lookups end only after the transport has gone: whoever waited for them would wait for ever. */
static void test_name_lookup_does_not_block(void **state)
{
	struct http_fixture fixture = { .config.signals = { [OTLP_TRACES].endpoint = (char *)"http://" HANGING_NAME "/",
							    [OTLP_TRACES].timeout = NSEC_PER_SEC / 10,
							    [OTLP_METRICS].endpoint = (char *)"http://" HANGING_NAME } };
	const struct transport_request request = { .signal = OTLP_METRICS };
	struct transport_answer answer;

	(void)state;
	fixture_open(&fixture);
	answer = fixture_exchange(&fixture);
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_string_equal(answer.cause, "cannot connect: time-out");
	sem_wait(&lookup_begun);
	assert_int_equal(transport_send(fixture.transport, &request, clock_monotonic()), 0);
	assert_false(transport_poll(fixture.transport, clock_monotonic(), &answer));
	sem_wait(&lookup_begun);
	transport_cancel(fixture.transport);
	fixture_stop(&fixture);
	for (int i = 0; i < 2; i++)
		sem_post(&lookup_may_end);
	for (int i = 0; i < 2; i++)
		sem_wait(&lookup_ended);
}

static void test_unknown_name(void **state)
{
	struct http_fixture fixture = { .config.signals[OTLP_TRACES].endpoint = (char *)"http://" UNKNOWN_NAME "/" };
	struct transport_answer answer;

	(void)state;
	fixture_open(&fixture);
	answer = fixture_exchange(&fixture);
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_string_equal(answer.cause, "cannot resolve the host's name");
	fixture_stop(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wake_ends_waiting),
		cmocka_unit_test(test_cancel_and_send_again),
		cmocka_unit_test(test_name_lookup_does_not_block),
		cmocka_unit_test(test_unknown_name),
	};

	fixture_environment();
	sem_init(&lookup_begun, 0, 0);
	sem_init(&lookup_may_end, 0, 0);
	sem_init(&lookup_ended, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
