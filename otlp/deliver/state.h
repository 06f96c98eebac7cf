/* SPDX-License-Identifier: Apache-2.0 */
/* What the stages of a delivery share; only delivery*.c include it. */
#ifndef WIRESPAN_OTLP_DELIVER_STATE_H
#define WIRESPAN_OTLP_DELIVER_STATE_H

#include "otlp/deliver/delivery.h"
#include "otlp/deliver/gather.h"
#include "otlp/deliver/queue.h"
#include "otlp/deliver/retry.h"
#include "otlp/tally.h"

enum delivery_number {
	EXPORT_DROPPED,
	EXPORT_REFUSED,
	EXPORT_REJECTED,
	EXPORT_ENCODING_FAILED,
	SPOOL_DROPPED,
	SPOOL_FAILED,
	SPOOL_DAMAGED,
	EXPORT_UNDELIVERED,
	DELIVERY_LOSSES,

	REQUESTS_SENT = DELIVERY_LOSSES,
	RETRIES_SENT,
	BYTES_SENT,
	ANSWERS,
	SPANS_DELIVERED,
	QUEUE_BYTES,
	QUEUE_BATCHES,
	QUEUE_SPANS,
	SPOOL_BYTES,
	SPOOL_FILES,
	SPOOL_SPANS,
	LATENCY_SUM,
	LATENCY_MAX,
	DELIVERY_NUMBERS,
};

/* One signal's way: each fails and waits by itself. */
struct lane {
	enum otlp_signal signal;
	struct batch *batch; /* under way, or to be sent again; NULL: none */
	bool spooled;        /* it is on disk, too */
	bool again;          /* what is sent next has been sent before */
	uint64_t begun;      /* when it was sent first; known once that was answered */
	struct outage outage;
	uint64_t told_until; /* for may_tell */
	struct said refusals;
};

struct delivery {
	struct output output;
	struct transport *transport;
	struct encoder *encoders[OTLP_SIGNALS]; /* NULL: this signal is not sent */
	bool gzip[OTLP_SIGNALS];
	enum otlp_encoding encodings[OTLP_SIGNALS];
	struct gather gather;
	struct delivery_queue queue;
	struct batch *metrics; /* the set that waits; NULL: none */
	struct lane lanes[OTLP_SIGNALS];
	struct lane *under_way; /* NULL: nothing is */
	struct lane *last;      /* sent last: the other goes first */
	bool flushing;
	uint64_t take_until; /* from then on no more spans are begun with, ns */
	atomic_bool cancelled;
	uint64_t now;    /* as last told */
	uint64_t random;
	struct said spool_causes;
	bool damaged_told;
	uint64_t room_told;  /* spans lost for room when that was last said */
	uint64_t room_quiet; /* until then it is not said again, ns */
	uint64_t (*clock)(void);
	void (*warn)(void *context, const char *text);
	void *context;
	tally numbers[DELIVERY_NUMBERS];
	struct {
		tally buckets[DELIVERY_DURATION_BOUNDS + 1], sum;
	} durations[DELIVERY_VERDICTS];
};

void delivery_warn(struct delivery *delivery, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The lane's batch has been answered, or could not be sent. */
void delivery_answer(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer);
/* Nothing came of the lane's batch, or of getting one: it is tried again later. */
void delivery_retry_later(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer);

/* Closes what is due, takes answers, sends. */
void delivery_move(struct delivery *delivery, uint64_t now);
/* When delivery_move will have something to do by itself; UINT64_MAX: never. */
uint64_t delivery_due(const struct delivery *delivery);
/* Makes one batch of what is gathered. */
void delivery_close_batch(struct delivery *delivery);
/* Counts how long the lane's batch took. */
void delivery_note_duration(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer);
/* Spans for which neither memory nor spool had room. */
uint64_t delivery_lost_for_room(const struct delivery *delivery);
/* Lets other threads see the numbers of the stages, and says what of them is worth saying. */
void delivery_publish(struct delivery *delivery);
size_t delivery_counters(const struct output *output, struct counter *ret_counters, size_t max);

#endif
