// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

struct fake_collector collector;
struct fake_answer next_answer;

void set_answer(enum transport_verdict verdict, const char *cause)
{
	next_answer = (struct fake_answer){ .verdict = verdict, .latency = NSEC_PER_MSEC, .cause = cause };
}

static struct fake_answer answer_next(struct fake_collector *self, const struct transport_request *request)
{
	(void)self;
	(void)request;
	return next_answer;
}

void collector_begin(void)
{
	fake_collector_init(&collector);
	collector.answer = answer_next;
	set_answer(TRANSPORT_DELIVERED, NULL);
}

struct output *delivery_start(struct otlp_config config, size_t queue_bytes, struct spool *spool)
{
	struct output *output;

	assert_int_equal(output_delivery_new(&(struct delivery_options){ .config = &config,
									 .version = "1",
									 .transport = fake_transport_new(&collector),
									 .spool = spool,
									 .queue_bytes = queue_bytes,
									 .clock = fake_clock,
									 .warn = fake_warn,
									 .context = &collector },
					     &output),
			 0);
	assert_true(output_waits(output));
	return output;
}

void assert_all_once(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		assert_int_equal(collector.taken[i], 1);
	assert_int_equal(collector.spans_taken, count);
	assert_false(collector.disordered);
	assert_false(collector.overlapped);
}
