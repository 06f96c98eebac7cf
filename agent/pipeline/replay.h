/* SPDX-License-Identifier: Apache-2.0 */
/* A recording through the same engine, filter, exporter and output as `run`, as fast as they go. */
#ifndef WIRESPAN_AGENT_PIPELINE_REPLAY_H
#define WIRESPAN_AGENT_PIPELINE_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/options/database.h"
#include "agent/options/header.h"
#include "agent/pipeline/outputs.h"
#include "agent/pipeline/replay_file.h"
#include "otlp/config/config.h"
#include "otlp/export/span_choice.h"

struct replay_options {
	struct replay_file *file;
	const struct span_choice *choice;
	const struct header_options *headers;
	const struct database_options *databases;
	const struct otlp_config *config;
	bool infer_routes;
	uint64_t request_timeout; /* ns, 0: none */
	uint64_t seed;            /* of trace and span ids */
	uint64_t flush_limit;     /* ns that the end may take; 0: EXPORTER_STOP_TIMEOUT */
	struct outputs *outputs;  /* the caller's */
};

/*
 * Replays until the recording's end or until a signal ends it (signals.h), and prints the losses on standard error: those
 * of the recording, too. 0 where the recording is whole; -EBADMSG where it is not, though what is whole
 * of it was replayed; other negative errno. All said by the logger.
 */
int replay_run(const struct replay_options *options);

#endif
