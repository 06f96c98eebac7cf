// SPDX-License-Identifier: Apache-2.0
/* What a collector answers: the first byte says in which encoding (bit 0), and whether with an error (bit 1). */
#include <stdlib.h>

#include "otlp/transport/response.h"
#include "otlp/encode/utf8.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_message(const struct otlp_response *response)
{
	size_t length = strnlen(response->message, sizeof(response->message));
	char again[UTF8_SANITIZED_MAX(RESPONSE_MESSAGE_MAX)];

	check(length < sizeof(response->message));
	check(utf8_clean(slice_of(response->message, length)));
	/* Nothing is left that a terminal obeys. */
	check(utf8_sanitize_for_terminal(slice_of(response->message, length), again) == length);
	check(memcmp(again, response->message, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct otlp_response response;
	enum otlp_encoding encoding;
	struct slice body;

	if (!size)
		return 0;
	encoding = data[0] & 1 ? OTLP_JSON : OTLP_PROTOBUF;
	body = slice_of(data + 1, size - 1);
	if (data[0] & 2) {
		response_read_error(encoding, body, &response);
		check(response.rejected == 0);
	} else if (response_read(encoding, body, &response) < 0) {
		check(response.rejected == 0 && !response.message[0]);
	}
	check(response.rejected >= 0);
	check_message(&response);
	return 0;
}
