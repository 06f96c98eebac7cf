// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/http/span.h"
#include "correlate/protocol/http1/head.h"

static const struct record_connection connection_v4 = {
	.cookie = 1,
	.family = RECORD_FAMILY_INET,
	.local_port = 8000,
	.remote_port = 40000,
	.local_address = { 10, 0, 0, 1 },
	.remote_address = { 10, 0, 0, 2 },
};

static const struct record_connection connection_v6 = {
	.cookie = 1,
	.family = RECORD_FAMILY_INET6,
	.local_port = 8000,
	.remote_port = 40000,
	.local_address = { [15] = 1 },
	.remote_address = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 },
};

static const struct record_connection connection_unix = { .cookie = 1, .family = RECORD_FAMILY_UNIX };

/* An exchange, the span of it, and what the span points to. */
struct fixture {
	struct http_exchange exchange;
	struct propagated propagated;
	struct outcome outcome;
	const struct record_connection *connection;
	struct slice service;
	struct route_patterns *patterns;
	struct route_table *routes;
	struct http_disclosure disclosure;
	struct header_capture headers; /* of `disclosure`, where a test says so */
	struct span span;
	char *text;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	char *zeros = calloc(1, SPAN_TEXT_MAX);

	if (!fixture || !zeros)
		return -1;
	fixture->connection = &connection_v4;
	fixture->service = SLICE_LITERAL("shop");
	fixture->routes = route_table_new();
	fixture->text = guard_copy(zeros, SPAN_TEXT_MAX);
	free(zeros);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	http_exchange_done(&fixture->exchange);
	route_table_free(fixture->routes);
	guard_free(fixture->text, SPAN_TEXT_MAX);
	free(fixture);
	return 0;
}

static void request(struct fixture *fixture, const char *bytes)
{
	size_t length = strlen(bytes);
	char *copy = guard_copy(bytes, length);
	struct http_head *head = calloc(1, sizeof *head);

	assert_non_null(head);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(copy, length), 0, head), length);
	http_exchange_done(&fixture->exchange);
	fixture->outcome = (struct outcome){ 0 };
	assert_int_equal(http_exchange_request(&fixture->exchange, head, &fixture->disclosure, &fixture->propagated), 0);
	/* What is kept must not point into the head. */
	guard_free(copy, length);
	free(head);
}

static void fill(struct fixture *fixture, enum span_kind kind)
{
	struct route route = { .origin = ROUTE_UNDECIDED };
	const struct http_span_context context = {
		.connection = fixture->connection,
		.pid = 42,
		.tid = 43,
		.outcome = &fixture->outcome,
		.routes = { fixture->service, fixture->patterns, fixture->routes },
		.route = &route,
		.disclosure = &fixture->disclosure,
	};

	memset(&fixture->span, 0, sizeof fixture->span);
	http_span_fill(&fixture->exchange, kind, &context, &fixture->span, fixture->text);
}

static void span_of(struct fixture *fixture, enum span_kind kind, const char *bytes, int status)
{
	request(fixture, bytes);
	fixture->exchange.status = status;
	fill(fixture, kind);
}

/* "key=value" of each; "key" alone: it must be missing. Ends with NULL. */
static void expect(const struct fixture *fixture, ...)
{
	va_list list;

	va_start(list, fixture);
	for (const char *item; (item = va_arg(list, const char *));) {
		size_t equals = strcspn(item, "=");
		char key[64], text[64];

		snprintf(key, sizeof key, "%.*s", (int)equals, item);
		const struct attribute *attribute = span_attribute(&fixture->span, key);
		struct slice value = attribute ? attribute->string : slice_of(NULL, 0);

		if (!item[equals]) {
			if (attribute)
				fail_msg("%s is there", key);
			continue;
		}
		if (!attribute)
			fail_msg("%s is missing", key);
		if (attribute->type == ATTRIBUTE_INTEGER) {
			snprintf(text, sizeof text, "%lld", (long long)attribute->integer);
			value = slice_of_string(text);
		} else if (attribute->type == ATTRIBUTE_BOOLEAN) {
			value = slice_of_string(attribute->boolean ? "true" : "false");
		}
		if (!slice_equal(value, slice_of_string(item + equals + 1)))
			fail_msg("%s is %.*s", key, (int)value.length, value.data);
	}
	va_end(list);
}

