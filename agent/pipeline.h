/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's whole way: capture -> discovery -> engine -> exporter -> output. */
#ifndef WIRESPAN_AGENT_PIPELINE_H
#define WIRESPAN_AGENT_PIPELINE_H

#include <signal.h>

#include "agent/capture.h"
#include "agent/selection.h"
#include "otlp/output.h"

struct pipeline_options {
	struct capture_options capture;
	const struct selection *selection;
	bool infer_routes;
	uint64_t request_timeout; /* ns, 0: none */
	uint64_t duration;        /* ns, 0: until `stop` */
	struct output *output;    /* the caller's */
};

/*
 * Runs from attaching until the time is over or *stop is set, then delivers what
 * is in flight and prints the losses on standard error. 0 or negative errno, said
 * by the logger.
 */
int pipeline_run(const struct pipeline_options *options, const volatile sig_atomic_t *stop);

#endif
