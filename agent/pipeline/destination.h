/* SPDX-License-Identifier: Apache-2.0 */
/* What may be shown of where spans are sent: an endpoint may hold a password. */
#ifndef WIRESPAN_AGENT_PIPELINE_DESTINATION_H
#define WIRESPAN_AGENT_PIPELINE_DESTINATION_H

/* Room for outputs_destination. */
#define OUTPUTS_DESTINATION_MAX 320
/* "http://host:port" of a URL, without user, path and query; a unix: one as it is. Safe for a terminal. */
const char *outputs_destination(const char *url, char text[OUTPUTS_DESTINATION_MAX]);

#endif
