/* SPDX-License-Identifier: Apache-2.0 */
/* Headers from the environment: secrets, and a way into the request. */
#ifndef WIRESPAN_OTLP_CONFIG_HEADERS_H
#define WIRESPAN_OTLP_CONFIG_HEADERS_H

#include "otlp/config/value.h"

/*
 * Reads "name=value,..." with percent-encoded values; what it says replaces what `config` has. What
 * no header can be made of is left out: a name that is no token (RFC 9110), a value with control
 * characters, also encoded ones, a header that is the exporter's own. Of two with one name the last
 * stays. Told once, without any value. 0 or -ENOMEM.
 */
int config_headers(struct config_reader *reader, const char *name, struct otlp_signal_config *config);
void config_headers_free(struct otlp_signal_config *config);

#endif
