/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.0 and HTTP/1.1 message heads and framing: RFC 9112 (syntax, framing),
 * RFC 9110 (fields). Pure: bytes in; consumed, need more or error out; all
 * results are views into the input.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_HEAD_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_HEAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/slice.h"

#define HTTP1_HEAD_MAX 65536  /* longest head; node takes 16 KiB, nginx 32, Apache 64+ by configuration */
#define HTTP1_FIELDS_MAX 128  /* fields kept; more are parsed for framing and dropped */
#define HTTP1_METHOD_MAX 64   /* longest method token */

enum { HTTP1_NEED_MORE = -1, HTTP1_ERROR = -2 };

enum http1_message { HTTP1_REQUEST, HTTP1_RESPONSE };

/* Broken forms seen in the wild that were tolerated (bits of http1_head.defects). */
enum http1_defect {
	HTTP1_DEFECT_BARE_LF = 1 << 0,        /* lines ended by LF alone */
	HTTP1_DEFECT_LEADING_CRLF = 1 << 1,   /* empty lines before the start line (RFC 9112, 2.2) */
	HTTP1_DEFECT_OBS_FOLD = 1 << 2,       /* continuation lines (RFC 9112, 5.2) */
	HTTP1_DEFECT_SPACE_BEFORE_COLON = 1 << 3,
	HTTP1_DEFECT_NO_COLON = 1 << 4,       /* a field line without colon or without name, ignored */
	HTTP1_DEFECT_LENGTH_CONFLICT = 1 << 5,/* Content-Length invalid, differing, or beside Transfer-Encoding */
	HTTP1_DEFECT_CONTROL_BYTES = 1 << 6,  /* control bytes in a field line or target */
	HTTP1_DEFECT_FIELDS_DROPPED = 1 << 7, /* more than HTTP1_FIELDS_MAX */
	HTTP1_DEFECT_START_LINE_SPACES = 1 << 8, /* too many (inside the target too), or none after the status */
	HTTP1_DEFECT_OLD_CODING = 1 << 9,     /* Transfer-Encoding in HTTP/1.0, taken at its word */
};

/* Fields that something is learnt from, known by name once and for all readers of a head. */
enum http1_field_name {
	HTTP1_FIELD_OTHER,
	HTTP1_FIELD_CONNECTION,
	HTTP1_FIELD_CONTENT_LENGTH,
	HTTP1_FIELD_CONTENT_TYPE,
	HTTP1_FIELD_DATADOG_LANGUAGE,
	HTTP1_FIELD_DATADOG_TELEMETRY,
	HTTP1_FIELD_DATADOG_TRACER,
	HTTP1_FIELD_EXPECT,
	HTTP1_FIELD_FORWARDED,
	HTTP1_FIELD_HOST,
	HTTP1_FIELD_PROMETHEUS_READ,
	HTTP1_FIELD_PROMETHEUS_TIMEOUT,
	HTTP1_FIELD_PROMETHEUS_WRITE,
	HTTP1_FIELD_SENTRY_AUTH,
	HTTP1_FIELD_TRACEPARENT,
	HTTP1_FIELD_TRACESTATE,
	HTTP1_FIELD_TRANSFER_ENCODING,
	HTTP1_FIELD_USER_AGENT,
	HTTP1_FIELD_VIA,
	HTTP1_FIELD_X_FORWARDED_FOR,
	HTTP1_FIELD_X_FORWARDED_HOST,
	HTTP1_FIELD_X_FORWARDED_PROTO,
	HTTP1_FIELD_X_REAL_IP,
	HTTP1_FIELD_NAMES,
};

struct http1_field {
	struct slice name;
	struct slice value; /* trimmed; a folded one keeps its line breaks (http1_unfold) */
	enum http1_field_name known;
};

struct http1_head {
	enum http1_message message;
	int minor_version;     /* 0 or 1 (a higher minor reads as 1) */
	struct slice method;   /* requests */
	struct slice target;   /* requests: origin-, absolute-, authority- or asterisk-form, raw */
	int status;            /* responses: 100..999 */
	size_t field_count;
	struct http1_field fields[HTTP1_FIELDS_MAX]; /* the first field_count are set */
	uint8_t first[HTTP1_FIELD_NAMES]; /* where in `fields` a name is first, counted from 1; 0: nowhere */
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

/*
 * Parses a head that begins at input.data[0]. `seen` is how many leading bytes a
 * former call on the same head has already been given (0 at first): a head that
 * arrives byte by byte costs linear time. Returns the head's length with its
 * empty line; HTTP1_NEED_MORE; HTTP1_ERROR (also past HTTP1_HEAD_MAX).
 * *ret_head is written only on success and points into `input`.
 */
ssize_t http1_parse_head(enum http1_message message, struct slice input, size_t seen, struct http1_head *ret_head);

/* Whether `input` can begin such a head; true also for a too short input that still may. */
bool http1_may_begin(enum http1_message message, struct slice input);

/* Whether it is a method that is registered or widely used: more than any word before a target. */
bool http1_method_is_known(struct slice method);

/*
 * Whether `input` begins with a whole request line of a known method: a request, where one may begin. What may stand
 * before it that nobody followed, the end of a body, would look like a part of the method.
 */
bool http1_begins_request(struct slice input);

/* The first field of that name, which is not OTHER; NULL where there is none. */
static inline const struct slice *http1_field(const struct http1_head *head, enum http1_field_name name)
{
	return head->first[name] ? &head->fields[head->first[name] - 1].value : NULL;
}

/* Whether values in the head may hold line breaks. */
static inline bool http1_has_breaks(const struct http1_head *head)
{
	return head->defects & (HTTP1_DEFECT_OBS_FOLD | HTTP1_DEFECT_CONTROL_BYTES);
}

/*
 * Copies a value as it is meant: each line break, with the blanks around, is a space (RFC 9112,
 * 2.2 and 5.2). `out` has room for value.length bytes, and may be value.data. Returns the length.
 */
size_t http1_unfold(struct slice value, char *out);

/* Without spaces, tabs and the line breaks of folded values at both ends. */
struct slice http1_trim(struct slice text);

enum http1_body {
	HTTP1_BODY_NONE,
	HTTP1_BODY_LENGTH,  /* exactly `length` bytes, > 0 */
	HTTP1_BODY_CHUNKED,
	HTTP1_BODY_CLOSE,   /* until the connection closes */
	HTTP1_BODY_TUNNEL,  /* 101, or 2xx to CONNECT: no longer HTTP */
};

struct http1_framing {
	enum http1_body body;
	uint64_t length;
};

/*
 * RFC 9112, 6.3, for a request. Where the end can't be known (a last coding
 * that is not chunked, lengths that differ) it lasts until the close: a server
 * answers 400 and closes, and nothing that follows is taken for a request.
 */
struct http1_framing http1_request_framing(const struct http1_head *head);
/* The same for a response to a request of `method` (empty: unknown, taken as GET). 1xx but 101: NONE. */
struct http1_framing http1_response_framing(const struct http1_head *head, struct slice method);

#endif
