/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent adds to the Resource of every process, and its own Resource. */
#ifndef WIRESPAN_AGENT_PROCESS_RESOURCES_H
#define WIRESPAN_AGENT_PROCESS_RESOURCES_H

#include "agent/process/host.h"
#include "otlp/config/config.h"

/*
 * The agent's OTEL_RESOURCE_ATTRIBUTES, then host.*, os.type and telemetry.sdk.*: of two
 * with one key the first counts. For the caller to free, the texts are those of `config` and
 * `host`. NULL when out of memory.
 */
struct attribute *resources_shared(const struct otlp_config *config, const struct host *host, size_t *ret_count);

/*
 * The agent as a service: service.name (OTEL_SERVICE_NAME), service.version, service.instance.id
 * (a random UUID), process.pid, and what is shared. One reference; NULL when out of memory.
 */
struct resource *resources_self(const struct otlp_config *config, const struct attribute *shared, size_t shared_count);

#endif
