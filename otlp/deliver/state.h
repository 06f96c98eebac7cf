/* SPDX-License-Identifier: Apache-2.0 */
/* What the stages of a delivery share; nobody else includes it. */
#ifndef WIRESPAN_OTLP_DELIVER_STATE_H
#define WIRESPAN_OTLP_DELIVER_STATE_H

#include "otlp/deliver/gather.h"
#include "otlp/deliver/numbers.h"
#include "otlp/deliver/queue.h"
#include "otlp/deliver/retry.h"
#include "otlp/export/output.h"
#include "otlp/transport/transport.h"

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
	struct delivery_numbers numbers;
};

/* Tells the user, where anybody listens. */
void delivery_warn(struct delivery *delivery, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
