// SPDX-License-Identifier: Apache-2.0
/* All together, in two threads: exporter, delivery, encoder, HTTP, spool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "otlp/deliver/delivery.h"
#include "otlp/export/exporter.h"
#include "otlp/spool/test/sample.h"
#include "otlp/test/sample.h"
#include "otlp/transport/test/http_fixture.h"

#define SPANS 2000
#define OK HTTP_SERVER_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_KEEP)

struct way {
	struct http_fixture fixture;
	struct output *output;
	struct exporter *exporter;
	struct resource *resource;
	atomic_uint warnings;
};

static void note_warning(void *context, const char *text)
{
	(void)text;
	((struct way *)context)->warnings++;
}

/* Sends to what is in `fixture`. */
static void open_way(struct way *way, struct spool *spool, uint64_t stop_timeout)
{
	struct otlp_config *config = &way->fixture.config;

	config->batch_spans = 512;
	config->schedule_delay = 5 * NSEC_PER_SEC;
	config->signals[OTLP_TRACES].encoding = OTLP_JSON;
	fixture_open(&way->fixture);
	assert_int_equal(output_delivery_new(&(struct delivery_options){ .config = config,
									 .version = FIXTURE_VERSION,
									 .transport = way->fixture.transport,
									 .spool = spool,
									 .warn = note_warning,
									 .context = way },
					     &way->output),
			 0);
	way->fixture.transport = NULL;
	assert_int_equal(exporter_start(&(struct exporter_options){ .stop_timeout = stop_timeout }, way->output,
					&way->exporter),
			 0);
	way->resource = sample_resource("shop", 1);
}

static void close_way(struct way *way)
{
	exporter_free(way->exporter);
	output_free(way->output);
	assert_int_equal(way->resource->references, 1);
	resource_unref(way->resource);
	fixture_stop(&way->fixture);
}

static void give(struct way *way, uint64_t count)
{
	struct span span = sample_http(way->resource, 1, 1);

	for (uint64_t i = 0; i < count; i++)
		exporter_accept(way->exporter, &span);
}

static uint64_t spans_received(struct http_server *server, unsigned int from)
{
	uint64_t spans = 0;

	for (unsigned int i = from; i < http_server_requests(server); i++) {
		struct slice body = http_server_request(server, i).body;

		while (body.length) {
			const char *found = memmem(body.data, body.length, "\"spanId\"", 8);

			if (!found)
				break;
			spans++;
			body = slice_from(body, (size_t)(found - body.data) + 8);
		}
	}
	return spans;
}

/* Refused once, then taken; while it runs, another thread looks. */
static void test_delivered_after_all(void **state)
{
	static const struct http_server_answer answers[] = {
		HTTP_SERVER_ANSWER("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_KEEP),
		OK,
	};
	struct way way = { 0 };

	(void)state;
	fixture_serve(&way.fixture, &(struct http_server_options){ .answers = answers, .answer_count = 2 }, "http");
	open_way(&way, NULL, 30 * NSEC_PER_SEC);
	give(&way, SPANS);
	while (delivery_stats(way.output).spans_delivered < 3 * 512)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(exporter_stop(way.exporter), 0);
	assert_int_equal(exporter_counts(way.exporter).exported, SPANS);
	assert_int_equal(delivery_stats(way.output).spans_delivered, SPANS);
	assert_int_equal(delivery_stats(way.output).retries, 1);
	assert_int_equal(spans_received(way.fixture.server, 1), SPANS);
	assert_int_equal(http_server_connections(way.fixture.server), 1);
	assert_int_equal(way.warnings, 2);
	close_way(&way);
}

static void test_absent_collector_and_a_restart(void **state)
{
	static const struct http_server_answer answers[] = { OK };
	char directory[SAMPLE_PATH_MAX];
	struct way way = { 0 }, again = { 0 };
	struct spool *spool;

	(void)state;
	sample_directory_make(directory);
	assert_int_equal(spool_open(directory, SPOOL_SIZE_DEFAULT, &spool), 0);
	way.fixture.config.signals[OTLP_TRACES].endpoint = (char *)"http://127.0.0.1:1/v1/traces";
	open_way(&way, spool, 30 * NSEC_PER_SEC);
	give(&way, SPANS);
	assert_int_equal(exporter_stop(way.exporter), 0);
	assert_int_equal(delivery_stats(way.output).spool_spans, SPANS);
	assert_int_equal(way.warnings, 1);
	close_way(&way);

	assert_int_equal(spool_open(directory, SPOOL_SIZE_DEFAULT, &spool), 0);
	fixture_serve(&again.fixture, &(struct http_server_options){ .answers = answers, .answer_count = 1 }, "http");
	open_way(&again, spool, 30 * NSEC_PER_SEC);
	assert_int_equal(exporter_stop(again.exporter), 0);
	assert_int_equal(spans_received(again.fixture.server, 0), SPANS);
	close_way(&again);
	assert_int_equal(sample_directory_count(directory), 0);
	sample_directory_remove(directory);
}

/* A collector that never answers does not keep the agent from ending. */
static void test_hanging_collector(void **state)
{
	static const struct http_server_answer answers[] = { HTTP_SERVER_ANSWER("", HTTP_SERVER_HANG) };
	struct way way = { 0 };
	struct counter counters[8];

	(void)state;
	fixture_serve(&way.fixture, &(struct http_server_options){ .answers = answers, .answer_count = 1 }, "http");
	open_way(&way, NULL, 300 * NSEC_PER_MSEC);
	give(&way, SPANS);
	assert_int_equal(exporter_stop(way.exporter), -ECANCELED);
	assert_int_equal(delivery_stats(way.output).spans_delivered, 0);
	assert_int_equal(output_counters(way.output, counters, 8), 8);
	assert_string_equal(counters[7].name, "export_undelivered");
	assert_int_equal(counters[7].value, SPANS);
	close_way(&way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delivered_after_all),
		cmocka_unit_test(test_absent_collector_and_a_restart),
		cmocka_unit_test(test_hanging_collector),
	};

	fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
