/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's whole way: capture -> discovery -> engine -> span filter -> exporter -> output. */
#ifndef WIRESPAN_AGENT_PIPELINE_PIPELINE_H
#define WIRESPAN_AGENT_PIPELINE_PIPELINE_H

#include "agent/pipeline/options.h"

/*
 * Runs from attaching until the time is over or a signal ends it (signals.h), then delivers what
 * is in flight and prints the losses on standard error. 0 or negative errno, said
 * by the logger.
 */
int pipeline_run(const struct pipeline_options *options);

#endif
