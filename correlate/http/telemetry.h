/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells requests by which telemetry is sent, or asked for, from those of applications
 * (design, decision 12). A path that an application may have, too, is no proof alone.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_TELEMETRY_H
#define WIRESPAN_CORRELATE_HTTP_TELEMETRY_H

#include "correlate/exchange/telemetry.h"
#include "correlate/http/head.h"

enum telemetry telemetry_recognise(const struct http_head *head);

#endif
