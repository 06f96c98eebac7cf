/* SPDX-License-Identifier: Apache-2.0 */
/* A delivery to the fake collector, for tests. */
#ifndef WIRESPAN_OTLP_DELIVER_TEST_FIXTURE_H
#define WIRESPAN_OTLP_DELIVER_TEST_FIXTURE_H

#include "otlp/deliver/test/fake_collector.h"

extern struct fake_collector collector;
/* What every request is answered, unless the test sets collector.answer. */
extern struct fake_answer next_answer;

/* After a millisecond. */
void set_answer(enum transport_verdict verdict, const char *cause);
/* A new collector, which takes everything, and its clock. */
void collector_begin(void);
/* `spool` may be NULL; `queue_bytes` 0: the default. */
struct output *delivery_start(struct otlp_config config, size_t queue_bytes, struct spool *spool);
/* The collector took the spans with the numbers below `count`, each once, in order, and no others. */
void assert_all_once(uint64_t count);

#endif
