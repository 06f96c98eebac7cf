/* SPDX-License-Identifier: Apache-2.0 */
/* The names of fields that something is learnt from. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_NAME_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_NAME_H

#include "correlate/protocol/http1/head.h"

/* Which of the known names it is, without case; `name` is not empty. */
enum http1_field_name http1_field_name(struct slice name);

#endif