static void expect_name(const struct fixture *fixture, const char *name)
{
	if (!slice_equal(fixture->span.name, slice_of_string(name)))
		fail_msg("name is %.*s", (int)fixture->span.name.length, fixture->span.name.data);
}

static void expect_no_secret(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->span.attribute_count; i++) {
		const struct attribute *attribute = &fixture->span.attributes[i];

		for (size_t j = 0; attribute->type == ATTRIBUTE_STRING && j < attribute->string.length; j++)
			assert_false(slice_starts_with(slice_from(attribute->string, j), SLICE_LITERAL("secret")));
	}
}

static void test_server(void **state)
{
	struct fixture *fixture = *state;

	request(fixture, "GET /users/42?full=1&token=abc HTTP/1.1\r\nHost: shop.example:8080\r\nUser-Agent: curl/8\r\n"
			 "Authorization: Bearer secret\r\nCookie: sid=secret\r\n\r\n");
	fixture->exchange.status = 200;
	fixture->outcome.request_complete = fixture->outcome.response_complete = true;
	fixture->outcome.request_size = 100;
	fixture->outcome.response_size = 250;
	fixture->exchange.response_body_size = 200;
	fill(fixture, SPAN_KIND_SERVER);
	expect_name(fixture, "GET /users/{id}");
	assert_int_equal(fixture->span.kind, SPAN_KIND_SERVER);
	assert_int_equal(fixture->span.status, SPAN_STATUS_UNSET);
	assert_int_equal(fixture->span.error_type.length, 0);
	expect(fixture, "http.request.method=GET", "http.request.method_original", "http.route=/users/{id}",
	       "wirespan.route.inferred=true", "url.path=/users/42", "url.query=full=1&token=REDACTED",
	       "url.scheme=http", "url.full", "url.template", "server.address=shop.example", "server.port=8080",
	       "client.address=10.0.0.2", "user_agent.original=curl/8", "http.response.status_code=200", "error.type",
	       "http.request.size=100", "http.request.body.size=0", "http.response.size=250",
	       "http.response.body.size=200", "network.transport=tcp", "network.type=ipv4",
	       "network.protocol.version=1.1", "network.protocol.name", "network.peer.address=10.0.0.2",
	       "network.peer.port=40000", "network.local.address=10.0.0.1", "network.local.port=8000", "process.pid=42",
	       "thread.id=43", NULL);
	expect_no_secret(fixture);
}

static void test_client(void **state)
{
	struct fixture *fixture = *state;

	span_of(fixture, SPAN_KIND_CLIENT,
		"POST /orders/7?sig=x HTTP/1.1\r\nHost: back:5001\r\nUser-Agent: curl/8\r\nX-Forwarded-Host: no\r\n\r\n",
		201);
	expect_name(fixture, "POST /orders/{id}");
	expect(fixture, "url.full=http://back:5001/orders/7?sig=REDACTED", "url.template=/orders/{id}", "http.route",
	       "wirespan.route.inferred=true", "server.address=back", "server.port=5001", "client.address", "url.path",
	       "url.query", "url.scheme", "user_agent.original", "http.request.size", "http.response.size", NULL);
}

static void test_routes_off(void **state)
{
	struct fixture *fixture = *state;

	route_table_free(fixture->routes);
	fixture->routes = NULL;
	span_of(fixture, SPAN_KIND_SERVER, "GET /users/42 HTTP/1.1\r\nHost: x\r\n\r\n", 200);
	expect_name(fixture, "GET");
	expect(fixture, "http.route", "wirespan.route.inferred", "url.path=/users/42", NULL);
}

