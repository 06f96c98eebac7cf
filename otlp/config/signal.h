/* SPDX-License-Identifier: Apache-2.0 */
/* What is configured per signal: OTLP Exporter Configuration. The signal's own variables win over the general ones. */
#ifndef WIRESPAN_OTLP_CONFIG_SIGNAL_H
#define WIRESPAN_OTLP_CONFIG_SIGNAL_H

#include "otlp/config/value.h"

/*
 * Fills config->signals, as config_read says; config->exporters and config->disabled have been read.
 * 0, -ENOMEM, or -EINVAL (the rest is filled nevertheless).
 */
int config_signals(const struct config_source *source, const char *endpoint, struct otlp_config *config);
void config_signals_done(struct otlp_config *config);

#endif
