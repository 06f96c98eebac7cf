// SPDX-License-Identifier: Apache-2.0
/*
 * The head parser. The first byte's lowest bit chooses request or response, the
 * rest is input. A head must be the same whether it comes whole or byte by byte.
 */
#include <stdlib.h>

#include "correlate/protocol/http1/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool is_inside(struct slice view, struct slice input)
{
	return view.data >= input.data && view.length <= input.length &&
	       (size_t)(view.data - input.data) <= input.length - view.length;
}

static void check_request(const struct http_head *head, struct slice input)
{
	enum http1_body body = http1_request_framing(head).body;

	require(is_inside(head->method, input) && is_inside(head->target, input));
	require(head->method.length > 0 && head->method.length <= HTTP_METHOD_MAX && head->target.length > 0);
	require(body != HTTP1_BODY_TUNNEL);
}

static void check_response(const struct http_head *head)
{
	require(head->status >= 100 && head->status <= 999);
	require(http1_response_framing(head, SLICE_LITERAL("HEAD")).body == HTTP1_BODY_NONE || head->status == 101);
	require(http1_response_framing(head, SLICE_LITERAL("GET")).body != HTTP1_BODY_TUNNEL || head->status == 101);
}

/* A value unfolded has no line break, and one without is what it was. */
static void check_unfolded(const struct http_head *head, struct slice value)
{
	char *text = malloc(value.length ? value.length : 1);
	size_t length;

	require(text);
	length = http_unfold(value, text);
	require(length <= value.length && slice_find(slice_of(text, length), '\n') == length &&
		slice_find(slice_of(text, length), '\r') == length);
	require(http_has_breaks(head) || slice_equal(slice_of(text, length), value));
	free(text);
}

static void check_head(const struct http_head *head, struct slice input)
{
	require(head->minor_version == 0 || head->minor_version == 1);
	require(head->field_count <= HTTP_FIELDS_MAX);
	for (size_t i = 0; i < head->field_count; i++) {
		require(is_inside(head->fields[i].name, input) && is_inside(head->fields[i].value, input));
		require(head->fields[i].name.length > 0);
		check_unfolded(head, head->fields[i].value);
	}
	require(!head->chunked || head->has_transfer_encoding);
	if (head->message == HTTP_REQUEST)
		check_request(head, input);
	else
		check_response(head);
}

/* The whole input's result, found by giving one byte more each time. */
static void check_in_pieces(enum http_message message, struct slice input, ssize_t whole)
{
	ssize_t result = HTTP1_NEED_MORE;
	struct http_head head;
	size_t length = 0;

	while (length < input.length && result == HTTP1_NEED_MORE) {
		length++;
		result = http1_parse_head(message, slice_head(input, length), length - 1, &head);
		if (whole > 0 && length < 600)
			require(http1_may_begin(message, slice_head(input, length)));
	}
	require(result == whole);
	if (whole > 0)
		require(length == (size_t)whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum http_message message;
	struct slice input;
	struct http_head head;
	ssize_t length;

	if (size < 1)
		return 0;
	message = data[0] & 1 ? HTTP_RESPONSE : HTTP_REQUEST;
	input = slice_of(data + 1, size - 1);
	length = http1_parse_head(message, input, 0, &head);
	if (length > 0) {
		require((size_t)length <= input.length && length <= HTTP1_HEAD_MAX);
		check_head(&head, slice_head(input, (size_t)length));
	}
	check_in_pieces(message, input, length);
	return 0;
}