/* What is not found, or not answered, has a known route or none, and claims none of the few there are. */
static void test_only_answers_claim_routes(void **state)
{
	static const int no_proof[] = { 404, 405, 0 };
	struct fixture *fixture = *state;
	char head[128];

	for (int i = 0; i < 3 * ROUTES_MAX; i++) {
		snprintf(head, sizeof head, "GET /wp-%c%c/scan HTTP/1.1\r\nHost: x\r\n\r\n", 'a' + i % 26, 'a' + i / 26);
		span_of(fixture, i % 2 ? SPAN_KIND_SERVER : SPAN_KIND_CLIENT, head, no_proof[i % 3]);
		expect_name(fixture, "GET");
		expect(fixture, "http.route", "url.template", "wirespan.route.inferred", NULL);
	}
	span_of(fixture, SPAN_KIND_SERVER, "GET /users/7 HTTP/1.1\r\nHost: x\r\n\r\n", 500);
	expect_name(fixture, "GET /users/{id}");
	for (int i = 0; i < 3; i++) {
		span_of(fixture, SPAN_KIND_SERVER, "GET /users/8 HTTP/1.1\r\nHost: x\r\n\r\n", no_proof[i]);
		expect_name(fixture, "GET /users/{id}");
		expect(fixture, "http.route=/users/{id}", "wirespan.route.inferred=true", NULL);
	}
}

