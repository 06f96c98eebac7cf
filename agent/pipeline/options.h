/* SPDX-License-Identifier: Apache-2.0 */
/* What a pipeline is to do. */
#ifndef WIRESPAN_AGENT_PIPELINE_OPTIONS_H
#define WIRESPAN_AGENT_PIPELINE_OPTIONS_H

#include "agent/kernel/capture.h"
#include "agent/kernel/selection.h"
#include "agent/options/database.h"
#include "agent/options/header.h"
#include "agent/pipeline/outputs.h"
#include "agent/recording/recorder.h"
#include "otlp/config/config.h"
#include "otlp/export/span_choice.h"

struct pipeline_options {
	struct capture_options capture;
	const struct selection *selection;
	const struct span_choice *choice;
	const struct header_options *headers;
	const struct database_options *databases;
	const struct otlp_config *config;
	bool infer_routes;
	uint64_t request_timeout;  /* ns, 0: none */
	uint64_t duration;         /* ns, 0: until signals_stop() */
	uint64_t stats_interval;   /* ns between two --stats, 0: none */
	uint64_t metrics_interval; /* ns between two sets of the agent's own metrics, 0: none */
	uint64_t flush_limit;      /* ns that the end may take; 0: EXPORTER_STOP_TIMEOUT */
	struct outputs *outputs;   /* the caller's */
	struct recorder *recorder; /* the caller's: told what the engine is; NULL: none */
};

#endif
