/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which header fields become attributes of spans (http.request.header.NAME and
 * http.response.header.NAME, arrays of strings), and their values out of a head.
 * Fields that hold secrets are never captured, whoever asks.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_HEADER_CAPTURE_H
#define WIRESPAN_CORRELATE_HTTP_HEADER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "correlate/http/query.h"
#include "correlate/http/head.h"
#include "correlate/span/span.h"

#define HEADER_NAMES_MAX 16 /* of requests, and of responses */
#define HEADER_NAME_MAX 64
#define HEADER_ITEMS_MAX 16    /* fields of one name in one head; further ones are left out */
#define HEADER_VALUE_MAX 1024  /* of one field; what is longer is cut */
#define HEADER_VALUES_MAX 8192 /* of one head */
#define HEADER_KEY_PREFIX_MAX sizeof("http.response.header.")

struct header_name {
	size_t prefix_length, key_length;
	char key[HEADER_KEY_PREFIX_MAX +
		 HEADER_NAME_MAX]; /* the attribute's; ends with the name in lower case, and NUL */
};

struct header_names {
	struct header_name names[HEADER_NAMES_MAX];
	size_t count;
};

/* All zero: nothing is captured. */
struct header_capture {
	struct header_names request;
	struct header_names response;
};

enum header_message { HEADER_OF_REQUEST, HEADER_OF_RESPONSE };

/*
 * Adds a name, in any case. 0, also where it is there already; -EINVAL: no field name, or
 * a longer one than HEADER_NAME_MAX; -EPERM: it holds secrets; -ENOSPC: HEADER_NAMES_MAX.
 */
int header_capture_add(struct header_capture *capture, enum header_message message, struct slice name);

/* Whether fields of that name, in any case, hold secrets: credentials, cookies, session keys. */
bool header_is_secret(struct slice name);

/*
 * The values that a head has for `names`, packed into `buffer`, secrets of URLs in
 * them redacted; empty where it has none. `secrets` may be NULL.
 */
struct slice header_values_take(const struct header_names *names, const struct http_head *head,
				const struct query_secrets *secrets, char buffer[HEADER_VALUES_MAX]);
/* Adds what the same `names` packed as attributes, which point into `names` and `values`. */
void header_values_add(struct span *span, const struct header_names *names, struct slice values);

#endif
