// SPDX-License-Identifier: Apache-2.0
#include "correlate/http1_url.h"
#include "correlate/percent.h"

#define PARAMETER_NAME_MAX 128 /* longer ones are none of ours */

/* OpenTelemetry's list, in its case. */
static const char *const sensitive_exact[] = {
	"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig", "X-Goog-Signature",
	"AWSAccessKeyId",  "Signature",
};

/* Our own, in any case. */
static const char *const sensitive_any_case[] = {
	"access_token", "api-key",       "api_key", "apikey",    "auth_token", "client_secret",     "id_token",
	"jwt",          "passphrase",    "passwd",  "password",  "pwd",        "refresh_token",     "secret",
	"secret_key",   "session_token", "token",   "x-api-key", "signature",  "x-goog-credential",
};

static bool name_is_sensitive(struct slice name)
{
	for (size_t i = 0; i < sizeof sensitive_exact / sizeof sensitive_exact[0]; i++)
		if (slice_equal(name, slice_of_string(sensitive_exact[i])))
			return true;
	for (size_t i = 0; i < sizeof sensitive_any_case / sizeof sensitive_any_case[0]; i++)
		if (slice_equal_ignoring_case(name, slice_of_string(sensitive_any_case[i])))
			return true;
	return false;
}

/* Of "user[password]" the part in the last brackets. */
static struct slice innermost(struct slice name)
{
	size_t begin = name.length;

	if (!name.length || name.data[name.length - 1] != ']')
		return name;
	while (begin > 0 && name.data[begin - 1] != '[')
		begin--;
	return slice_of(name.data + begin, name.length - 1 - begin);
}

static bool is_sensitive(struct slice encoded_name)
{
	char decoded[PARAMETER_NAME_MAX];
	size_t length;

	if (encoded_name.length > sizeof decoded)
		return false;
	percent_decode(encoded_name, decoded, &length);
	return name_is_sensitive(innermost(slice_of(decoded, length)));
}

/*
 * What stands between two "&". Some take ";" for a separator too; a secret is
 * taken to last until the "&" all the same.
 */
static void redact_section(struct text *text, struct slice section)
{
	while (section.length) {
		struct slice pair = slice_head(section, slice_find(section, ';'));
		struct slice name = slice_head(pair, slice_find(pair, '='));

		if (name.length < pair.length && name.length + 1 < section.length && is_sensitive(name)) {
			text_append(text, slice_head(pair, name.length + 1));
			text_append(text, SLICE_LITERAL("REDACTED"));
			return;
		}
		text_append(text, slice_head(section, pair.length + 1));
		section = slice_from(section, pair.length + 1);
	}
}

void http1_query_redact(struct text *text, struct slice query)
{
	while (query.length) {
		struct slice section = slice_head(query, slice_find(query, '&'));

		redact_section(text, section);
		text_append(text, slice_head(slice_from(query, section.length), 1));
		query = slice_from(query, section.length + 1);
	}
}
