/* SPDX-License-Identifier: Apache-2.0 */
/* The field lines of an HTTP/1 head, for its parser; everyone else includes http1/head.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FIELD_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FIELD_H

#include "correlate/http/head.h"

/*
 * Parses whole field lines, each ended by LF, and sets everything in *head that
 * comes from fields; adds to head->defects. Nothing in a field line is an error.
 */
void http1_fields_parse(struct slice lines, struct http_head *head);

#endif
