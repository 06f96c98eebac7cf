/* SPDX-License-Identifier: Apache-2.0 */
/* Environments for tests of config_read, and what became of them as text. */
#ifndef WIRESPAN_OTLP_CONFIG_TEST_SAMPLE_H
#define WIRESPAN_OTLP_CONFIG_TEST_SAMPLE_H

#include <errno.h>

#include "otlp/config/config.h"

/* Never to be seen in a problem: config_sample_read asserts it. */
#define CONFIG_SAMPLE_SECRET "s3cret"

/*
 * One test: "NAME=value" lines in; a line of config_sample_text, the result and the beginning of what
 * is told out. `expected` NULL: nothing of the configuration is looked at. `problem` NULL: nothing is told.
 */
struct config_sample {
	const char *environment;
	const char *expected;
	const char *problem;
	int result;
	const char *endpoint;  /* --endpoint */
	unsigned int problems; /* how many, where there is not one */
};

#define READS(environment_, expected_) { .environment = environment_, .expected = expected_ }
#define TELLS(environment_, expected_, problem_) \
	{ .environment = environment_, .expected = expected_, .problem = problem_ }
#define REFUSES(environment_, expected_, problem_) \
	{ .environment = environment_, .expected = expected_, .problem = problem_, .result = -EINVAL }

/* Asserts all that, for `count` samples. */
void config_samples_check(const struct config_sample *samples, size_t count);

#define CONFIG_SAMPLES_CHECK(samples) config_samples_check(samples, sizeof(samples) / sizeof((samples)[0]))

/* Reads one value that a line could not hold: anything without NUL. config_done'd by the caller. */
int config_sample_read(struct otlp_config *config, const char *name, const char *value, unsigned int *ret_problems);

#endif
