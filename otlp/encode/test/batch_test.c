// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <zlib.h>

#include "base/test/guard.h"
#include "otlp/encode/batch.h"
#include "otlp/test/sample.h"

#define LENGTH_MAX 200000

static void fill(char *data, size_t length, bool random)
{
	for (size_t i = 0; i < length; i++)
		data[i] = random ? (char)(lrand48() >> 8) : (char)(i % 50);
}

static void test_plain(void **state)
{
	char *data = guard_copy("spans", 5);
	struct batch *batch = batch_new(OTLP_METRICS, OTLP_JSON, false, 3, slice_of(data, 5));

	(void)state;
	guard_free(data, 5);
	assert_int_equal(batch->length, 5);
	assert_memory_equal(batch->body, "spans", 5);
	assert_int_equal(batch->signal, OTLP_METRICS);
	assert_int_equal(batch->encoding, OTLP_JSON);
	assert_int_equal(batch->items, 3);
	assert_int_equal(batch->plain_length, 5);
	assert_false(batch->gzip);
	batch_free(batch);
	batch_free(NULL);
}

static void check_gzip(size_t length, bool random)
{
	static char data[LENGTH_MAX], back[LENGTH_MAX + 1];
	z_stream stream = { 0 };
	struct batch *batch;

	fill(data, length, random);
	batch = batch_new(OTLP_TRACES, OTLP_PROTOBUF, true, 1, slice_of(data, length));
	assert_true(batch->gzip);
	assert_int_equal(batch->plain_length, length);
	assert_int_equal(batch->body[0], 0x1f); /* RFC 1952 */
	assert_int_equal(batch->body[1], 0x8b);
	if (length > 1000 && !random)
		assert_true(batch->length < length / 10);
	stream.next_in = batch->body;
	stream.avail_in = (uInt)batch->length;
	stream.next_out = (Bytef *)back;
	stream.avail_out = sizeof(back);
	assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.total_out, length);
	assert_int_equal(stream.avail_in, 0);
	assert_memory_equal(back, data, length);
	inflateEnd(&stream);
	batch_free(batch);
}

static void test_gzip(void **state)
{
	static const size_t lengths[] = { 0, 1, 100, 8191, 8192, 8193, 65536, LENGTH_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		check_gzip(lengths[i], false);
		check_gzip(lengths[i], true);
	}
}

static void test_reuse(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	struct span *clone = span_clone(&span);
	struct batch *batch = batch_new(OTLP_TRACES, OTLP_JSON, false, 1, SLICE_LITERAL("12345678"));

	(void)state;
	assert_true(batch_has_room(batch, SLICE_LITERAL("12345678")));
	assert_true(batch_has_room(batch, SLICE_LITERAL("1234")));
	assert_false(batch_has_room(batch, SLICE_LITERAL("123")));
	assert_false(batch_has_room(batch, SLICE_LITERAL("123456789")));
	batch_keep_spans(batch, &clone);
	batch->sequence = 7;
	batch_reuse(batch, OTLP_TRACES, OTLP_PROTOBUF, 3, SLICE_LITERAL("abcde"));
	assert_null(batch->spans);
	assert_int_equal(batch->spans_size, 0);
	assert_int_equal(resource->references, 1);
	assert_int_equal(batch->encoding, OTLP_PROTOBUF);
	assert_int_equal(batch->items, 3);
	assert_int_equal(batch->sequence, 0);
	assert_int_equal(batch->plain_length, 5);
	assert_int_equal(batch->length, 5);
	assert_memory_equal(batch->body, "abcde", 5);
	assert_true(batch_has_room(batch, SLICE_LITERAL("12345678")));
	batch_free(batch);
	resource_unref(resource);
}

static void test_spans_are_kept(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	struct span *clones[] = { span_clone(&span), span_clone(&span) };
	struct batch *batch = batch_new(OTLP_TRACES, OTLP_JSON, false, 2, SLICE_LITERAL("x"));

	(void)state;
	batch_keep_spans(batch, clones);
	assert_ptr_equal(batch->spans[1], clones[1]);
	assert_int_equal(batch->spans_size, 2 * span_clone_size(&span));
	batch_forget_spans(batch);
	assert_null(batch->spans);
	assert_int_equal(batch->spans_size, 0);
	assert_int_equal(resource->references, 1);
	clones[0] = span_clone(&span);
	clones[1] = span_clone(&span);
	batch_keep_spans(batch, clones);
	batch_free(batch);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_spans_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
