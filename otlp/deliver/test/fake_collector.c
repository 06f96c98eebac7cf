// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/test/fake_collector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "otlp/encode/encoder.h"

#define TURN (100 * NSEC_PER_MSEC) /* the exporter's */
#define BODY_MAX (OTLP_REQUEST_SIZE_MAX + 1)
#define LOSSES_MAX 16

struct fake_transport {
	struct transport transport;
	struct fake_collector *collector;
	const struct transport_request *request; /* NULL: none under way */
	struct transport_request copy;
	struct fake_answer answer;
	uint64_t begin, due;
	bool woken;
};

static uint64_t now;
static int encoder_error;

static void check(bool holds)
{
	if (!holds)
		abort();
}

void fake_collector_init(struct fake_collector *collector)
{
	memset(collector, 0, sizeof(*collector));
	now = collector->start = 1000 * NSEC_PER_SEC;
	encoder_error = 0;
}

uint64_t fake_clock(void)
{
	return now;
}

void fake_clock_move(uint64_t nanoseconds)
{
	now += nanoseconds;
}

void fake_warn(void *context, const char *text)
{
	struct fake_collector *collector = context;

	if (collector->text_count < FAKE_TEXTS_MAX)
		snprintf(collector->texts[collector->text_count], sizeof(collector->texts[0]), "%s", text);
	collector->text_count++;
}

size_t fake_warned(const struct fake_collector *collector, const char *part)
{
	size_t count = 0;

	for (size_t i = 0; i < collector->text_count && i < FAKE_TEXTS_MAX; i++)
		count += strstr(collector->texts[i], part) != NULL;
	return count;
}

/* Uncompressed; valid until the next call. */
static struct slice plain_body(const struct transport_request *request)
{
	static uint8_t plain[1 << 20];
	z_stream stream = { .next_in = (Bytef *)request->body.data, .avail_in = (uInt)request->body.length };

	if (!request->gzip)
		return request->body;
	stream.next_out = plain;
	stream.avail_out = sizeof(plain);
	check(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
	check(inflate(&stream, Z_FINISH) == Z_STREAM_END);
	check(inflateEnd(&stream) == Z_OK);
	return slice_of(plain, stream.total_out);
}

/* Marks the spans of a request as taken, except for the last `rejected`. */
static void take(struct fake_collector *collector, struct slice body, int64_t rejected)
{
	uint64_t numbers[2], items = 0, place = 0;

	for (struct slice rest = body; rest.length; rest = slice_from(rest, FAKE_SPAN_HEAD + numbers[1])) {
		check(rest.length >= FAKE_SPAN_HEAD);
		memcpy(numbers, rest.data, sizeof(numbers));
		items++;
	}
	for (; body.length; body = slice_from(body, FAKE_SPAN_HEAD + numbers[1])) {
		memcpy(numbers, body.data, sizeof(numbers));
		check(numbers[0] < FAKE_SPANS_MAX);
		collector->disordered |= numbers[0] < collector->last_number;
		collector->last_number = numbers[0];
		if ((int64_t)place++ >= (int64_t)items - rejected)
			continue;
		collector->taken[numbers[0]]++;
		collector->spans_taken++;
	}
}

static int fake_send(struct transport *transport, const struct transport_request *request, uint64_t time)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	struct fake_collector *collector = fake->collector;

	if (collector->send_error)
		return collector->send_error;
	check(time <= now);
	collector->overlapped |= fake->request != NULL;
	if (request->signal == OTLP_TRACES && collector->requests[OTLP_TRACES] < FAKE_TEXTS_MAX)
		collector->request_times[collector->requests[OTLP_TRACES]] = now;
	collector->requests[request->signal]++;
	fake->copy = *request;
	fake->request = &fake->copy;
	fake->answer = collector->answer ? collector->answer(collector, request) : (struct fake_answer){ 0 };
	fake->begin = now;
	fake->due = fake->answer.latency == UINT64_MAX ? UINT64_MAX : now + fake->answer.latency;
	return 0;
}

static void answer_spans(struct fake_transport *fake, struct slice body)
{
	struct fake_collector *collector = fake->collector;

	if (body.length > collector->largest)
		collector->largest = body.length;
	if (collector->size_limit && body.length > collector->size_limit) {
		fake->answer.verdict = TRANSPORT_TOO_LARGE;
		fake->answer.cause = "HTTP 413";
	}
	if (fake->answer.verdict == TRANSPORT_DELIVERED)
		take(collector, body, fake->answer.rejected);
}

