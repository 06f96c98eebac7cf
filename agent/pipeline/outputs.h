/* SPDX-License-Identifier: Apache-2.0 */
/* Where spans go, made from the command line and the environment: printed, sent to a collector, or both. */
#ifndef WIRESPAN_AGENT_PIPELINE_OUTPUTS_H
#define WIRESPAN_AGENT_PIPELINE_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "otlp/config/config.h"
#include "otlp/console/latency.h"
#include "otlp/export/output.h"
#include "otlp/export/writer.h"

enum outputs_format { OUTPUTS_CONSOLE, OUTPUTS_SUMMARY, OUTPUTS_JSON, OUTPUTS_NONE };

struct outputs_choice {
	bool prints;
	bool sends_spans;
	bool sends_metrics; /* the agent's own */
};

/*
 * Printed is where --format or --output asks for it (`print_given`), OTEL_TRACES_EXPORTER names console,
 * or spans would go nowhere though nobody said "none". Sent is what `config` has an endpoint for.
 */
struct outputs_choice outputs_choose(const struct otlp_config *config, bool print_given);

struct outputs_options {
	struct outputs_choice choice;
	enum outputs_format format;
	const char *path;  /* of the file to print to, behind what is there; NULL: standard output */
	enum latency_sort sort; /* of the tables that the first two print */
	uint64_t interval;      /* ns between two tables; 0: only at the end */
	bool orphans;      /* spans may have parents that are not wanted */
	const char *spool; /* directory; NULL: none */
	uint64_t spool_size;
	bool waits_for_reader; /* sending waits for whoever reads what is printed, however long that takes */
	const struct otlp_config *config;
};

struct outputs {
	struct output *output;   /* all of them */
	struct output *delivery; /* the one among them that sends; NULL: none */
	const struct outputs_options *options;
	int fd;               /* that is printed to; the same however often it is opened again */
	struct writer writer; /* to it */
	/* Of writes that failed, the exporter's: what was said last, and when (ns). */
	int told_error;
	uint64_t told;
};

/* `options` outlive it, and it stays where it is. 0; -EINVAL: the endpoint cannot be used; negative errno. All said by the logger. */
int outputs_open(struct outputs *outputs, const struct outputs_options *options);
/*
 * Opens --output's file again, for those who have moved it away: what comes next goes there. From any
 * thread. Where it cannot be opened (said) the old one stays.
 */
void outputs_reopen(struct outputs *outputs);
/* 0 or negative errno (said) where the file was not written whole. */
int outputs_close(struct outputs *outputs);

/*
 * After the run: how many spans went where, by the logger. No more of the URL than host and port. 0; -EIO
 * where the collector refused all that it was sent.
 */
int outputs_tell_sent(const struct outputs *outputs);

#endif