static void test_methods(void **state)
{
	struct fixture *fixture = *state;

	span_of(fixture, SPAN_KIND_SERVER, "PROPFIND /dav HTTP/1.1\r\nHost: x\r\n\r\n", 207);
	expect_name(fixture, "HTTP /dav");
	expect(fixture, "http.request.method=_OTHER", "http.request.method_original=PROPFIND", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "get / HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	expect(fixture, "http.request.method=_OTHER", "http.request.method_original=get", NULL);
}

static void test_outcome(void **state)
{
	static const struct {
		enum span_kind kind;
		int status;
		const char *transport, *error;
	} cases[] = {
		{ SPAN_KIND_SERVER, 200, "", "" },
		{ SPAN_KIND_SERVER, 404, "", "" },
		{ SPAN_KIND_CLIENT, 399, "", "" },
		{ SPAN_KIND_CLIENT, 404, "", "404" },
		{ SPAN_KIND_SERVER, 500, "", "500" },
		{ SPAN_KIND_CLIENT, 503, "", "503" },
		{ SPAN_KIND_SERVER, 101, "", "" },
		{ SPAN_KIND_CLIENT, 0, "timeout", "timeout" },
		{ SPAN_KIND_CLIENT, 200, "connection_reset", "connection_reset" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice error = slice_of_string(cases[i].error);

		request(fixture, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		fixture->exchange.status = cases[i].status;
		fixture->outcome.error_type = slice_of_string(cases[i].transport);
		fill(fixture, cases[i].kind);
		assert_true(slice_equal(fixture->span.error_type, error));
		assert_int_equal(fixture->span.status, error.length ? SPAN_STATUS_ERROR : SPAN_STATUS_UNSET);
		assert_int_equal(span_attribute(&fixture->span, "error.type") != NULL, error.length > 0);
		assert_int_equal(span_attribute(&fixture->span, "http.response.status_code") != NULL,
				 cases[i].status > 0);
	}
}

static void test_targets(void **state)
{
	struct fixture *fixture = *state;

	span_of(fixture, SPAN_KIND_CLIENT, "GET http://ann:pw@host.example?q HTTP/1.1\r\nHost: other\r\n\r\n", 200);
	expect(fixture, "url.full=http://REDACTED:REDACTED@host.example/?q", "server.address=host.example",
	       "server.port=80", NULL);
	span_of(fixture, SPAN_KIND_CLIENT, "GET https://h/a HTTP/1.1\r\nHost: h\r\n\r\n", 200);
	expect(fixture, "url.full=https://h/a", "server.port=443", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "GET http://h:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n", 200);
	expect(fixture, "url.path=/a", "url.query=b", "url.scheme=http", "server.address=h", "server.port=81", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "CONNECT db.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", 200);
	expect_name(fixture, "CONNECT");
	expect(fixture, "url.path=", "server.address=db.example", "server.port=443", "http.route", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200);
	expect_name(fixture, "OPTIONS");
	expect(fixture, "url.path=*", "http.route", NULL);
	span_of(fixture, SPAN_KIND_CLIENT, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200);
	expect(fixture, "url.full=http://x", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "GET /a? HTTP/1.1\r\nHost: x\r\n\r\n", 200);
	expect(fixture, "url.path=/a", "url.query", NULL);
}

/* A target of no known form is neither a path nor part of a URL; whatever may be userinfo stays home. */
static void test_malformed_targets(void **state)
{
	static const struct {
		const char *target, *full, *path, *query;
	} cases[] = {
		{ "1http://user:secret@host/x", "http://good.example", NULL, NULL },
		{ "averyveryverylongscheme://user:secret@host/x?a=secret", "http://good.example", NULL, NULL },
		{ "http:user:secret@host/x", "http://good.example", NULL, NULL },
		{ "http://user:secret/secret@host/x?a", "http://REDACTED:REDACTED@good.example/x?a", "/x", "a" },
		{ "http://user:p@secret/secret@host", "http://REDACTED:REDACTED@good.example/", "/", NULL },
		{ "http://user:1234/secret@host#y", "http://REDACTED:REDACTED@good.example/", "/", NULL },
		{ "http://registry/@scope/pkg", "http://REDACTED:REDACTED@good.example/pkg", "/pkg", NULL },
		{ "https://user:secret?secret@host/x", "https://good.example", NULL, NULL },
		{ "http://h#secret?x", "http://h/?x", "/", "x" },
		{ "http:///x", "http://good.example", NULL, NULL },
		{ "evil", "http://good.example", NULL, NULL },
		{ "@evil/", "http://good.example", NULL, NULL },
		{ "?token=secret", "http://good.example", NULL, NULL },
		{ "*secret", "http://good.example", NULL, NULL },
		{ "/@scope/pkg?a@b", "http://good.example/@scope/pkg?a@b", "/@scope/pkg", "a@b" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char head[256], full[128], path[64], query[64];

		snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: good.example\r\n\r\n", cases[i].target);
		snprintf(full, sizeof full, "url.full=%s", cases[i].full);
		snprintf(path, sizeof path, cases[i].path ? "url.path=%s" : "url.path", cases[i].path);
		snprintf(query, sizeof query, cases[i].query ? "url.query=%s" : "url.query", cases[i].query);
		span_of(fixture, SPAN_KIND_CLIENT, head, 200);
		expect(fixture, full, NULL);
		expect_no_secret(fixture);
		span_of(fixture, SPAN_KIND_SERVER, head, 200);
		expect(fixture, path, query, NULL);
		expect_no_secret(fixture);
	}
	span_of(fixture, SPAN_KIND_CLIENT, "CONNECT http://user:secret@h/x?secret HTTP/1.1\r\nHost: h\r\n\r\n", 200);
	expect(fixture, "url.full=http://h", "server.address=h", NULL);
	span_of(fixture, SPAN_KIND_CLIENT, "GET /a HTTP/1.1\r\nHost: h:secret/secret\r\n\r\n", 200);
	expect(fixture, "url.full=http://h/a", "server.address=h", "server.port=80", NULL);
}

static void test_hosts(void **state)
{
	struct fixture *fixture = *state;

	fixture->connection = &connection_v6;
	span_of(fixture, SPAN_KIND_CLIENT, "GET /a HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", 200);
	expect(fixture, "url.full=http://[::1]:81/a", "server.address=::1", "server.port=81", "network.type=ipv6",
	       "network.peer.address=2001:db8::2", "network.local.address=::1", NULL);
	span_of(fixture, SPAN_KIND_CLIENT, "GET /a HTTP/1.0\r\n\r\n", 200);
	expect(fixture, "url.full=http://[2001:db8::2]:40000/a", "server.address=2001:db8::2", "server.port=40000",
	       "network.protocol.version=1.0", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "GET /a HTTP/1.0\r\n\r\n", 200);
	expect(fixture, "server.address", "server.port", NULL);
	span_of(fixture, SPAN_KIND_SERVER, "GET /a HTTP/1.1\r\nHost: x:99999\r\n\r\n", 200);
	expect(fixture, "server.address=x", "server.port=80", NULL);
	fixture->connection = &connection_v4;
	span_of(fixture, SPAN_KIND_CLIENT, "GET /a HTTP/1.1\r\nHost: ann:pw@x\r\n\r\n", 200);
	expect(fixture, "url.full=http://REDACTED:REDACTED@x/a", "server.address=x", NULL);
	fixture->connection = &connection_unix;
	span_of(fixture, SPAN_KIND_SERVER, "GET /a HTTP/1.1\r\nHost: docker\r\n\r\n", 200);
	expect(fixture, "server.address=docker", "network.transport=unix", "network.peer.address", "network.peer.port",
	       "network.type", "client.address", NULL);
}

static void test_forwarded(void **state)
{
	struct fixture *fixture = *state;

	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in:1\r\nX-Forwarded-For: 192.0.2.1, 10.9.9.9\r\n"
		"X-Forwarded-Proto: HTTPS\r\nX-Forwarded-Host: www.example\r\n\r\n",
		200);
	expect(fixture, "client.address=192.0.2.1", "url.scheme=https", "server.address=www.example", "server.port=443",
	       NULL);
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in:1\r\nX-Forwarded-For: 192.0.2.1\r\n"
		"Forwarded: For=\"[2001:db8::7]:4711\";proto=https ; host=\"a,b;c.example:8443\", for=10.0.0.9\r\n\r\n",
		200);
	expect(fixture, "client.address=2001:db8::7", "url.scheme=https", "server.address=a,b;c.example",
	       "server.port=8443", NULL);
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in:1\r\nForwarded: for=unknown;proto=\"no scheme\"\r\n"
		"X-Forwarded-For: 2001:db8::8\r\n\r\n",
		200);
	expect(fixture, "client.address=2001:db8::8", "url.scheme=http", "server.address=in", NULL);
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\nForwarded: for=_hidden, for=\"x\r\nX-Forwarded-For: 192.0.2.1:99\r\n\r\n",
		200);
	expect(fixture, "client.address=192.0.2.1", NULL);
}

