// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/framing.h"

/* Takes the next element off a comma-separated list; commas inside quoted strings do not separate. */
static bool list_next(struct slice *list, struct slice *ret_element)
{
	bool quoted = false;
	size_t i;

	if (list->length == 0)
		return false;
	for (i = 0; i < list->length && (quoted || list->data[i] != ','); i++) {
		if (list->data[i] == '"')
			quoted = !quoted;
		else if (list->data[i] == '\\' && quoted && i + 1 < list->length)
			i++;
	}
	*ret_element = http_trim(slice_head(*list, i));
	*list = slice_from(*list, i + 1);
	return true;
}

/* "5, 5" and repeated fields of one value say it once (RFC 9110, 8.6). */
static void content_length_field(struct http_head *head, struct slice value)
{
	struct slice element;
	uint64_t length;

	/* Nearly always there is one, and it is a number. */
	if (!head->has_content_length && slice_to_u64(value, &head->content_length)) {
		head->has_content_length = true;
		return;
	}
	if (value.length == 0 || value.data[value.length - 1] == ',')
		head->defects |= HTTP_DEFECT_LENGTH_CONFLICT;
	while (list_next(&value, &element)) {
		if (!slice_to_u64(element, &length) || (head->has_content_length && length != head->content_length)) {
			head->defects |= HTTP_DEFECT_LENGTH_CONFLICT;
			return;
		}
		head->has_content_length = true;
		head->content_length = length;
	}
}

/* "identity", which RFC 2616 still knew, is no coding at all. */
static void transfer_encoding_field(struct http_head *head, struct slice value)
{
	struct slice coding;

	while (list_next(&value, &coding)) {
		if (coding.length == 0 || slice_equal_ignoring_case(coding, SLICE_LITERAL("identity")))
			continue;
		head->has_transfer_encoding = true;
		head->chunked = slice_equal_ignoring_case(coding, SLICE_LITERAL("chunked"));
	}
}

static void connection_field(struct http_head *head, struct slice value)
{
	struct slice option;

	while (list_next(&value, &option)) {
		if (slice_equal_ignoring_case(option, SLICE_LITERAL("close")))
			head->connection_close = true;
		else if (slice_equal_ignoring_case(option, SLICE_LITERAL("keep-alive")))
			head->connection_keep_alive = true;
	}
}

static void expect_field(struct http_head *head, struct slice value)
{
	if (slice_equal_ignoring_case(value, SLICE_LITERAL("100-continue")))
		head->expect_continue = true;
}

void http1_framing_field(struct http_head *head, enum http_field_name name, struct slice value)
{
	static void (*const apply[HTTP_FIELD_NAMES])(struct http_head *head, struct slice value) = {
		[HTTP_FIELD_CONNECTION] = connection_field,
		[HTTP_FIELD_CONTENT_LENGTH] = content_length_field,
		[HTTP_FIELD_EXPECT] = expect_field,
		[HTTP_FIELD_TRANSFER_ENCODING] = transfer_encoding_field,
	};

	if (apply[name])
		apply[name](head, value);
}

void http1_framing_settle(struct http_head *head)
{
	if (head->defects & HTTP_DEFECT_LENGTH_CONFLICT) {
		head->has_content_length = false;
		head->content_length = 0;
	}
	if (head->has_transfer_encoding && head->has_content_length)
		head->defects |= HTTP_DEFECT_LENGTH_CONFLICT;
	if (head->has_transfer_encoding && head->minor_version == 0)
		head->defects |= HTTP_DEFECT_OLD_CODING;
}

/* The fields' word, for a message that may have content; `otherwise` where they say nothing. */
static struct http1_framing framing_by_fields(const struct http_head *head, enum http1_body otherwise)
{
	if (head->has_transfer_encoding)
		return (struct http1_framing){ head->chunked ? HTTP1_BODY_CHUNKED : HTTP1_BODY_CLOSE, 0 };
	if (head->has_content_length && head->content_length == 0)
		return (struct http1_framing){ HTTP1_BODY_NONE, 0 };
	if (head->has_content_length)
		return (struct http1_framing){ HTTP1_BODY_LENGTH, head->content_length };
	if (head->defects & HTTP_DEFECT_LENGTH_CONFLICT)
		return (struct http1_framing){ HTTP1_BODY_CLOSE, 0 };
	return (struct http1_framing){ otherwise, 0 };
}

struct http1_framing http1_request_framing(const struct http_head *head)
{
	return framing_by_fields(head, HTTP1_BODY_NONE);
}

struct http1_framing http1_response_framing(const struct http_head *head, struct slice method)
{
	bool success = head->status >= 200 && head->status < 300;

	if (head->status == 101 || (success && slice_equal(method, SLICE_LITERAL("CONNECT"))))
		return (struct http1_framing){ HTTP1_BODY_TUNNEL, 0 };
	if (head->status < 200 || head->status == 204 || head->status == 304 ||
	    slice_equal(method, SLICE_LITERAL("HEAD")))
		return (struct http1_framing){ HTTP1_BODY_NONE, 0 };
	return framing_by_fields(head, HTTP1_BODY_CLOSE);
}
