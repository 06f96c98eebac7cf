/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector for tests of the delivery, with a transport to it, a clock that
 * only its waiting moves, and an encoder that stands for the real one: a span's
 * `start` is its number, `end - start` the bytes that it takes beside it.
 */
#ifndef WIRESPAN_OTLP_DELIVER_TEST_FAKE_COLLECTOR_H
#define WIRESPAN_OTLP_DELIVER_TEST_FAKE_COLLECTOR_H

#include "otlp/deliver/delivery.h"

#define FAKE_SPANS_MAX 100000
#define FAKE_TEXTS_MAX 64
#define FAKE_SPAN_HEAD 16 /* bytes that the encoder makes of a span beside its own */

/* How a request is answered, and after how long. */
struct fake_answer {
	enum transport_verdict verdict;
	uint64_t latency;     /* ns; UINT64_MAX: never */
	uint64_t retry_after; /* ns */
	int64_t rejected;     /* the last ones of the request */
	const char *cause, *message;
};

struct fake_collector {
	/* What the test sets. */
	struct fake_answer (*answer)(struct fake_collector *collector, const struct transport_request *request);
	size_t size_limit; /* a longer body is too large; 0: none */
	int send_error;    /* of transport_send */
	uint64_t start;    /* no clock is before */

	/* What it saw. */
	uint8_t taken[FAKE_SPANS_MAX]; /* how often that span was */
	uint64_t spans_taken, requests[OTLP_SIGNALS], waits, last_number;
	uint64_t request_times[FAKE_TEXTS_MAX]; /* of the first ones with spans */
	size_t largest;                         /* body */
	bool disordered;                        /* a number came after a greater one */
	bool overlapped;                        /* a request began while another was under way */
	char texts[FAKE_TEXTS_MAX][1024];       /* warnings */
	size_t text_count;
};

/* One at a time: the clock and the encoder are global. */
void fake_collector_init(struct fake_collector *collector);
/* For delivery_options. */
struct transport *fake_transport_new(struct fake_collector *collector);
uint64_t fake_clock(void);
void fake_clock_move(uint64_t nanoseconds);
void fake_warn(void *collector, const char *text);
/* How many warnings contain that. */
size_t fake_warned(const struct fake_collector *collector, const char *part);

/* Every call of the encoder returns that; 0: none fails. */
void fake_encoder_fail(int error);

/* Both signals, nothing else. */
struct otlp_config fake_config(void);
/* Gives spans with the numbers from `first` on, each of that size. */
void fake_give(struct output *output, uint64_t first, uint64_t count, size_t size);
/* As the exporter's thread does, for so long by the fake clock. */
void fake_run(struct output *output, uint64_t nanoseconds);
/* The sum of its counters. */
uint64_t fake_lost(const struct output *output);
uint64_t fake_counter(const struct output *output, const char *name);

#endif
