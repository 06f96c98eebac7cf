// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "correlate/link/tracecontext.h"
#include "correlate/link/ids.h"
#include "otlp/export/span_filter.h"
#include "otlp/export/trace_state.h"
#include "otlp/test/sample.h"

#define TRACES 20000

/* Where spans end up: the last one, as far as it can be kept. */
struct received {
	size_t count;
	const struct span *span; /* the pointer as given, not to be followed */
	uint32_t flags;
	size_t attribute_count;
	char trace_state[1024];
};

static void receive(void *context, const struct span *span)
{
	struct received *received = context;

	received->count++;
	received->span = span;
	received->flags = span->flags;
	received->attribute_count = span->attribute_count;
	assert_true(span->trace_state.length < sizeof(received->trace_state));
	if (span->trace_state.length)
		memcpy(received->trace_state, span->trace_state.data, span->trace_state.length);
	received->trace_state[span->trace_state.length] = '\0';
}

static struct span_filter filter_choosing(const struct span_choice *choice, enum sampler_kind sampler,
					  bool parent_based, double ratio, struct received *received)
{
	struct otlp_config config = {
		.sampler = sampler,
		.sampler_parent_based = parent_based,
		.sampler_ratio = ratio,
		.attribute_count_limit = 128,
		.attribute_value_length_limit = SIZE_MAX,
	};
	struct span_filter filter;

	*received = (struct received){ 0 };
	span_filter_init(&filter, &config, choice, &(struct span_sink){ receive, received });
	return filter;
}

static struct span_filter filter_new(enum sampler_kind sampler, bool parent_based, double ratio,
				     struct received *received)
{
	return filter_choosing(NULL, sampler, parent_based, ratio, received);
}

static struct span trace_new(struct resource *resource)
{
	return sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1);
}

/* The low 56 bits of the trace id. */
static void set_randomness(struct span *span, uint64_t bits)
{
	for (size_t i = 0; i < 7; i++)
		span->trace_id[9 + i] = (uint8_t)(bits >> (48 - 8 * i));
}

enum parent { LOCAL, REMOTE_SAMPLED, REMOTE_NOT_SAMPLED, LOCAL_NOT_SAMPLED };

static void test_decisions(void **state)
{
	static const struct {
		enum sampler_kind sampler;
		bool parent_based;
		enum parent parent;
		bool kept;
	} rows[] = {
		{ SAMPLER_ALWAYS_ON, true, LOCAL, true },
		{ SAMPLER_ALWAYS_ON, true, REMOTE_SAMPLED, true },
		{ SAMPLER_ALWAYS_ON, true, REMOTE_NOT_SAMPLED, false },
		{ SAMPLER_ALWAYS_ON, true, LOCAL_NOT_SAMPLED, false },
		{ SAMPLER_ALWAYS_OFF, true, LOCAL, false },
		{ SAMPLER_ALWAYS_OFF, true, REMOTE_SAMPLED, true },
		{ SAMPLER_ALWAYS_OFF, true, REMOTE_NOT_SAMPLED, false },
		{ SAMPLER_TRACE_ID_RATIO, true, LOCAL, false },
		{ SAMPLER_TRACE_ID_RATIO, true, REMOTE_SAMPLED, true },
		{ SAMPLER_TRACE_ID_RATIO, true, REMOTE_NOT_SAMPLED, false },
		{ SAMPLER_ALWAYS_ON, false, LOCAL, true },
		{ SAMPLER_ALWAYS_ON, false, REMOTE_SAMPLED, true },
		{ SAMPLER_ALWAYS_ON, false, REMOTE_NOT_SAMPLED, true },
		{ SAMPLER_ALWAYS_OFF, false, LOCAL, false },
		{ SAMPLER_ALWAYS_OFF, false, REMOTE_SAMPLED, false },
		{ SAMPLER_TRACE_ID_RATIO, false, REMOTE_SAMPLED, false },
		{ SAMPLER_TRACE_ID_RATIO, false, REMOTE_NOT_SAMPLED, false },
	};
	struct resource *resource = sample_resource("shop", 1);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = trace_new(resource);
		struct received received;
		struct span_filter filter = filter_new(rows[i].sampler, rows[i].parent_based, 0.5, &received);

		span.trace_is_remote = rows[i].parent == REMOTE_SAMPLED || rows[i].parent == REMOTE_NOT_SAMPLED;
		span.flags = rows[i].parent == LOCAL || rows[i].parent == REMOTE_SAMPLED ? 0x303 : 0x302;
		set_randomness(&span, TRACE_THRESHOLD_MAX / 2 - 1);
		span_filter_accept(&filter, &span);
		assert_int_equal(received.count, rows[i].kept);
		assert_int_equal(filter.sampled_out, !rows[i].kept);
		/* What is exported is sampled. */
		if (rows[i].kept)
			assert_int_equal(received.flags, 0x303);
	}
	resource_unref(resource);
}

