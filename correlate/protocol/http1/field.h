/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the HTTP/1 head parser that its files share; everyone else includes http1/head.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FIELD_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FIELD_H

#include "correlate/protocol/http1/head.h"

/*
 * Parses whole field lines, each ended by LF, and sets everything in *head that
 * comes from fields; adds to head->defects. Nothing in a field line is an error.
 */
void http1_fields_parse(struct slice lines, struct http1_head *head);

/* Which of the known names it is, without case; `name` is not empty. */
enum http1_field_name http1_field_name(struct slice name);

/* What one field says about framing, as fields come in their order. */
void http1_framing_field(struct http1_head *head, enum http1_field_name name, struct slice value);
/* Settles contradictions once all fields are known. */
void http1_framing_settle(struct http1_head *head);

#endif
