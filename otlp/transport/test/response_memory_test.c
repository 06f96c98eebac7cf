// SPDX-License-Identifier: Apache-2.0
/* Every allocation fails once, each in a run of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "otlp/transport/response.h"
#include "otlp/encode/test/fault.h"

static const struct slice partial[] = {
	[OTLP_PROTOBUF] = SLICE_LITERAL("\x0a\x09\x08\xac\x02\x12\x04late\x10\x01"),
	[OTLP_JSON] = SLICE_LITERAL("{\"partialSuccess\":{\"rejectedSpans\":\"300\",\"errorMessage\":\"late\"}}"),
};

static const struct slice status[] = {
	[OTLP_PROTOBUF] = SLICE_LITERAL("\x08\x08\x12\x04"
					"busy\x1a\x05\x0a\x03xyz"),
	[OTLP_JSON] = SLICE_LITERAL("{\"code\":8,\"message\":\"busy\",\"details\":[]}"),
};

static void test_response(void **state)
{
	(void)state;
	for (int i = OTLP_PROTOBUF; i <= OTLP_JSON; i++) {
		enum otlp_encoding encoding = (enum otlp_encoding)i;
		struct otlp_response response;
		size_t all;

		fault_begin(0);
		assert_int_equal(response_read(encoding, partial[i], &response), 0);
		all = fault_end();
		assert_true(all >= 3);
		assert_true(response.rejected == 300);
		assert_string_equal(response.message, "late");
		for (size_t failing = 1; failing <= all; failing++) {
			int result;

			fault_begin(failing);
			result = response_read(encoding, partial[i], &response);
			fault_end();
			assert_int_equal(result, -EBADMSG);
			assert_true(response.rejected == 0);
			assert_string_equal(response.message, "");
		}
	}
}

/* What can't be decoded is shown where it is text. */
static void test_error(void **state)
{
	(void)state;
	for (int i = OTLP_PROTOBUF; i <= OTLP_JSON; i++) {
		enum otlp_encoding encoding = (enum otlp_encoding)i;
		struct otlp_response response;
		size_t all;

		fault_begin(0);
		response_read_error(encoding, status[i], &response);
		all = fault_end();
		assert_string_equal(response.message, "busy");
		for (size_t failing = 1; failing <= all; failing++) {
			fault_begin(failing);
			response_read_error(encoding, status[i], &response);
			fault_end();
			/* JSON is tried again in the second place. */
			if (encoding == OTLP_JSON)
				assert_string_equal(response.message, "busy");
			else
				assert_string_equal(response.message, "");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_error),
	};

	fault_take_cjson();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
