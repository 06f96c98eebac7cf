/* SPDX-License-Identifier: Apache-2.0 */
/* Every loss of every part, together, as shown at the end. */
#ifndef WIRESPAN_AGENT_SUMMARY_H
#define WIRESPAN_AGENT_SUMMARY_H

#include "agent/capture.h"
#include "agent/discovery.h"
#include "correlate/loss.h"
#include "otlp/exporter.h"

#define SUMMARY_MAX 64

struct summary {
	struct counter counters[SUMMARY_MAX];
	size_t count;
};

void summary_add_capture(struct summary *summary, const struct capture *capture);
void summary_add_engine(struct summary *summary, const struct losses *losses);
void summary_add_discovery(struct summary *summary, const struct discovery *discovery);
void summary_add_exporter(struct summary *summary, const struct exporter *exporter, const struct output *output);

/*
 * On standard error, zeros left out: "wirespan: loss: NAME COUNT" for each loss,
 * "wirespan: ignored: NAME COUNT" for connections by what they looked like. 0;
 * -ETIMEDOUT when standard error is a pipe or terminal that takes no more.
 */
int summary_print(const struct summary *summary, const struct capture *capture);

#endif
