// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/response.h"

#include <errno.h>

#include "base/ascii.h"
#include "otlp/transport/response_decode.h"
#include "otlp/encode/utf8.h"

/* Sanitizing shrinks text to three quarters at worst: a character cut at the end of so much never reaches the message. */
#define TEXT_TAKEN_MAX (2 * RESPONSE_MESSAGE_MAX)

struct decoder {
	bool (*response)(struct slice body, struct response_view *ret);
	bool (*status)(struct slice body, struct response_view *ret);
	void (*done)(struct response_view *view);
};

static const struct decoder decoders[] = {
	[OTLP_PROTOBUF] = { response_protobuf, status_protobuf, view_protobuf_done },
	[OTLP_JSON] = { response_json, status_json, view_json_done },
};

/* The words of the text with one space between them; at most TEXT_TAKEN_MAX bytes. */
static size_t collapse_spaces(struct slice text, char *destination)
{
	size_t length = 0;

	for (size_t i = 0; i < text.length && length < TEXT_TAKEN_MAX; i++) {
		if (!ascii_is_space(text.data[i]))
			destination[length++] = text.data[i];
		else if (length && destination[length - 1] != ' ')
			destination[length++] = ' ';
	}
	while (length && destination[length - 1] == ' ')
		length--;
	return length;
}

static void set_message(struct otlp_response *response, struct slice text)
{
	char collapsed[TEXT_TAKEN_MAX], clean[UTF8_SANITIZED_MAX(TEXT_TAKEN_MAX)];
	size_t length = collapse_spaces(text, collapsed), taken = 0, size;
	struct slice rest = slice_of(clean, utf8_sanitize_for_terminal(slice_of(collapsed, length), clean));
	bool valid;

	while (rest.length) {
		utf8_decode(rest, &size, &valid);
		if (taken + size >= sizeof(response->message))
			break;
		memcpy(response->message + taken, rest.data, size);
		taken += size;
		rest = slice_from(rest, size);
	}
	response->message[taken] = '\0';
}

int response_read(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret)
{
	const struct decoder *decoder = &decoders[encoding];
	struct response_view view = { 0 };
	int result = 0;

	*ret = (struct otlp_response){ 0 };
	if (!body.length)
		return 0;
	if (body.length <= RESPONSE_DECODED_MAX && decoder->response(body, &view)) {
		ret->rejected = view.rejected > 0 ? view.rejected : 0;
		set_message(ret, view.message);
	} else {
		result = -EBADMSG;
	}
	decoder->done(&view);
	return result;
}

static bool read_status(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret)
{
	const struct decoder *decoder = &decoders[encoding];
	struct response_view view = { 0 };

	if (body.length <= RESPONSE_DECODED_MAX && decoder->status(body, &view))
		set_message(ret, view.message);
	decoder->done(&view);
	return ret->message[0] != '\0';
}

/* UTF-8 without control characters, as far as a message goes; the last character may be cut. */
static bool is_text(struct slice body)
{
	struct slice rest = slice_head(body, TEXT_TAKEN_MAX);
	size_t length;
	bool valid;

	while (rest.length) {
		uint32_t code = utf8_decode(rest, &length, &valid);

		if (!valid)
			return length == rest.length && body.length > TEXT_TAKEN_MAX;
		if ((code < 0x20 && !ascii_is_space((char)code)) || code == 0x7f)
			return false;
		rest = slice_from(rest, length);
	}
	return true;
}

static bool is_markup(struct slice body)
{
	static const struct slice byte_order_mark = SLICE_LITERAL("\xef\xbb\xbf");
	size_t at = 0;

	if (slice_starts_with(body, byte_order_mark))
		at = byte_order_mark.length;
	while (at < body.length && ascii_is_space(body.data[at]))
		at++;
	return at < body.length && body.data[at] == '<';
}

void response_read_error(enum otlp_encoding encoding, struct slice body, struct otlp_response *ret)
{
	*ret = (struct otlp_response){ 0 };
	if (!read_status(encoding, body, ret) && !read_status(OTLP_JSON, body, ret) && is_text(body) &&
	    !is_markup(body))
		set_message(ret, body);
}
