/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where requests go: OTLP Exporter Configuration, "Endpoint URLs for OTLP/HTTP".
 * Nothing here says what a URL holds: it may be a password.
 */
#ifndef WIRESPAN_OTLP_CONFIG_ENDPOINT_H
#define WIRESPAN_OTLP_CONFIG_ENDPOINT_H

#include "base/slice.h"
#include "otlp/signal.h"

/*
 * The URL that requests for `signal` are posted to. `base`: "v1/SIGNAL" is added to the
 * path, after exactly one '/'; otherwise the URL is taken as it is, with '/' for no path.
 * unix:/PATH and unix:///PATH both become unix:/PATH.
 * 0, *ret_endpoint is the caller's; -ENOMEM; -EINVAL, and *ret_reason (static) says what is wrong.
 */
int endpoint_make(struct slice url, enum otlp_signal signal, bool base, char **ret_endpoint, const char **ret_reason);

/* Whether the path ends with "v1/SIGNAL": then it is hardly meant as a base. */
bool endpoint_has_signal_path(struct slice url);

#endif