static void test_untouched(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	struct received received;
	struct span_filter filter = filter_new(SAMPLER_ALWAYS_ON, true, 1, &received);

	(void)state;
	span_filter_accept(&filter, &span);
	assert_ptr_equal(received.span, &span);
	span.trace_is_remote = true;
	span.trace_state = SLICE_LITERAL("a=b,ot=th:4;rv:80000000000000");
	span_filter_accept(&filter, &span);
	assert_ptr_equal(received.span, &span);
	filter = filter_new(SAMPLER_ALWAYS_ON, false, 1, &received);
	span.trace_state = SLICE_LITERAL("a=b");
	span_filter_accept(&filter, &span);
	assert_ptr_equal(received.span, &span);
	resource_unref(resource);
}

static void test_edge_of_the_ratio(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = trace_new(resource);
	struct received received;
	struct span_filter filter = filter_new(SAMPLER_TRACE_ID_RATIO, true, 0.01, &received);

	(void)state;
	assert_int_equal(filter.threshold, UINT64_C(0xfd70a000000000));
	set_randomness(&span, UINT64_C(0xfd709fffffffff));
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 0);
	set_randomness(&span, UINT64_C(0xfd70a000000000));
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 1);
	assert_string_equal(received.trace_state, "ot=th:fd70a");
	/* What the first participant drew counts, not the id. */
	set_randomness(&span, 0);
	span.trace_state = SLICE_LITERAL("ot=rv:fd70a000000000,a=b");
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 2);
	assert_string_equal(received.trace_state, "ot=th:fd70a;rv:fd70a000000000,a=b");
	set_randomness(&span, TRACE_THRESHOLD_MAX - 1);
	span.trace_state = SLICE_LITERAL("ot=rv:fd709fffffffff");
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 2);
	assert_int_equal(filter.sampled_out, 2);
	resource_unref(resource);
}

static void test_thresholds(void **state)
{
	static const struct {
		double ratio;
		uint64_t threshold;
	} rows[] = {
		{ 1, 0 },
		{ 0, TRACE_THRESHOLD_MAX },
		{ 0.5, UINT64_C(0x80000000000000) },
		{ 0.25, UINT64_C(0xc0000000000000) },
		{ 0.75, UINT64_C(0x40000000000000) },
		{ 0.1, UINT64_C(0xe6660000000000) },
		{ 0.01, UINT64_C(0xfd70a000000000) },
		{ 0.001, UINT64_C(0xffbe7700000000) },
		{ 0x1p-56, TRACE_THRESHOLD_MAX - 1 },
		{ 0x1p-58, TRACE_THRESHOLD_MAX },
	};
	uint64_t last = TRACE_THRESHOLD_MAX;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(sampling_threshold(rows[i].ratio), rows[i].threshold);
	for (double ratio = 0; ratio <= 1; ratio += 0x1p-14) {
		uint64_t threshold = sampling_threshold(ratio);

		assert_true(threshold <= last);
		last = threshold;
	}
	last = 0;
	for (double ratio = 1; ratio >= 0x1p-56; ratio *= 0.97) {
		uint64_t threshold = sampling_threshold(ratio);
		double share = (double)(TRACE_THRESHOLD_MAX - threshold) / (double)TRACE_THRESHOLD_MAX;

		assert_true(threshold >= last && threshold < TRACE_THRESHOLD_MAX);
		assert_true(share > ratio * 0.999 || ratio < 0x1p-40);
		assert_true(share < ratio * 1.001 || ratio < 0x1p-40);
		last = threshold;
	}
	assert_int_equal(last >> 8, (TRACE_THRESHOLD_MAX - 1) >> 8);
}

/* How many of TRACES random traces are kept; `kept` says which. */
static size_t sample_traces(double ratio, bool kept[TRACES])
{
	struct resource *resource = sample_resource("shop", 1);
	struct received received;
	struct span_filter filter = filter_new(SAMPLER_TRACE_ID_RATIO, true, ratio, &received);
	struct ids ids;

	ids_init(&ids, 4711);
	for (size_t i = 0; i < TRACES; i++) {
		struct span span = trace_new(resource);
		size_t before = received.count;

		ids_draw_trace(&ids, span.trace_id);
		span_filter_accept(&filter, &span);
		kept[i] = received.count > before;
		/* The same for every span of it. */
		span.span_id[0]++;
		span_filter_accept(&filter, &span);
		assert_int_equal(received.count, before + 2 * kept[i]);
	}
	assert_int_equal(received.count + filter.sampled_out, 2 * TRACES);
	resource_unref(resource);
	return received.count / 2;
}

