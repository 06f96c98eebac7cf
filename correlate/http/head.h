/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message's head, whatever version of HTTP it came by (RFC 9110): what its start line or
 * pseudo-header fields say, and its fields. Who parses it fills it in.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_HEAD_H
#define WIRESPAN_CORRELATE_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define HTTP_FIELDS_MAX 128 /* fields kept; more are parsed for framing and dropped */
#define HTTP_METHOD_MAX 64  /* longest method token */

enum http_message { HTTP_REQUEST, HTTP_RESPONSE };

/* Broken forms seen in the wild that were tolerated (bits of http_head.defects). */
enum http_defect {
	HTTP_DEFECT_BARE_LF = 1 << 0,        /* lines ended by LF alone */
	HTTP_DEFECT_LEADING_CRLF = 1 << 1,   /* empty lines before the start line (RFC 9112, 2.2) */
	HTTP_DEFECT_OBS_FOLD = 1 << 2,       /* continuation lines (RFC 9112, 5.2) */
	HTTP_DEFECT_SPACE_BEFORE_COLON = 1 << 3,
	HTTP_DEFECT_NO_COLON = 1 << 4,       /* a field line without colon or without name, ignored */
	HTTP_DEFECT_LENGTH_CONFLICT = 1 << 5,/* Content-Length invalid, differing, or beside Transfer-Encoding */
	HTTP_DEFECT_CONTROL_BYTES = 1 << 6,  /* control bytes in a field line or target */
	HTTP_DEFECT_FIELDS_DROPPED = 1 << 7, /* more than HTTP_FIELDS_MAX */
	HTTP_DEFECT_START_LINE_SPACES = 1 << 8, /* too many (inside the target too), or none after the status */
	HTTP_DEFECT_OLD_CODING = 1 << 9,     /* Transfer-Encoding in HTTP/1.0, taken at its word */
};

/* Fields that something is learnt from, known by name once and for all readers of a head. */
enum http_field_name {
	HTTP_FIELD_OTHER,
	HTTP_FIELD_CONNECTION,
	HTTP_FIELD_CONTENT_LENGTH,
	HTTP_FIELD_CONTENT_TYPE,
	HTTP_FIELD_DATADOG_LANGUAGE,
	HTTP_FIELD_DATADOG_TELEMETRY,
	HTTP_FIELD_DATADOG_TRACER,
	HTTP_FIELD_EXPECT,
	HTTP_FIELD_FORWARDED,
	HTTP_FIELD_HOST,
	HTTP_FIELD_PROMETHEUS_READ,
	HTTP_FIELD_PROMETHEUS_TIMEOUT,
	HTTP_FIELD_PROMETHEUS_WRITE,
	HTTP_FIELD_SENTRY_AUTH,
	HTTP_FIELD_TRACEPARENT,
	HTTP_FIELD_TRACESTATE,
	HTTP_FIELD_TRANSFER_ENCODING,
	HTTP_FIELD_USER_AGENT,
	HTTP_FIELD_VIA,
	HTTP_FIELD_X_FORWARDED_FOR,
	HTTP_FIELD_X_FORWARDED_HOST,
	HTTP_FIELD_X_FORWARDED_PROTO,
	HTTP_FIELD_X_REAL_IP,
	HTTP_FIELD_NAMES,
};

struct http_field {
	struct slice name;
	struct slice value; /* trimmed; a folded one keeps its line breaks (http_unfold) */
	enum http_field_name known;
};

struct http_head {
	enum http_message message;
	int minor_version;     /* 0 or 1 (a higher minor reads as 1) */
	struct slice method;   /* requests */
	struct slice target;   /* requests: origin-, absolute-, authority- or asterisk-form, raw */
	int status;            /* responses: 100..999 */
	size_t field_count;
	struct http_field fields[HTTP_FIELDS_MAX]; /* the first field_count are set */
	uint8_t first[HTTP_FIELD_NAMES]; /* where in `fields` a name is first, counted from 1; 0: nowhere */
	unsigned int defects;
	/* Framing, from all fields: */
	bool has_content_length;    /* a valid one; not where several differ */
	uint64_t content_length;
	bool has_transfer_encoding; /* a coding other than "identity" */
	bool chunked;          /* the last transfer coding is chunked */
	bool connection_close;
	bool connection_keep_alive;
	bool expect_continue;
};

/* Which of the known names it is, without case; `name` is not empty. */
enum http_field_name http_field_name(struct slice name);

/* The first field of that name, which is not OTHER; NULL where there is none. */
static inline const struct slice *http_field(const struct http_head *head, enum http_field_name name)
{
	return head->first[name] ? &head->fields[head->first[name] - 1].value : NULL;
}

/* Whether values in the head may hold line breaks. */
static inline bool http_has_breaks(const struct http_head *head)
{
	return head->defects & (HTTP_DEFECT_OBS_FOLD | HTTP_DEFECT_CONTROL_BYTES);
}

static inline bool http_is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Also the line breaks that a folded value has inside. */
static inline bool http_is_space(char byte)
{
	return http_is_blank(byte) || byte == '\r' || byte == '\n';
}

/*
 * Copies a value as it is meant: each line break, with the blanks around, is a space (RFC 9112,
 * 2.2 and 5.2). `out` has room for value.length bytes, and may be value.data. Returns the length.
 */
size_t http_unfold(struct slice value, char *out);

/* Without spaces, tabs and the line breaks of folded values at both ends. */
struct slice http_trim(struct slice text);

#endif
