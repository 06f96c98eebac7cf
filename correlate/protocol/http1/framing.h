/* SPDX-License-Identifier: Apache-2.0 */
/* How the fields of a head come to say what its body is; what they said is asked by http1/head.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FRAMING_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FRAMING_H

#include "correlate/protocol/http1/head.h"

/* What one field says about framing, as fields come in their order. */
void http1_framing_field(struct http_head *head, enum http_field_name name, struct slice value);
/* Settles contradictions once all fields are known. */
void http1_framing_settle(struct http_head *head);

#endif