static void test_quoted_forwarded(void **state)
{
	struct fixture *fixture = *state;

	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\n"
		"Forwarded: for=\"192.\\0.2\\.1\";host=\"shop\\.example\";proto=\"http\\s\"\r\n\r\n",
		200);
	expect(fixture, "client.address=192.0.2.1", "server.address=shop.example", "server.port=443", "url.scheme=https",
	       NULL);
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\nForwarded: for=\"\\\"x,y\\\\\";host=\"a\\\"\"\r\n\r\n", 200);
	expect(fixture, "client.address=10.0.0.2", "server.address=a\"", NULL);
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\nX-Forwarded-For: \"[2001:db8::7]:4711\", 10.0.0.9\r\n"
		"X-Forwarded-Proto: \"https\"\r\nX-Forwarded-Host: \"shop.example:8443\"\r\n\r\n",
		200);
	expect(fixture, "client.address=2001:db8::7", "server.address=shop.example", "server.port=8443",
	       "url.scheme=https", NULL);
	/* A quote that nothing closes. */
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\nX-Forwarded-For: \"192.0.2.1, 10.0.0.9\r\n\r\n", 200);
	expect(fixture, "client.address=10.0.0.2", NULL);
}

/* RFC 9112, 5.2: as a space. */
static void test_folded_values(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(header_capture_add(&fixture->headers, HEADER_OF_REQUEST, SLICE_LITERAL("x-note")), 0);
	fixture->disclosure.headers = &fixture->headers;
	span_of(fixture, SPAN_KIND_SERVER,
		"GET / HTTP/1.1\r\nHost: in\r\nUser-Agent: curl/8 \r\n\t (x\r\n  y)\r\n"
		"X-Forwarded-For: 192.0.2.1,\r\n 10.0.0.9\r\nX-Note: a  b\r\n c\td\n\te\r\n"
		"traceparent:\r\n 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
		"tracestate: a=1,\r\n b=2\r\n\t3\r\n\r\n",
		200);
	expect(fixture, "user_agent.original=curl/8 (x y)", "client.address=192.0.2.1",
	       "http.request.header.x-note=a  b c\td e", NULL);
	assert_true(fixture->propagated.has_remote);
	assert_true(slice_equal(fixture->propagated.trace_state, SLICE_LITERAL("a=1,b=2 3")));
}

