// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/header_capture.h"
#include "correlate/protocol/http1/head.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* A head and what was captured of it. */
struct fixture {
	struct header_capture capture;
	struct query_secrets secrets;
	struct span span;
	char *text;   /* the head's, until it is parsed */
	char *values; /* HEADER_VALUES_MAX */
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char *zeros = calloc(1, HEADER_VALUES_MAX);

	if (!fixture || !zeros)
		return -1;
	fixture->values = guard_copy(zeros, HEADER_VALUES_MAX);
	free(zeros);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	guard_free(fixture->values, HEADER_VALUES_MAX);
	free(fixture);
	return 0;
}

static void capture(struct fixture *fixture, const char *name)
{
	assert_int_equal(header_capture_add(&fixture->capture, HEADER_OF_REQUEST, slice_of_string(name)), 0);
}

static void take(struct fixture *fixture, struct slice request)
{
	struct http_head *head = calloc(1, sizeof(*head));
	char *copy = guard_copy(request.data, request.length);
	struct slice values;

	assert_non_null(head);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(copy, request.length), 0, head), request.length);
	values = header_values_take(&fixture->capture.request, head, &fixture->secrets, fixture->values);
	guard_free(copy, request.length);
	free(head);
	fixture->span.attribute_count = 0;
	header_values_add(&fixture->span, &fixture->capture.request, values);
}

static void assert_items(const struct fixture *fixture, const char *key, struct slice items)
{
	const struct attribute *attribute = span_attribute(&fixture->span, key);

	if (!attribute)
		fail_msg("%s is missing", key);
	assert_int_equal(attribute->type, ATTRIBUTE_STRING_ARRAY);
	assert_int_equal(attribute->string.length, items.length);
	assert_memory_equal(attribute->string.data, items.data, items.length);
}

static void every_field_of_a_name_is_an_item(void **state)
{
	struct fixture *fixture = *state;

	capture(fixture, "X-Tag");
	capture(fixture, "accept");
	capture(fixture, "via");
	take(fixture, SLICE_LITERAL("GET / HTTP/1.1\r\nx-tag: a\r\nAccept: */*\r\nX-TAG: b, c\r\nx-tagged: d\r\n\r\n"));
	assert_int_equal(fixture->span.attribute_count, 2);
	assert_items(fixture, "http.request.header.x-tag", SLICE_LITERAL("a\0b, c"));
	assert_items(fixture, "http.request.header.accept", SLICE_LITERAL("*/*"));
}

static void an_empty_field_is_an_empty_item(void **state)
{
	struct fixture *fixture = *state;

	capture(fixture, "x-tag");
	take(fixture, SLICE_LITERAL("GET / HTTP/1.1\r\nx-tag:\r\n\r\n"));
	assert_items(fixture, "http.request.header.x-tag", SLICE_LITERAL(""));
}

static void a_zero_byte_makes_no_item(void **state)
{
	struct fixture *fixture = *state;

	capture(fixture, "x-tag");
	take(fixture, SLICE_LITERAL("GET / HTTP/1.1\r\nx-tag: a\0b\r\n\r\n"));
	assert_items(fixture, "http.request.header.x-tag", SLICE_LITERAL("a?b"));
}

static void urls_in_values_lose_their_secrets(void **state)
{
	struct fixture *fixture = *state;

	capture(fixture, "referer");
	capture(fixture, "x-original-url");
	capture(fixture, "link");
	assert_int_equal(query_secrets_add(&fixture->secrets, SLICE_LITERAL("PIN")), 0);
	take(fixture, SLICE_LITERAL("GET / HTTP/1.1\r\n"
				    "Referer: https://bob:pw@shop/a?token=abc&x=1#access_token=def\r\n"
				    "X-Original-Url: /a?pin=1234&y=2\r\n"
				    "Link: <http://a/?sig=1>; rel=next, <//u:p@b/c>; rel=last\r\n\r\n"));
	assert_items(fixture, "http.request.header.referer",
		     SLICE_LITERAL("https://REDACTED:REDACTED@shop/a?token=REDACTED&x=1#access_token=REDACTED"));
	assert_items(fixture, "http.request.header.x-original-url", SLICE_LITERAL("/a?pin=REDACTED&y=2"));
	assert_items(fixture, "http.request.header.link",
		     SLICE_LITERAL("<http://a/?sig=REDACTED>; rel=next, <//REDACTED:REDACTED@b/c>; rel=last"));
}

