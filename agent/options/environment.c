// SPDX-License-Identifier: Apache-2.0
#include "agent/options/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "otlp/config/value.h"

#define PROBLEMS_MAX 65536
#define FLUSH_UNLIMITED (24 * 3600 * NSEC_PER_SEC) /* OTEL_BSP_EXPORT_TIMEOUT=0; a second signal ends it */

static const char *look_up(void *context, const char *name)
{
	(void)context;
	return getenv(name);
}

/* Kept, each ended by NUL, until it is known how much is to be logged. What has no room is no problem any more. */
static void note_problem(void *context, const char *text)
{
	(void)buffer_append(context, text, strlen(text) + 1);
}

/* Which of them is why it failed, if it did, is not known: all are errors then. */
static void say_problems(const struct buffer *problems, bool failed)
{
	for (size_t at = 0; at < problems->length; at += strlen(problems->data + at) + 1)
		log_message(failed ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s", problems->data + at);
}

bool environment_log_level(const char *text, enum log_level *ret_level)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {
		{ "none", LOG_LEVEL_ERROR },    { "off", LOG_LEVEL_ERROR },        { "fatal", LOG_LEVEL_ERROR },
		{ "error", LOG_LEVEL_ERROR },   { "warn", LOG_LEVEL_WARNING },     { "warning", LOG_LEVEL_WARNING },
		{ "info", LOG_LEVEL_INFO },     { "information", LOG_LEVEL_INFO }, { "debug", LOG_LEVEL_DEBUG },
		{ "verbose", LOG_LEVEL_DEBUG }, { "trace", LOG_LEVEL_DEBUG },      { "all", LOG_LEVEL_DEBUG },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcasecmp(text, levels[i].name) == 0) {
			*ret_level = levels[i].level;
			return true;
		}
	}
	return false;
}

static void set_level(const struct otlp_config *config, bool verbose)
{
	enum log_level level;

	if (verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	else if (config->log_level && environment_log_level(config->log_level, &level))
		log_set_level(level);
	else if (config->log_level)
		log_warning("OTEL_LOG_LEVEL: not one of error, warn, info, debug: left out");
}

int environment_read(struct otlp_config *config, const char *endpoint, bool verbose)
{
	struct buffer problems;
	const struct config_source source = { .lookup = look_up, .context = &problems, .problem = note_problem };
	int error;

	buffer_init(&problems, PROBLEMS_MAX);
	error = config_read(config, &source, endpoint);
	set_level(config, verbose);
	say_problems(&problems, error == -EINVAL);
	buffer_done(&problems);
	if (error == -ENOMEM)
		log_error("cannot read the environment: %s", strerror(ENOMEM));
	return error;
}

uint64_t environment_flush_limit(const struct otlp_config *config)
{
	struct slice said = slice_trim(slice_of_string(getenv("OTEL_BSP_EXPORT_TIMEOUT")));
	uint64_t milliseconds;

	/* What config_read left out says nothing here either. */
	if (!slice_to_u64(said, &milliseconds) || milliseconds > CONFIG_MILLISECONDS_MAX)
		return 0;
	return config->export_timeout ? config->export_timeout : FLUSH_UNLIMITED;
}