static void test_secrets(void **state)
{
	static const struct {
		const char *query, *redacted;
	} cases[] = {
		{ "a=1&X-Amz-Signature=s&b=2", "a=1&X-Amz-Signature=REDACTED&b=2" },
		{ "sig=s&SIG=s", "sig=REDACTED&SIG=s" },
		{ "AWSAccessKeyId=s&X-Goog-Signature=s", "AWSAccessKeyId=REDACTED&X-Goog-Signature=REDACTED" },
		{ "Password=s&API_KEY=s", "Password=REDACTED&API_KEY=REDACTED" },
		{ "user[password]=s&user%5Bpasswd%5D=s", "user[password]=REDACTED&user%5Bpasswd%5D=REDACTED" },
		{ "access%5Ftoken=s%26t=u", "access%5Ftoken=REDACTED" },
		{ "token=a;b=c&d", "token=REDACTED&d" },
		{ "x=1;token=a", "x=1;token=REDACTED" },
		{ "token=a=b", "token=REDACTED" },
		{ "token=", "token=" },
		{ "token", "token" },
		{ "tokens=1&mytoken=2", "tokens=1&mytoken=2" },
		{ "&&;=;&", "&&;=;&" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char head[256], expected[256];

		snprintf(head, sizeof head, "GET /a?%s HTTP/1.1\r\nHost: x\r\n\r\n", cases[i].query);
		span_of(fixture, SPAN_KIND_SERVER, head, 200);
		snprintf(expected, sizeof expected, "url.query=%s", cases[i].redacted);
		expect(fixture, expected, NULL);
		span_of(fixture, SPAN_KIND_CLIENT, head, 200);
		snprintf(expected, sizeof expected, "url.full=http://x/a?%s", cases[i].redacted);
		expect(fixture, expected, NULL);
	}
}

#define TRACE_PARENT "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static void test_trace_context(void **state)
{
	struct fixture *fixture = *state;
	const struct propagated *exchange = &fixture->propagated;

	request(fixture,
		"GET / HTTP/1.1\r\nTraceparent: " TRACE_PARENT "\r\ntracestate: a=1 ,b=2\r\nTraceState: c=3\r\n\r\n");
	assert_true(exchange->has_remote);
	assert_int_equal(exchange->remote.trace_id[0], 0x0a);
	assert_true(slice_equal(exchange->trace_state, SLICE_LITERAL("a=1,b=2,c=3")));
	request(fixture, "GET / HTTP/1.1\r\ntraceparent: " TRACE_PARENT "\r\ntracestate: a\r\n\r\n");
	assert_true(exchange->has_remote);
	assert_int_equal(exchange->trace_state.length, 0);
	request(fixture, "GET / HTTP/1.1\r\ntraceparent: x\r\ntracestate: a=1\r\n\r\n");
	assert_false(exchange->has_remote);
	assert_int_equal(exchange->trace_state.length, 0);
	request(fixture, "GET / HTTP/1.1\r\ntraceparent: " TRACE_PARENT "\r\ntraceparent: " TRACE_PARENT "\r\n\r\n");
	assert_false(exchange->has_remote);
}

/* Long values are cut; the span is complete nevertheless. */
static void test_bounds(void **state)
{
	static const char secrets[] = "sig=a;";
	struct fixture *fixture = *state;
	char *head = malloc(32768);
	size_t length = 0;

	assert_non_null(head);
	length += (size_t)sprintf(head, "GET /?");
	for (int i = 0; i < 2000; i++)
		length += (size_t)sprintf(head + length, "%s&", secrets);
	length += (size_t)sprintf(head + length, " HTTP/1.1\r\nHost: x\r\nUser-Agent: ");
	memset(head + length, 'u', 3000);
	length += 3000;
	length += (size_t)sprintf(head + length, "\r\ntraceparent: " TRACE_PARENT "\r\ntracestate: a=1");
	for (int i = 0; i < 20; i++)
		length += (size_t)sprintf(head + length, ",k%d=%0100d", i, i);
	sprintf(head + length, "\r\n\r\n");
	for (int i = 0; i < 2; i++) {
		span_of(fixture, i ? SPAN_KIND_CLIENT : SPAN_KIND_SERVER, head, 200);
		assert_int_equal(fixture->exchange.target.length, HTTP_EXCHANGE_TARGET_MAX);
		assert_int_equal(fixture->exchange.user_agent.length, HTTP_EXCHANGE_FIELD_MAX);
		assert_in_range(fixture->propagated.trace_state.length, 900, HTTP_EXCHANGE_FIELD_MAX);
		assert_in_range(fixture->exchange.storage_size, 1, 12 * 1024);
		expect_name(fixture, "GET /");
	}
	free(head);
}

static void secrets_may_be_added(void **state)
{
	struct fixture *fixture = *state;
	struct query_secrets secrets = { .count = 0 };

	fixture->disclosure.secrets = &secrets;
	assert_int_equal(query_secrets_add(&secrets, SLICE_LITERAL("Pin")), 0);
	assert_int_equal(query_secrets_add(&secrets, SLICE_LITERAL("")), -EINVAL);
	span_of(fixture, SPAN_KIND_SERVER, "GET /a?pin=1&p%49N=2&user[PIN]=3&pins=4&token=5 HTTP/1.1\r\n\r\n", 200);
	expect(fixture, "url.query=pin=REDACTED&p%49N=REDACTED&user[PIN]=REDACTED&pins=4&token=REDACTED", NULL);
	span_of(fixture, SPAN_KIND_CLIENT, "GET /a?pin=1 HTTP/1.1\r\nHost: h\r\n\r\n", 200);
	expect(fixture, "url.full=http://h/a?pin=REDACTED", NULL);
}

static void fields_are_captured_on_demand(void **state)
{
	static struct header_capture headers;
	struct fixture *fixture = *state;
	struct http_head *head = calloc(1, sizeof *head);
	struct slice response = SLICE_LITERAL("HTTP/1.1 200 OK\r\nETag: x\r\nHost: no\r\n\r\n");

	assert_non_null(head);
	assert_int_equal(header_capture_add(&headers, HEADER_OF_REQUEST, SLICE_LITERAL("Host")), 0);
	assert_int_equal(header_capture_add(&headers, HEADER_OF_RESPONSE, SLICE_LITERAL("ETag")), 0);
	fixture->disclosure.headers = &headers;
	request(fixture, "GET / HTTP/1.1\r\nHost: h\r\nETag: no\r\n\r\n");
	assert_int_equal(http1_parse_head(HTTP_RESPONSE, response, 0, head), response.length);
	size_t before = fixture->exchange.storage_size;

	assert_int_equal(http_exchange_response(&fixture->exchange, head, &fixture->disclosure), 0);
	assert_true(fixture->exchange.storage_size > before);
	free(head);
	fill(fixture, SPAN_KIND_SERVER);
	expect(fixture, "http.request.header.host=h", "http.response.header.etag=x", "http.request.header.etag",
	       "http.response.header.host", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_client, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_routes_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_answers_claim_routes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_methods, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_outcome, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_targets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_malformed_targets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hosts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forwarded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_quoted_forwarded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_folded_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_secrets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trace_context, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_may_be_added, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fields_are_captured_on_demand, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