static void test_share_and_monotony(void **state)
{
	static const double ratios[] = { 0, 0.01, 0.1, 0.25, 0.5, 0.9, 1 };
	static bool kept[2][TRACES];

	(void)state;
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		bool *now = kept[i % 2], *before = kept[(i + 1) % 2];
		double expected = ratios[i] * TRACES;
		double variance = TRACES * ratios[i] * (1 - ratios[i]);
		double off = (double)sample_traces(ratios[i], now) - expected;

		/* Four standard deviations. */
		assert_true(off * off <= 16 * variance);
		for (size_t trace = 0; i > 0 && trace < TRACES; trace++)
			assert_true(now[trace] || !before[trace]);
	}
}

/* What becomes of a remote, sampled trace whose id has no randomness at all. */
static void assert_trace_state(enum sampler_kind sampler, bool parent_based, const char *trace_state,
			       const char *expected)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = trace_new(resource);
	struct received received;
	struct span_filter filter = filter_new(sampler, parent_based, 0.5, &received);

	set_randomness(&span, 0);
	span.trace_is_remote = true;
	span.trace_state = slice_of_string(trace_state);
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 1);
	assert_string_equal(received.trace_state, expected);
	assert_true(!*expected || tracestate_valid(slice_of_string(received.trace_state)));
	resource_unref(resource);
}

static void test_trace_state(void **state)
{
	(void)state;
	/* Carried on, but for what cannot be. */
	assert_trace_state(SAMPLER_TRACE_ID_RATIO, true, "a=b", "a=b");
	assert_trace_state(SAMPLER_TRACE_ID_RATIO, true, "a=b,ot=th:0", "a=b,ot=th:0");
	assert_trace_state(SAMPLER_TRACE_ID_RATIO, true, "a=b,ot=th:8", "a=b");
	assert_trace_state(SAMPLER_ALWAYS_ON, true, "ot=x:y;th:8", "ot=x:y");
	assert_trace_state(SAMPLER_ALWAYS_ON, true, "ot=th:8", "");
	assert_trace_state(SAMPLER_ALWAYS_ON, true, "ot=th:8;rv:80000000000000", "ot=th:8;rv:80000000000000");
	assert_trace_state(SAMPLER_ALWAYS_ON, true, "ot=th:8;rv:7fffffffffffff", "ot=rv:7fffffffffffff");
	/* Decided anew. */
	assert_trace_state(SAMPLER_ALWAYS_ON, false, "a=b", "a=b");
	assert_trace_state(SAMPLER_ALWAYS_ON, false, "a=b,ot=th:c", "ot=th:0,a=b");
	assert_trace_state(SAMPLER_TRACE_ID_RATIO, false, "a=b,ot=th:c;rv:80000000000000",
			   "ot=th:8;rv:80000000000000,a=b");
}

static void test_full_trace_state(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = trace_new(resource);
	struct received received;
	struct span_filter filter = filter_new(SAMPLER_TRACE_ID_RATIO, true, 0.5, &received);
	char text[TRACE_STATE_MAX + 1];

	(void)state;
	memset(text, 'a', TRACE_STATE_MAX);
	text[TRACE_STATE_MAX] = '\0';
	for (size_t i = 1; i < TRACE_STATE_MAX; i += 2)
		text[i] = i % 4 == 1 ? '=' : ',';
	set_randomness(&span, TRACE_THRESHOLD_MAX - 1);
	span.trace_state = slice_of_string(text);
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 1);
	assert_string_equal(received.trace_state, text);
	assert_ptr_equal(received.span, &span);
	resource_unref(resource);
}

/* Counted once, by whoever came first: the sampler has decided about whole traces. */
static void test_choice(void **state)
{
	static const struct span_choice choice = { .errors_only = true };
	struct resource *resource = sample_resource("shop", 1);
	struct span span = trace_new(resource);
	struct received received;
	struct span_filter filter = filter_choosing(&choice, SAMPLER_TRACE_ID_RATIO, true, 0.5, &received);

	(void)state;
	set_randomness(&span, 0);
	span_filter_accept(&filter, &span);
	assert_int_equal(filter.sampled_out, 1);
	assert_int_equal(filter.left_out[SPAN_NO_ERROR], 0);
	set_randomness(&span, TRACE_THRESHOLD_MAX - 1);
	span_filter_accept(&filter, &span);
	assert_int_equal(filter.left_out[SPAN_NO_ERROR], 1);
	assert_int_equal(received.count, 0);
	span.status = SPAN_STATUS_ERROR;
	span_filter_accept(&filter, &span);
	assert_int_equal(received.count, 1);
	assert_string_equal(received.trace_state, "ot=th:8");
	assert_int_equal(filter.sampled_out, 1);
	assert_int_equal(filter.left_out[SPAN_NO_ERROR], 1);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),          cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_edge_of_the_ratio),  cmocka_unit_test(test_thresholds),
		cmocka_unit_test(test_share_and_monotony), cmocka_unit_test(test_trace_state),
		cmocka_unit_test(test_full_trace_state),   cmocka_unit_test(test_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
