// SPDX-License-Identifier: Apache-2.0
/* Whom TLS trusts, what it says where it does not, and that it is tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/clock.h"
#include "otlp/transport/test/http_fixture.h"

static const struct http_server_answer ok[] = {
	HTTP_SERVER_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_KEEP),
};

static char directory[] = "/tmp/wirespan-test-XXXXXX";

enum file {
	CA,
	CA_KEY,
	OTHER_CA,
	OTHER_CA_KEY,
	SERVER,
	SERVER_KEY,
	ELSEWHERE,
	ELSEWHERE_KEY,
	CLIENT,
	CLIENT_KEY,
	LOCKED,
	LOCKED_KEY,
	CHANGING_CA,
	MISSING,
	FILES,
};

static char files[FILES][64];

#define PASS_PHRASE "abcd"

static bool have_certificates;

/* A certificate and its key; `more`: options of openssl-req. */
static bool make(enum file certificate, enum file key, const char *more)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -out %s -keyout %s %s "
		 "</dev/null >%s/log 2>&1",
		 files[certificate], files[key], more, directory);
	return system(command) == 0;
}

static bool make_signed(enum file certificate, enum file key, const char *more)
{
	char options[512];

	snprintf(options, sizeof(options), "-CA %s -CAkey %s %s", files[CA], files[CA_KEY], more);
	return make(certificate, key, options);
}

static int make_certificates(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	for (size_t i = 0; i < FILES; i++)
		snprintf(files[i], sizeof(files[i]), "%s/%zu.pem", directory, i);
	if (system("openssl version >/dev/null 2>&1") != 0) {
		print_message("skipped: no certificates without the program openssl\n");
		return 0;
	}
	have_certificates =
		make(CA, CA_KEY, "-nodes -subj /CN=CA") && make(OTHER_CA, OTHER_CA_KEY, "-nodes -subj /CN=Other") &&
		make_signed(SERVER, SERVER_KEY, "-nodes -subj /CN=server -addext subjectAltName=IP:127.0.0.1") &&
		make_signed(ELSEWHERE, ELSEWHERE_KEY, "-nodes -subj /CN=x -addext subjectAltName=DNS:elsewhere") &&
		make_signed(CLIENT, CLIENT_KEY, "-nodes -subj /CN=client") &&
		make_signed(LOCKED, LOCKED_KEY, "-passout pass:" PASS_PHRASE " -subj /CN=client");
	return have_certificates ? 0 : -1;
}

