/* SPDX-License-Identifier: Apache-2.0 */
/* The OTEL_* variables of the agent's own environment, and what they make of its log. */
#ifndef WIRESPAN_AGENT_OPTIONS_ENVIRONMENT_H
#define WIRESPAN_AGENT_OPTIONS_ENVIRONMENT_H

#include "base/log.h"
#include "otlp/config/config.h"

/*
 * Fills `config`, which config_done frees whatever the result. Sets the log level as OTEL_LOG_LEVEL
 * says, unless `verbose`: then to debug. What is bad or not supported is said, at that level. `endpoint`:
 * --endpoint, or NULL. 0; -EINVAL (said as an error) where nothing could be sent to the endpoint
 * that was asked for; -ENOMEM.
 */
int environment_read(struct otlp_config *config, const char *endpoint, bool verbose);

/* The flush limit at exit in ns: OTEL_BSP_EXPORT_TIMEOUT where that is set, else 0, the exporter's own. */
uint64_t environment_flush_limit(const struct otlp_config *config);

/* Reads a value of OTEL_LOG_LEVEL, in any case. False where it is none. */
bool environment_log_level(const char *text, enum log_level *ret_level);

#endif
