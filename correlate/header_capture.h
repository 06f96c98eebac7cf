/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which header fields become attributes of spans (http.request.header.NAME and
 * http.response.header.NAME, arrays of strings), and their values out of a head.
 * Fields that hold secrets are never captured, whoever asks.
 */
#ifndef WIRESPAN_CORRELATE_HEADER_CAPTURE_H
#define WIRESPAN_CORRELATE_HEADER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define HEADER_NAMES_MAX 16 /* of requests, and of responses */
#define HEADER_NAME_MAX 64
#define HEADER_KEY_PREFIX_MAX sizeof("http.response.header.")

struct header_name {
	size_t prefix_length, key_length;
	char key[HEADER_KEY_PREFIX_MAX + HEADER_NAME_MAX]; /* the attribute's; ends with the name in lower case */
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

#endif
