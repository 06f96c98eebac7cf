/* SPDX-License-Identifier: Apache-2.0 */
/* What a process's environment says and nobody else needs to know: records may end up in a recording. */
#ifndef WIRESPAN_AGENT_PROCESS_SECRET_H
#define WIRESPAN_AGENT_PROCESS_SECRET_H

#include <stddef.h>

/*
 * `environment`: NAME=VALUE texts, each ended by NUL (the last one perhaps cut). The values of variables
 * that hold credentials (OTEL_EXPORTER_OTLP_HEADERS and its kin) are overwritten by '*', in place.
 */
void secret_hide(char *environment, size_t length);

#endif
