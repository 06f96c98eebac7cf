/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a pipeline, and how they are put together. */
#ifndef WIRESPAN_AGENT_PIPELINE_PARTS_H
#define WIRESPAN_AGENT_PIPELINE_PARTS_H

#include "agent/observe/observer.h"
#include "agent/pipeline/options.h"
#include "agent/process/discovery.h"
#include "agent/process/host.h"
#include "correlate/engine.h"
#include "otlp/export/exporter.h"
#include "otlp/export/span_filter.h"

struct pipeline {
	struct capture *capture;
	struct matching matching;
	uint64_t matching_due; /* when to tell what has selected nothing; UINT64_MAX: told */
	struct discovery *discovery;
	struct engine *engine;
	struct span_filter filter;
	struct exporter *exporter;
	struct recorder *recorder; /* the caller's; NULL: none */
	struct observer observer;
	struct traffic traffic;
	struct host host;
	struct attribute *shared; /* attributes of every Resource */
	size_t shared_count;
	uint32_t lost_seen; /* capture_lost_records() at the last drain */
	uint64_t clock_told;
	uint64_t taken; /* time of the last record taken from the source */
};

/* The three things that the engine is told, and the recorder with it. */
/* A record; for record_sink.accept: `context` is the pipeline. */
void pipeline_record(void *context, const void *record, size_t size);
void pipeline_note_loss(struct pipeline *pipeline, uint64_t time);
void pipeline_advance(struct pipeline *pipeline, uint64_t time);

/* Makes every part of a pipeline that is all zero. 0 or negative errno; pipeline_close is due whatever the result. */
int pipeline_open(struct pipeline *pipeline, const struct pipeline_options *options);
/* Begins to measure; once hooks are attached. 0 or -ENOMEM. */
int pipeline_observe(struct pipeline *pipeline, const struct pipeline_options *options);
/* Frees the parts. The exporter, if there is one, must have been stopped. */
void pipeline_close(struct pipeline *pipeline);

struct summary_sources pipeline_summary_sources(const struct pipeline *pipeline, const struct output *output);

#endif
