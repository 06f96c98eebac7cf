// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "base/test/guard.h"
#include "otlp/transport/response.h"
#include "otlp/encode/utf8.h"

struct row {
	enum otlp_encoding encoding;
	struct slice body;
	int result;
	int64_t rejected;
	const char *message;
};

#define PROTOBUF(text)                   \
	OTLP_PROTOBUF,                   \
	{                                \
		(text), sizeof(text) - 1 \
	}
#define JSON(text)                       \
	OTLP_JSON,                       \
	{                                \
		(text), sizeof(text) - 1 \
	}
#define BAD -EBADMSG, 0, ""
#define NOTHING 0, 0, ""

static const struct row responses[] = {
	{ PROTOBUF(""), NOTHING },
	{ PROTOBUF("\x0a\x00"), NOTHING },
	{ PROTOBUF("\x0a\x02\x08\x05"), 0, 5, "" },
	{ PROTOBUF("\x0a\x09\x08\xac\x02\x12\x04late"), 0, 300, "late" },
	{ PROTOBUF("\x0a\x04\x12\x02"
		   "hm"),
	  0, 0, "hm" },
	/* Unknown fields are ignored; of two, the last counts. */
	{ PROTOBUF("\x0a\x05\x08\x05\x1a\x01x\x10\x01"), 0, 5, "" },
	{ PROTOBUF("\x0a\x02\x08\x05\x0a\x02\x08\x06"), 0, 6, "" },
	{ PROTOBUF("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), NOTHING },
	{ PROTOBUF("\x0a\x0a\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), 0, INT64_MAX, "" },
	/* Cut, too long, a group, field 0, a number too wide, no protobuf at all. */
	{ PROTOBUF("\x0a"), BAD },
	{ PROTOBUF("\x0a\x05\x08\x05"), BAD },
	{ PROTOBUF("\x0a\xff\xff\xff\xff\x0f"), BAD },
	{ PROTOBUF("\x0a\x03\x12\x7fx"), BAD },
	{ PROTOBUF("\x0b\x0c"), BAD },
	{ PROTOBUF("\x02\x00"), BAD },
	{ PROTOBUF("\x0a\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), BAD },
	{ PROTOBUF("{}"), BAD },
	{ PROTOBUF("<html>"), BAD },
	{ JSON(""), NOTHING },
	{ JSON("{}"), NOTHING },
	{ JSON(" { } \r\n\t"), NOTHING },
	{ JSON("{\"partialSuccess\":{}}"), NOTHING },
	{ JSON("{\"partialSuccess\":null}"), NOTHING },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":null,\"errorMessage\":null}}"), NOTHING },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"300\",\"errorMessage\":\"late\"},\"x\":[{}]}"), 0, 300,
	  "late" },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":7}}"), 0, 7, "" },
	{ JSON("{\"partialSuccess\":{\"rejectedDataPoints\":\"8\"}}"), 0, 8, "" },
	{ JSON("{\"partialSuccess\":{\"rejectedLogRecords\":9}}"), 0, 9, "" },
	{ JSON("{\"partialSuccess\":{\"errorMessage\":\"hm\"}}"), 0, 0, "hm" },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"-4\"}}"), NOTHING },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":-4}}"), NOTHING },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"9223372036854775807\"}}"), 0, INT64_MAX, "" },
	/* Names in snake_case are unknown to OTLP/JSON. */
	{ JSON("{\"partial_success\":{\"rejectedSpans\":1}}"), NOTHING },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"9223372036854775808\"}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":9223372036854775808}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":1e999}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":1.5}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"\"}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"-\"}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":\"1x\"}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"rejectedSpans\":true}}"), BAD },
	{ JSON("{\"partialSuccess\":{\"errorMessage\":1}}"), BAD },
	{ JSON("{\"partialSuccess\":[]}"), BAD },
	{ JSON("{} {}"), BAD },
	{ JSON("{}\0"), BAD },
	{ JSON("[]"), BAD },
	{ JSON("null"), BAD },
	{ JSON("{\"partialSuccess\":"), BAD },
	{ JSON("\x0a\x02\x08\x05"), BAD },
};

