/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that hold a list of names. */
#ifndef WIRESPAN_OTLP_CONFIG_LIST_H
#define WIRESPAN_OTLP_CONFIG_LIST_H

#include "otlp/config/value.h"

/* enum config_exporter, together; 0: none was named that is supported. Of others the first is told. */
unsigned int config_exporters(struct config_reader *reader, const char *name);
/* OTEL_PROPAGATORS only tells what of it is not read from requests. */
void config_propagators(struct config_reader *reader);

#endif
