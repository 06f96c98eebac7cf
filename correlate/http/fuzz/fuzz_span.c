// SPDX-License-Identifier: Apache-2.0
/* Any request head becomes a span of both kinds, whose texts lie where they may and whose keys are unique. */
#include <assert.h>
#include <stdlib.h>

#include "correlate/http/span.h"
#include "correlate/http/url.h"
#include "correlate/protocol/http1/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char text[SPAN_TEXT_MAX];
static volatile char touched;

/* Fields that the corpus has, in both directions. */
static const char *const captured[] = { "host", "Referer", "user-agent", "accept", "content-type", "x-forwarded-for" };

static struct header_capture headers;
static struct query_secrets secrets;
static struct route_patterns patterns;
static const struct http_disclosure disclosure = { &headers, &secrets };

static void set_up(void)
{
	if (secrets.count)
		return;
	for (size_t i = 0; i < sizeof(captured) / sizeof(captured[0]); i++) {
		assert(header_capture_add(&headers, HEADER_OF_REQUEST, slice_of_string(captured[i])) == 0);
		assert(header_capture_add(&headers, HEADER_OF_RESPONSE, slice_of_string(captured[i])) == 0);
	}
	assert(query_secrets_add(&secrets, SLICE_LITERAL("q")) == 0);
	assert(!route_patterns_add(&patterns, "/a/{b}/*"));
	assert(!route_patterns_add(&patterns, "f*:/x{y}z"));
}

static void check_span(const struct http_exchange *exchange, enum span_kind kind, struct route_table *routes)
{
	static const struct outcome outcome = { .request_complete = true, .response_complete = true };
	static const struct record_connection connection = { .cookie = 1, .family = RECORD_FAMILY_INET6 };
	static struct span span;
	struct route route = { .origin = ROUTE_UNDECIDED };
	const struct http_span_context context = {
		.connection = &connection,
		.outcome = &outcome,
		.routes = { SLICE_LITERAL("fuzz"), &patterns, routes },
		.route = &route,
		.disclosure = &disclosure,
	};

	memset(&span, 0, sizeof span);
	http_span_fill(exchange, kind, &context, &span, text);
	assert(span.name.length > 0 && span.attribute_count < SPAN_ATTRIBUTES_MAX);
	for (size_t i = 0; i < span.attribute_count; i++) {
		const struct attribute *attribute = &span.attributes[i];

		if (attribute->type != ATTRIBUTE_STRING && attribute->type != ATTRIBUTE_STRING_ARRAY)
			continue;
		for (size_t j = 0; j < attribute->string.length; j++)
			touched ^= attribute->string.data[j];
		for (size_t j = 0; j < i; j++)
			assert(!slice_equal(attribute->key, span.attributes[j].key));
	}
}

/* Who asks the same as another is asked the same by it; by path and Host, whoever is sent a URL without password. */
static void check_asked(const struct http_exchange *exchange)
{
	struct http_target target = http_target_split(exchange->method, exchange->target);
	const struct http_asked whole = { exchange->target, exchange->host };
	const struct http_asked path = { target.path, target.authority };
	bool same = http_asks_the_same(exchange->method, whole, path);

	assert(same == http_asks_the_same(exchange->method, path, whole));
	assert(http_asks_the_same(exchange->method, whole, whole));
	if (target.scheme.length && !target.malformed && !target.hides_userinfo && !target.has_query &&
	    !target.path_left_out)
		assert(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_head head;
	struct http_exchange exchange = { .status = 0 };
	struct propagated propagated;
	struct route_table *routes;

	set_up();
	if (http1_parse_head(HTTP_REQUEST, slice_of(data, size), 0, &head) < 0)
		return 0;
	routes = route_table_new();
	if (routes && http_exchange_request(&exchange, &head, &disclosure, &propagated) == 0) {
		/* A head is as good as another: its fields are what counts. */
		head.status = (int)(size % 1000);
		assert(http_exchange_response(&exchange, &head, &disclosure) == 0);
		check_asked(&exchange);
		check_span(&exchange, SPAN_KIND_SERVER, routes);
		check_span(&exchange, SPAN_KIND_CLIENT, routes);
	}
	http_exchange_done(&exchange);
	route_table_free(routes);
	return 0;
}
