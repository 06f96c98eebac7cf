/* SPDX-License-Identifier: Apache-2.0 */
/* What of a span is shown, by what the conventions of its kind of traffic call it: a row per kind. */
#ifndef WIRESPAN_OTLP_CONSOLE_SEMANTICS_H
#define WIRESPAN_OTLP_CONSOLE_SEMANTICS_H

#include "correlate/span/span.h"

/* Keys of attributes; NULL: there is no such. */
struct semantics {
	const char *system;      /* names what is spoken to; a span that has it is of this kind */
	const char *within;      /* the part of that which is meant: "127.0.0.1:6379/0" */
	const char *asked;       /* what a server is asked for: shown instead of whom a client asks */
	const char *status;      /* the answer's code, a number or a text */
	const char *endpoint[2]; /* what an endpoint is called behind its system: the first that there is, else the span's name */
};

/* Never NULL: a span that is of no other kind is taken for HTTP's. */
const struct semantics *semantics_of(const struct span *span);

/*
 * What the span is counted as among those of its service and end: "redis GET", or where there is no
 * system its name. Points into the span, or into `room`, by whose size it is cut.
 */
struct slice semantics_endpoint(const struct span *span, char *room, size_t size);

#endif