static void values_have_a_maximum(void **state)
{
	static const char begin[] = "GET / HTTP/1.1\r\n", field[] = "x-tag: ";
	struct fixture *fixture = *state;
	size_t each = sizeof(field) - 1 + 2 * HEADER_VALUE_MAX + 2, fields = HEADER_ITEMS_MAX, length;
	char *request = malloc(sizeof(begin) + fields * each + 2), *at = request;

	assert_non_null(request);
	at = mempcpy(at, begin, sizeof(begin) - 1);
	for (size_t i = 0; i < fields; i++) {
		at = mempcpy(at, field, sizeof(field) - 1);
		memset(at, 'v', 2 * HEADER_VALUE_MAX);
		at = mempcpy(at + 2 * HEADER_VALUE_MAX, "\r\n", 2);
	}
	at = mempcpy(at, "\r\n", 2);
	length = (size_t)(at - request);
	capture(fixture, "x-tag");
	capture(fixture, "x-other");
	take(fixture, slice_of(request, length));
	const struct attribute *attribute = span_attribute(&fixture->span, "http.request.header.x-tag");

	assert_non_null(attribute);
	assert_int_equal(attribute->string.length, HEADER_VALUES_MAX - 3);
	assert_int_equal(slice_find(attribute->string, '\0'), HEADER_VALUE_MAX);
	free(request);
}

static void so_have_items(void **state)
{
	struct fixture *fixture = *state;
	char request[1024] = "GET / HTTP/1.1\r\n";
	size_t items = 1;

	for (int i = 0; i < HEADER_ITEMS_MAX + 4; i++)
		strcat(request, "a: b\r\n");
	strcat(request, "\r\n");
	capture(fixture, "A");
	take(fixture, slice_of_string(request));
	const struct attribute *attribute = span_attribute(&fixture->span, "http.request.header.a");

	assert_non_null(attribute);
	for (size_t i = 0; i < attribute->string.length; i++)
		items += !attribute->string.data[i];
	assert_int_equal(items, HEADER_ITEMS_MAX);
}

static void names_of_secrets_are_known(void **state)
{
	static const char *const secret[] = { "Authorization",
					      "PROXY-AUTHORIZATION",
					      "cookie",
					      "Set-Cookie",
					      "X-Api-Key",
					      "x-auth-token",
					      "X-Csrf-Token",
					      "private-token",
					      "X-Amz-Security-Token",
					      "x-session-id",
					      "X-Auth",
					      "My-Secret",
					      "X-CSRFToken",
					      "x-amzn-oidc-accesstoken",
					      "X-Auth-Key",
					      "X-RapidAPI-Key",
					      "token" };
	static const char *const open[] = { "accept",   "x-request-id",      "x-ratelimit-remaining-tokens",
					    "x-author", "www-authenticate",  "etag",
					    "key",      "x-cookies-accepted", "idempotency-key" };
	struct header_capture capture = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		assert_int_equal(header_capture_add(&capture, HEADER_OF_RESPONSE, slice_of_string(secret[i])), -EPERM);
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		assert_false(header_is_secret(slice_of_string(open[i])));
	assert_int_equal(capture.response.count, 0);
}

static void names_are_bounded(void **state)
{
	struct header_capture capture = { 0 };
	char name[HEADER_NAME_MAX + 2];

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_int_equal(header_capture_add(&capture, HEADER_OF_REQUEST, slice_of(name, HEADER_NAME_MAX + 1)), -EINVAL);
	assert_int_equal(header_capture_add(&capture, HEADER_OF_REQUEST, slice_of(name, HEADER_NAME_MAX)), 0);
	assert_int_equal(header_capture_add(&capture, HEADER_OF_RESPONSE, slice_of(name, HEADER_NAME_MAX)), 0);
	assert_int_equal(strlen(capture.response.names[0].key), strlen("http.response.header.") + HEADER_NAME_MAX);
	assert_int_equal(header_capture_add(&capture, HEADER_OF_REQUEST, slice_of("a\0b", 3)), -EINVAL);
	assert_int_equal(header_capture_add(&capture, HEADER_OF_REQUEST, slice_of(NULL, 0)), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_field_of_a_name_is_an_item, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_field_is_an_empty_item, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_zero_byte_makes_no_item, set_up, tear_down),
		cmocka_unit_test_setup_teardown(urls_in_values_lose_their_secrets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_have_a_maximum, set_up, tear_down),
		cmocka_unit_test_setup_teardown(so_have_items, set_up, tear_down),
		cmocka_unit_test(names_of_secrets_are_known),
		cmocka_unit_test(names_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
