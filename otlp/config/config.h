/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the environment says of exporting: OpenTelemetry specification 1.60,
 * "Environment Variable Specification" and "OTLP Exporter Configuration".
 */
#ifndef WIRESPAN_OTLP_CONFIG_CONFIG_H
#define WIRESPAN_OTLP_CONFIG_CONFIG_H

#include "otlp/config/settings.h"

/*
 * Fills `config`, which config_done frees whatever the result. `endpoint`, if not NULL,
 * is --endpoint: in place of every endpoint variable, as OTEL_EXPORTER_OTLP_ENDPOINT would be.
 * Bad values are told and left out. 0; -ENOMEM; -EINVAL when nothing could be sent to the
 * endpoint that was asked for (told, too): grpc, a scheme or URL that is none.
 */
int config_read(struct otlp_config *config, const struct config_source *source, const char *endpoint);
void config_done(struct otlp_config *config);

#endif
