// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/stats_print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

static void buckets_end_at_powers_of_two(void **state)
{
	(void)state;
	assert_int_equal(traffic_bucket(0), 0);
	assert_int_equal(traffic_bucket(1), 0);
	assert_int_equal(traffic_bucket(UINT64_C(1) << 17), 0);
	assert_int_equal(traffic_bucket((UINT64_C(1) << 17) + 1), 1);
	assert_int_equal(traffic_bucket(UINT64_C(1) << 32), TRAFFIC_BOUNDS - 1);
	assert_int_equal(traffic_bucket((UINT64_C(1) << 32) + 1), TRAFFIC_BOUNDS);
	assert_int_equal(traffic_bucket(UINT64_MAX), TRAFFIC_BOUNDS);
}

static void records_count_by_kind_and_latency(void **state)
{
	struct traffic traffic = { .drain = 1000 * NSEC_PER_MSEC };

	(void)state;
	traffic_count(&traffic, &(struct record_header){ .kind = RECORD_DATA, .time = 998 * NSEC_PER_MSEC });
	traffic_count(&traffic, &(struct record_header){ .kind = RECORD_DATA, .time = 999 * NSEC_PER_MSEC });
	/* Made while the drain was under way. */
	traffic_count(&traffic, &(struct record_header){ .kind = RECORD_EXIT, .time = 1001 * NSEC_PER_MSEC });
	traffic_count(&traffic, &(struct record_header){ .kind = UINT16_MAX, .time = 1000 * NSEC_PER_MSEC });
	assert_int_equal(traffic.records[RECORD_DATA], 2);
	assert_int_equal(traffic.records[RECORD_EXIT], 1);
	assert_int_equal(traffic.records[0], 1);
	assert_int_equal(traffic_total(&traffic), 4);
	assert_int_equal(traffic.latency_sum, 3 * NSEC_PER_MSEC);
	assert_int_equal(traffic.latency_max, 2 * NSEC_PER_MSEC);
	assert_int_equal(traffic.latency_buckets[0], 2);
	assert_int_equal(traffic.latency_buckets[traffic_bucket(2 * NSEC_PER_MSEC)], 1);
	for (size_t i = 0; i < TRAFFIC_KINDS; i++)
		assert_non_null(traffic_kind_name(i));
}

static void queue_is_what_was_given_and_has_not_gone(void **state)
{
	struct stats stats = {
		.spans = { .given = 100,
			   .exported = 60,
			   .queue_full = 10,
			   .out_of_memory = 1,
			   .failed = 2,
			   .abandoned = 3 },
		.sampled_out = 7,
		.filtered = 5,
	};

	(void)state;
	assert_int_equal(stats_queued(&stats), 24);
	assert_int_equal(stats_exchanges(&stats), 112);
	/* The other thread moved on between two readings. */
	stats.spans.exported = 90;
	assert_int_equal(stats_queued(&stats), 0);
}

static void peaks_are_the_greater_ones(void **state)
{
	struct stats_peaks peaks = { .ring_used = 5, .drain_latency = 5, .answer_latency = 5 };

	(void)state;
	stats_peaks_add(&peaks, &(struct stats_peaks){ .ring_used = 6, .drain_latency = 4, .answer_latency = 7 });
	assert_int_equal(peaks.ring_used, 6);
	assert_int_equal(peaks.drain_latency, 5);
	assert_int_equal(peaks.answer_latency, 7);
}

static char *format(const struct stats *before, const struct stats *now)
{
	struct buffer buffer;
	char *text;

	buffer_init(&buffer, STATS_TEXT_MAX);
	assert_int_equal(stats_format(&buffer, before, now), 0);
	text = slice_to_string(buffer_slice(&buffer));
	buffer_done(&buffer);
	assert_non_null(text);
	return text;
}

static void rates_are_of_the_time_between(void **state)
{
	struct stats before = {
		.time = 10 * NSEC_PER_SEC,
		.traffic = { .records = { [RECORD_DATA] = 100, [RECORD_STATE] = 7 }, .latency_sum = 5 * NSEC_PER_MSEC },
		.spans = { .given = 50, .exported = 50 },
		.user_time = NSEC_PER_SEC,
		.delivers = true,
		.delivery = { .requests = 1,
			      .retries = 1,
			      .bytes = 1000,
			      .answers = 2,
			      .spans_delivered = 50,
			      .latency_sum = 4 * NSEC_PER_MSEC },
		.summary = { .losses = { { "stream_gap", 2 }, { "framing", 0 }, { "memory_limit", 1 } },
			     .loss_count = 3 },
	};
	struct stats now = before;
	char *text;

	(void)state;
	now.time += 2 * NSEC_PER_SEC;
	now.traffic.records[RECORD_DATA] += 300;
	now.traffic.latency_sum += 600 * NSEC_PER_MSEC;
	now.peaks = (struct stats_peaks){ 1 << 20, 9 * NSEC_PER_MSEC, 30 * NSEC_PER_MSEC };
	now.ring_size = 4 << 20;
	now.spans.given += 21;
	now.spans.exported += 16;
	now.sampled_out = 3;
	now.filtered = 4;
	now.queue_capacity = 1024;
	now.user_time += 30 * NSEC_PER_MSEC;
	now.system_time += 10 * NSEC_PER_MSEC;
	now.resident_bytes = 3 << 19;
	now.map_bytes = 512;
	now.delivery = (struct delivery_stats){ .requests = 5,
						.retries = 2,
						.bytes = 3048,
						.answers = 4,
						.spans_delivered = 60,
						.latency_sum = 24 * NSEC_PER_MSEC,
						.queue_spans = 9,
						.queue_bytes = 2048,
						.spool_files = 1,
						.spool_spans = 8,
						.spool_bytes = 4096 };
	now.summary.losses[0].value = 5;
	text = format(&before, &now);
	assert_string_equal(text,
			    "stats: 2.0 s: events 150/s (data 150.0); exchanges 14.0/s\n"
			    "stats: ring at most 25.0 % of 4.0 MiB full; drained after mean 2.00 ms, "
			    "max 9.00 ms\n"
			    "stats: queue 5 of 1024 spans; sampled out 1.5 spans/s; filtered 2.0 spans/s\n"
			    "stats: export 5.0 spans/s: 4 requests (1 retries), 2.0 KiB; answered after "
			    "mean 10.0 ms, max 30.0 ms; 9 spans wait in memory (2.0 KiB), 8 in the spool (4.0 KiB)\n"
			    "stats: cpu 2.00 % of a core; memory 1.5 MiB, maps in the kernel 512 B\n"
			    "stats: losses: stream_gap 5 (+3), memory_limit 1\n");
	free(text);
}

