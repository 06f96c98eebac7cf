/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a call of a database to a span: name, status and attributes by the OpenTelemetry
 * conventions for database clients, and of what answers them alike. What each
 * database's protocol means by them is for it to say. Pure; values are passed on as
 * bytes (what is not UTF-8 is for the output to clean). Literals, keys and secrets are
 * out of a query's text before it gets here.
 */
#ifndef WIRESPAN_CORRELATE_DB_SPAN_H
#define WIRESPAN_CORRELATE_DB_SPAN_H

#include "bpf/record.h"
#include "correlate/span/span.h"
#include "correlate/span/text.h"

/* Of a query's text the first bytes are told; a character is not cut. */
#define DB_QUERY_TEXT_MAX 8192
/* Of names in a span's name the first bytes. */
#define DB_NAME_PART_MAX 255

/* Constant, one per db.system.name. */
struct db_system {
	struct slice name;
	uint16_t port;            /* by default: server.port tells of others only */
	bool numbered_namespaces; /* a number is no name: none in a span's (Redis) */
};

/* What was asked and what came of it. Empty and zero: not known, or not so. */
struct db_call {
	const struct db_system *system;
	struct slice namespace;
	struct slice collection;
	struct slice stored_procedure;
	struct slice operation;     /* "GET", "MULTI GET", "PIPELINE": of a table, never of the wire */
	struct slice query_summary; /* db_summary_text() */
	struct slice query_text;    /* safe to show */
	struct slice server_name;   /* that the client asks for (TLS' SNI); empty: its address */
	struct slice protocol_version;
	uint64_t batch_size;      /* operations in it; told unless 0 or 1 */
	struct slice status_code; /* db.response.status_code */
	bool failed;              /* the answer is an error; by itself a status code is none */
	struct slice error_type;  /* transport failure ("connection_reset", "timeout", ...), static text */
};

/* Who called, or was called. */
struct db_span_context {
	const struct record_connection *connection; /* as the traced end sees it */
	uint32_t pid;
	uint32_t tid;
};

/* Room for all texts that are composed. */
#define DB_SPAN_TEXT_MAX 1024

/*
 * Sets name, kind, status, error_type and appends attributes. Leaves resource, ids,
 * trace_state, flags and times alone. The span's slices point into `call`, `text` (at
 * least DB_SPAN_TEXT_MAX are free) and static text.
 */
void db_span_fill(const struct db_call *call, enum span_kind kind, const struct db_span_context *context,
		  struct span *span, struct text *text);

#endif
