/* SPDX-License-Identifier: Apache-2.0 */
/* Takes secrets out of what is exported of URLs (otel.md, section 4: redaction). */
#ifndef WIRESPAN_CORRELATE_HTTP_QUERY_H
#define WIRESPAN_CORRELATE_HTTP_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "correlate/span/text.h"

#define QUERY_SECRETS_MAX 32
#define QUERY_SECRET_NAME_MAX 64

/* Names of secret parameters beside those that are known to be; all zero: none. */
struct query_secrets {
	struct {
		uint8_t length;
		char text[QUERY_SECRET_NAME_MAX];
	} names[QUERY_SECRETS_MAX];
	size_t count;
};

/* Adds a name, which then counts in any case. 0; -EINVAL: empty or too long; -ENOSPC: QUERY_SECRETS_MAX. */
int query_secrets_add(struct query_secrets *secrets, struct slice name);

/* Appends `query`; the values of secret parameters become REDACTED. `more` may be NULL. */
void http_query_redact(struct text *text, struct slice query, const struct query_secrets *more);

/*
 * Appends text that may contain URLs, such as a field's value: userinfo becomes
 * REDACTED:REDACTED, and so do the values of secret parameters of queries and fragments.
 */
void http_urls_redact(struct text *text, struct slice value, const struct query_secrets *more);

#endif