static void nothing_happened_is_said_without_division_by_zero(void **state)
{
	struct stats stats = { .queue_capacity = 1, .delivers = true };
	char *text = format(&stats, &stats);

	(void)state;
	assert_string_equal(text, "stats: 0.0 s: events 0/s; exchanges 0.0/s\n"
				  "stats: ring at most 0.0 % of 0 B full; nothing drained\n"
				  "stats: queue 0 of 1 spans\n"
				  "stats: export 0.0 spans/s: 0 requests (0 retries), 0 B; no answers; "
				  "0 spans wait in memory (0 B)\n"
				  "stats: cpu 0.00 % of a core; memory 0 B, maps in the kernel 0 B\n"
				  "stats: losses: none\n");
	free(text);
}

static void services_that_are_not_read_are_told_by_number(void **state)
{
	static struct unread unread = { .count = 8 };
	struct attribute executable = {
		SLICE_LITERAL("process.executable.name"), ATTRIBUTE_STRING, { .string = SLICE_LITERAL("python3") }
	};
	struct resource shop = { .service_name = SLICE_LITERAL("shop"), .pid = 7, .attribute_count = 1,
				 .attributes = &executable };
	struct resource python = { .service_name = SLICE_LITERAL("python3"), .pid = 8, .attribute_count = 1,
				   .attributes = &executable };
	static struct stats before = { .queue_capacity = 1 }, stats = { .queue_capacity = 1, .summary = { .unread = &unread } };
	char *text;

	(void)state;
	for (size_t i = 0; i < unread.count; i++)
		unread.rows[i] = (struct unread_row){ .resource = &python, .recognised = RECOGNISED_UNKNOWN,
						      .role = RECORD_ROLE_UNKNOWN, .late = true, .port = 9000 + i,
						      .connections = 1 };
	unread.rows[5] = (struct unread_row){ .resource = &shop, .several_processes = true,
					      .recognised = RECOGNISED_TLS, .role = RECORD_ROLE_CLIENT, .port = 443,
					      .connections = 12 };
	unread.rows[6] = (struct unread_row){ .resource = &shop, .recognised = RECOGNISED_FASTCGI,
					      .role = RECORD_ROLE_SERVER, .port = 9000, .connections = 13 };
	for (size_t i = 0; i < unread.count; i++)
		stats.unread[i] = unread.rows[i].connections;
	before.unread[6] = 11;
	text = format(&before, &stats);
	assert_string_equal(strstr(text, "stats: not read:"),
			    "stats: not read: fastcgi 13 (+2): shop (python3, pid 7) on port 9000\n"
			    "stats: not read: tls 12 (+12): shop (python3, pid 7 and others) to port 443\n"
			    "stats: not read: unknown 1 (+1): python3 (pid 8) over port 9000, older than the agent\n"
			    "stats: not read: unknown 1 (+1): python3 (pid 8) over port 9001, older than the agent\n"
			    "stats: not read: unknown 1 (+1): python3 (pid 8) over port 9002, older than the agent\n"
			    "stats: not read: 3 more services or ports\n");
	free(text);
	text = format(&stats, &stats);
	assert_null(strstr(text, "not read"));
	free(text);
}

/* Whatever the numbers are, a block stays below what a pipe takes whole. */
static void the_greatest_numbers_fit(void **state)
{
	static struct unread unread = { .count = UNREAD_ROWS_MAX };
	char name[500];
	struct resource resource = { .service_name = slice_of(name, sizeof(name)), .pid = UINT32_MAX };
	struct stats before = { 0 }, now;
	char *text;

	(void)state;
	memset(name, 0xff, sizeof(name));
	for (size_t i = 0; i < UNREAD_ROWS_MAX; i++)
		unread.rows[i] = (struct unread_row){
			.resource = &resource, .several_processes = true, .late = true, .connections = UINT64_MAX
		};
	memset(&now, 0xff, sizeof(now));
	now.summary.unread = &unread;
	now.delivers = true;
	now.summary.loss_count = 40;
	for (size_t i = 0; i < now.summary.loss_count; i++)
		now.summary.losses[i] = (struct counter){ "process_judgement_untold", UINT64_MAX };
	text = format(&before, &now);
	assert_true(strlen(text) < STATS_TEXT_MAX);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_end_at_powers_of_two),
		cmocka_unit_test(records_count_by_kind_and_latency),
		cmocka_unit_test(queue_is_what_was_given_and_has_not_gone),
		cmocka_unit_test(peaks_are_the_greater_ones),
		cmocka_unit_test(rates_are_of_the_time_between),
		cmocka_unit_test(nothing_happened_is_said_without_division_by_zero),
		cmocka_unit_test(services_that_are_not_read_are_told_by_number),
		cmocka_unit_test(the_greatest_numbers_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