static const struct row errors[] = {
	{ PROTOBUF(""), NOTHING },
	{ PROTOBUF("\x08\x03\x12\x09"
		   "bad spans"),
	  0, 0, "bad spans" },
	/* With details, which are not read. */
	{ PROTOBUF("\x08\x08\x12\x04"
		   "busy\x1a\x05\x0a\x03xyz"),
	  0, 0, "busy" },
	{ PROTOBUF("\x08\x03"), NOTHING },
	{ JSON("{\"code\":3,\"message\":\"bad spans\",\"details\":[{\"@type\":\"x\"}]}"), 0, 0, "bad spans" },
	{ JSON("{\"code\":3}"), 0, 0, "{\"code\":3}" },
	{ JSON("{\"message\":7}"), 0, 0, "{\"message\":7}" },
	/* JSON to a request in protobuf; a proxy's page to either; nothing to show of what is no text. */
	{ PROTOBUF("{\"message\":\"no such path\"}"), 0, 0, "no such path" },
	{ PROTOBUF("404 page not found\n"), 0, 0, "404 page not found" },
	{ JSON("<html>\r\n<head><title>413</title></head>\r\n\r\n"), 0, 0, "" },
	{ JSON("\xef\xbb\xbf \n<!DOCTYPE html>"), 0, 0, "" },
	{ PROTOBUF("<?xml version=\"1.0\"?><Error/>"), 0, 0, "" },
	{ JSON("1 < 2"), 0, 0, "1 < 2" },
	{ JSON("\x08\x03\x12\x09"
	       "bad spans"),
	  NOTHING },
	{ PROTOBUF("\x1f\x8b\x08\0\0\0"), NOTHING },
	{ JSON("text\0and more"), NOTHING },
	{ JSON("caf\xe9"), NOTHING },
	{ JSON("caf\xc3"), NOTHING },
	{ JSON("caf\xc3\xa9"), 0, 0, "caf\xc3\xa9" },
	/* What a terminal would obey. */
	{ JSON("{\"message\":\"a\\u001b[2J\\r\\nb\\u202ec\\u009bd\"}"), 0, 0,
	  "a\xef\xbf\xbd[2J b\xef\xbf\xbd"
	  "c\xef\xbf\xbd"
	  "d" },
	{ PROTOBUF("\x12\x07\xff\x1b[2Jx\xc3"), 0, 0, "\xef\xbf\xbd\xef\xbf\xbd[2Jx\xef\xbf\xbd" },
	{ PROTOBUF("\x12\x06 a\t b "), 0, 0, "a b" },
};

static void test_responses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		const struct row *row = &responses[i];
		char *body = guard_copy(row->body.data, row->body.length);
		struct otlp_response response;
		int result;

		memset(&response, 'x', sizeof(response));
		result = response_read(row->encoding, slice_of(body, row->body.length), &response);
		if (result != row->result || response.rejected != row->rejected)
			print_message("row %zu: %d, %lld\n", i, result, (long long)response.rejected);
		assert_int_equal(result, row->result);
		assert_true(response.rejected == row->rejected);
		assert_string_equal(response.message, row->message);
		guard_free(body, row->body.length);
	}
}

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const struct row *row = &errors[i];
		char *body = guard_copy(row->body.data, row->body.length);
		struct otlp_response response;

		memset(&response, 'x', sizeof(response));
		response_read_error(row->encoding, slice_of(body, row->body.length), &response);
		assert_true(response.rejected == 0);
		assert_string_equal(response.message, row->message);
		guard_free(body, row->body.length);
	}
}

/* Characters of one to four bytes against the end of the message. */
static void test_message_is_cut_at_a_character(void **state)
{
	static const char *const characters[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	char text[4096];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t size = i + 1;

		for (size_t shift = 0; shift < 4; shift++) {
			struct otlp_response response;
			size_t length = shift;

			memset(text, 'a', shift);
			for (; length + size <= sizeof(text); length += size)
				memcpy(text + length, characters[i], size);
			response_read_error(OTLP_JSON, slice_of(text, length), &response);
			assert_int_equal(strlen(response.message),
					 shift + (RESPONSE_MESSAGE_MAX - 1 - shift) / size * size);
			assert_memory_equal(response.message, text, strlen(response.message));
		}
	}
}

/* Neither deep nor wide nor long answers take more than their share. */
static void test_hostile_sizes(void **state)
{
	const size_t size = RESPONSE_DECODED_MAX + 1;
	char *text = malloc(size);
	struct otlp_response response;

	(void)state;
	assert_non_null(text);
	memset(text, '[', size);
	assert_int_equal(response_read(OTLP_JSON, slice_of(text, size - 1), &response), -EBADMSG);
	response_read_error(OTLP_JSON, slice_of(text, size), &response);
	assert_int_equal(strlen(response.message), RESPONSE_MESSAGE_MAX - 1);
	/* Field 2, two bytes each, unknown to a response. */
	for (size_t i = 0; i < size; i++)
		text[i] = i % 2 ? '\0' : '\x12';
	assert_int_equal(response_read(OTLP_PROTOBUF, slice_of(text, size - 1), &response), 0);
	assert_int_equal(response_read(OTLP_PROTOBUF, slice_of(text, size), &response), -EBADMSG);
	memset(text, ' ', size);
	memcpy(text, "{}", 2);
	assert_int_equal(response_read(OTLP_JSON, slice_of(text, size - 1), &response), 0);
	assert_int_equal(response_read(OTLP_JSON, slice_of(text, size), &response), -EBADMSG);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_message_is_cut_at_a_character),
		cmocka_unit_test(test_hostile_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