static int remove_certificates(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static void open_tls_answering(struct http_fixture *fixture, const struct http_server_answer *answer,
			       enum file certificate, enum file ca, const char *client_ca)
{
	const struct http_server_options options = {
		.answers = answer,
		.answer_count = 1,
		.certificate_file = files[certificate],
		.key_file = files[certificate + 1],
		.client_ca_file = client_ca,
	};

	if (!have_certificates)
		skip();
	fixture_serve(fixture, &options, "https");
	fixture->config.signals[OTLP_TRACES].ca_file = files[ca];
	fixture_open(fixture);
}

static void open_tls(struct http_fixture *fixture, enum file certificate, enum file ca, const char *client_ca)
{
	open_tls_answering(fixture, ok, certificate, ca, client_ca);
}

static void assert_delivered(struct http_fixture *fixture)
{
	struct transport_answer answer = fixture_exchange(fixture);

	assert_string_equal(answer.cause, "HTTP 200");
	assert_int_equal(answer.verdict, TRANSPORT_DELIVERED);
}

/* Twice, with the same text, which names each of the parts (up to NULL). */
static void assert_fails(struct http_fixture *fixture, ...)
{
	struct transport_answer first = fixture_exchange(fixture), second = fixture_exchange(fixture);
	const char *part;
	va_list parts;

	assert_int_equal(first.verdict, TRANSPORT_RETRY);
	assert_string_equal(first.cause, second.cause);
	va_start(parts, fixture);
	while ((part = va_arg(parts, const char *))) {
		if (!strstr(first.cause, part))
			fail_msg("\"%s\" does not say \"%s\"", first.cause, part);
	}
	va_end(parts);
}

static void test_right_ca(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls(&fixture, SERVER, CA, NULL);
	for (int i = 0; i < 3; i++)
		assert_delivered(&fixture);
	assert_int_equal(http_server_connections(fixture.server), 1);
	fixture_stop(&fixture);
}

static void copy_file(enum file from, enum file to)
{
	char command[160];

	snprintf(command, sizeof(command), "cp %s %s", files[from], files[to]);
	assert_int_equal(system(command), 0);
}

static void test_wrong_ca_that_is_repaired(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	if (!have_certificates)
		skip();
	copy_file(OTHER_CA, CHANGING_CA);
	open_tls(&fixture, SERVER, CHANGING_CA, NULL);
	assert_fails(&fixture, "TLS: SSL certificate problem: ", files[CHANGING_CA], NULL);
	copy_file(CA, CHANGING_CA);
	assert_delivered(&fixture);
	fixture_stop(&fixture);
}

static void test_the_systems_ca(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls(&fixture, SERVER, CA, NULL);
	transport_free(fixture.transport);
	fixture.config.signals[OTLP_TRACES].ca_file = NULL;
	fixture_open(&fixture);
	assert_fails(&fixture, "TLS: ", "(CA: the system's)", NULL);
	fixture_stop(&fixture);
}

static void test_ca_file_that_is_not_there(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls(&fixture, SERVER, MISSING, NULL);
	assert_fails(&fixture, "TLS: ", files[MISSING], NULL);
	fixture_stop(&fixture);
}

static void test_certificate_of_another_host(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls(&fixture, ELSEWHERE, CA, NULL);
	assert_fails(&fixture, "TLS: ", "127.0.0.1", NULL);
	fixture_stop(&fixture);
}

static void test_client_certificate(void **state)
{
	struct http_fixture fixture = { .config.signals[OTLP_TRACES] = { .client_certificate_file = files[CLIENT],
									 .client_key_file = files[CLIENT_KEY] } };

	(void)state;
	open_tls(&fixture, SERVER, CA, files[CA]);
	assert_delivered(&fixture);
	fixture_stop(&fixture);
}

static void test_client_certificate_that_lacks(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls(&fixture, SERVER, CA, files[CA]);
	assert_fails(&fixture, "TLS: ", "certificate required", "(no client certificate)", NULL);
	fixture_stop(&fixture);
}

/* Nobody is asked for a pass phrase: this standard input would tell it. */
static void test_client_key_that_is_locked(void **state)
{
	struct http_fixture fixture = { .config.signals[OTLP_TRACES] = { .client_certificate_file = files[LOCKED],
									 .client_key_file = files[LOCKED_KEY] } };
	int telling[2], input = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(telling), 0);
	assert_int_equal(write(telling[1], PASS_PHRASE "\n", strlen(PASS_PHRASE "\n")), strlen(PASS_PHRASE "\n"));
	close(telling[1]);
	dup2(telling[0], STDIN_FILENO);
	close(telling[0]);
	open_tls(&fixture, SERVER, CA, files[CA]);
	assert_fails(&fixture, "TLS: ", files[LOCKED], files[LOCKED_KEY], NULL);
	fixture_stop(&fixture);
	dup2(input, STDIN_FILENO);
	close(input);
}

/* TLS says goodbye, here to a collector that has left: the fixture has SIGPIPE kill. */
static void test_freeing_survives_a_broken_pipe(void **state)
{
	static const struct http_server_answer hanging[] = { HTTP_SERVER_ANSWER("", HTTP_SERVER_HANG) };
	const struct transport_request request = { .body = SLICE_LITERAL("{}") };
	struct http_fixture fixture = { 0 };

	(void)state;
	open_tls_answering(&fixture, hanging, SERVER, CA, NULL);
	assert_int_equal(transport_send(fixture.transport, &request, clock_monotonic()), 0);
	fixture_await_request(&fixture);
	http_server_stop(fixture.server);
	fixture.server = NULL;
	fixture_stop(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_ca),
		cmocka_unit_test(test_wrong_ca_that_is_repaired),
		cmocka_unit_test(test_the_systems_ca),
		cmocka_unit_test(test_ca_file_that_is_not_there),
		cmocka_unit_test(test_certificate_of_another_host),
		cmocka_unit_test(test_client_certificate),
		cmocka_unit_test(test_client_certificate_that_lacks),
		cmocka_unit_test(test_client_key_that_is_locked),
		cmocka_unit_test(test_freeing_survives_a_broken_pipe),
	};

	fixture_environment();
	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
