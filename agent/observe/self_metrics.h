/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent knows of itself as OTLP metrics: names of the semantic conventions for
 * SDKs and processes where they have one, else under "wirespan.". docs/metrics.md lists them.
 */
#ifndef WIRESPAN_AGENT_OBSERVE_SELF_METRICS_H
#define WIRESPAN_AGENT_OBSERVE_SELF_METRICS_H

#include "agent/observe/stats.h"
#include "otlp/config/config.h"
#include "otlp/metric.h"

/* `start`: wall clock ns at which the agent began to count. metric_set_free'd; NULL when out of memory. */
struct metric_set *self_metrics_make(struct resource *resource, const struct stats *stats, uint64_t start,
				     enum otlp_encoding encoding);

#endif
