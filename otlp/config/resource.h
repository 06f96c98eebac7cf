/* SPDX-License-Identifier: Apache-2.0 */
/* Resource SDK, "Specifying resource information via an environment variable". */
#ifndef WIRESPAN_OTLP_CONFIG_RESOURCE_H
#define WIRESPAN_OTLP_CONFIG_RESOURCE_H

#include "otlp/config/value.h"

/*
 * Attributes for every Resource, and the agent's own name: OTEL_SERVICE_NAME, else service.name
 * among the attributes, else "wirespan". Any error in the attributes discards all of them. Of two
 * with one key the last stays. 0 or -ENOMEM.
 */
int config_resource(struct config_reader *reader, struct otlp_config *config);

#endif
