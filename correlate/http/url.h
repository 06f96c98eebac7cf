/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of request targets, authorities and Forwarded fields. Results are views into the input, or static text. */
#ifndef WIRESPAN_CORRELATE_HTTP_URL_H
#define WIRESPAN_CORRELATE_HTTP_URL_H

#include <stdbool.h>

#include "base/slice.h"

struct http_target {
	struct slice scheme;    /* absolute-form only */
	struct slice authority; /* absolute-form and CONNECT; with userinfo */
	struct slice path;      /* empty for CONNECT, "*" for asterisk-form */
	struct slice query;     /* without "?" */
	bool has_query;
	bool hides_userinfo; /* an '@' past the authority: left out with all before it, and no authority is claimed */
	bool malformed;      /* of no known form: nothing but perhaps the scheme is known */
	bool path_left_out;  /* absolute-form without any: `path` is "/" nevertheless */
};

/*
 * RFC 9112, 3.2. What has no form is not taken for a path: it may be a URL that
 * somebody misspelt, with a password in it.
 */
struct http_target http_target_split(struct slice method, struct slice target);

struct http_authority {
	struct slice host; /* IPv6 without brackets */
	uint16_t port;     /* 0: none, or none that makes sense */
	bool has_userinfo;
	bool valid;             /* a host, and nothing but a port behind it */
	struct slice host_port; /* as written, without userinfo and what is no port */
};

struct http_authority http_authority_split(struct slice authority);

/* What the port is where none is said. */
uint16_t http_default_port(struct slice scheme);

/* Whom and what a request line and its Host name, raw. */
struct http_asked {
	struct slice target, host;
};

/*
 * Whether two requests of one method ask for the same: by the same target, or where one names its
 * server in the target (absolute-form, which proxies are sent) and the other in Host, as proxies
 * send it on. That of a proxy's client to "*" is a URL without path (RFC 9112, 3.2.4).
 */
bool http_asks_the_same(struct slice method, struct http_asked a, struct http_asked b);

/* Whether `text` is a URI scheme of reasonable length. */
bool http_scheme_valid(struct slice text);

/* A parameter of a Forwarded field's first element (RFC 7239), quotes and all; empty where it is missing. */
struct slice http_forwarded_parameter(struct slice forwarded, struct slice name);
/* The first member of a comma-separated list, quotes and all. */
struct slice http_list_first(struct slice list);
/*
 * What a value says that may be a quoted string (RFC 9110, 5.6.4): without quotes, quoted pairs
 * undone. A view into `value`, or in `buffer`, which has room for value.length bytes.
 */
struct slice http_unquote(struct slice value, char *buffer);
/* The address in a "for" parameter or X-Forwarded-For member, without port and brackets; empty where it hides
 * itself, or begins with a quote that nothing closes. */
struct slice http_node_address(struct slice node);

#endif