static bool fake_poll(struct transport *transport, uint64_t time, struct transport_answer *ret_answer)
{
	struct fake_transport *fake = (struct fake_transport *)transport;

	check(fake->request && time <= now);
	if (now < fake->due)
		return false;
	if (fake->request->signal == OTLP_TRACES)
		answer_spans(fake, plain_body(fake->request));
	*ret_answer = (struct transport_answer){
		.verdict = fake->answer.verdict,
		.retry_after = fake->answer.retry_after,
		.rejected = fake->answer.rejected,
		.duration = now - fake->begin,
	};
	snprintf(ret_answer->cause, TRANSPORT_TEXT_MAX, "%s", fake->answer.cause ? fake->answer.cause : "");
	snprintf(ret_answer->message, TRANSPORT_TEXT_MAX, "%s", fake->answer.message ? fake->answer.message : "");
	fake->request = NULL;
	return true;
}

static void fake_cancel(struct transport *transport)
{
	((struct fake_transport *)transport)->request = NULL;
}

static void fake_wait(struct transport *transport, uint64_t timeout)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	uint64_t until = now + timeout;

	fake->collector->waits++;
	if (fake->request && fake->due < until)
		until = fake->due;
	if (!fake->woken && until > now)
		now = until;
	fake->woken = false;
}

static void fake_wake(struct transport *transport)
{
	((struct fake_transport *)transport)->woken = true;
}

static void fake_free(struct transport *transport)
{
	free(transport);
}

static const struct transport_operations fake_operations = {
	.send = fake_send,
	.poll = fake_poll,
	.cancel = fake_cancel,
	.wait = fake_wait,
	.wake = fake_wake,
	.free = fake_free,
};

struct transport *fake_transport_new(struct fake_collector *collector)
{
	struct fake_transport *fake = calloc(1, sizeof(*fake));

	check(fake != NULL);
	fake->transport.operations = &fake_operations;
	fake->collector = collector;
	return &fake->transport;
}

struct encoder {
	struct buffer body;
};

void fake_encoder_fail(int error)
{
	encoder_error = error;
}

struct encoder *encoder_new(enum otlp_encoding encoding, const char *version)
{
	struct encoder *encoder = malloc(sizeof(*encoder));

	(void)encoding;
	(void)version;
	if (encoder)
		buffer_init(&encoder->body, BODY_MAX);
	return encoder;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	buffer_done(&encoder->body);
	free(encoder);
}

int encoder_spans(struct encoder *encoder, struct span *const *spans, size_t count, struct slice *ret_body)
{
	static const char filler[4096];
	int result = encoder_error;

	buffer_clear(&encoder->body);
	for (size_t i = 0; i < count && result == 0; i++) {
		uint64_t numbers[] = { spans[i]->start, spans[i]->end - spans[i]->start };

		result = buffer_append(&encoder->body, numbers, sizeof(numbers));
		for (uint64_t left = numbers[1]; left && result == 0;) {
			uint64_t part = left < sizeof(filler) ? left : sizeof(filler);

			result = buffer_append(&encoder->body, filler, part);
			left -= part;
		}
	}
	*ret_body = buffer_slice(&encoder->body);
	if (result == -ENOSPC || (result == 0 && ret_body->length > OTLP_REQUEST_SIZE_MAX))
		return -EMSGSIZE;
	return result;
}

/* The time of the set. */
int encoder_metrics(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body)
{
	int result = encoder_error;

	buffer_clear(&encoder->body);
	if (result == 0)
		result = buffer_append(&encoder->body, &metrics->time, sizeof(metrics->time));
	*ret_body = buffer_slice(&encoder->body);
	return result;
}

struct otlp_config fake_config(void)
{
	struct otlp_config config = { .schedule_delay = 5 * NSEC_PER_SEC, .batch_spans = 10 };

	config.signals[OTLP_TRACES].endpoint = (char *)"http://fake/v1/traces";
	config.signals[OTLP_METRICS].endpoint = (char *)"http://fake/v1/metrics";
	return config;
}

void fake_give(struct output *output, uint64_t first, uint64_t count, size_t size)
{
	static struct resource resource = { .references = 1 };

	for (uint64_t i = 0; i < count; i++) {
		struct span span = { .resource = &resource, .start = first + i, .end = first + i + size };
		struct span *clone = span_clone(&span);

		check(clone && output_spans(output, &clone, 1, now) == 0);
	}
}

void fake_run(struct output *output, uint64_t nanoseconds)
{
	uint64_t until = now + nanoseconds;

	while (now < until) {
		check(output_advance(output, now) == 0);
		output_wait(output, until - now < TURN ? until - now : TURN);
	}
	output_advance(output, now);
}

uint64_t fake_counter(const struct output *output, const char *name)
{
	struct counter counters[LOSSES_MAX];
	size_t count = output_counters(output, counters, LOSSES_MAX);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(counters[i].name, name) == 0)
			return counters[i].value;
	}
	abort();
}

uint64_t fake_lost(const struct output *output)
{
	struct counter counters[LOSSES_MAX];
	size_t count = output_counters(output, counters, LOSSES_MAX);
	uint64_t lost = 0;

	for (size_t i = 0; i < count; i++)
		lost += counters[i].value;
	return lost;
}
