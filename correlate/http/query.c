// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/query.h"

#include <errno.h>

#include "base/percent.h"

#define PARAMETER_NAME_MAX 128 /* longer ones are none of ours */

/* OpenTelemetry's list, in its case. */
static const char *const sensitive_exact[] = {
	"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig", "X-Goog-Signature",
	"AWSAccessKeyId",  "Signature",
};

/* Our own, in any case. */
static const char *const sensitive_any_case[] = {
	"access-token",
	"access_key",
	"access_token",
	"accesstoken",
	"api-key",
	"api_key",
	"api_secret",
	"apikey",
	"app_secret",
	"auth",
	"auth_token",
	"authorization",
	"authtoken",
	"client-secret",
	"client_assertion",
	"client_secret",
	"clientsecret",
	"credential",
	"credentials",
	"csrf_token",
	"id_token",
	"jsessionid",
	"jwt",
	"oauth_token",
	"oauth_verifier",
	"otp",
	"pass",
	"passphrase",
	"passwd",
	"password",
	"phpsessid",
	"private_key",
	"privatekey",
	"pwd",
	"refresh_token",
	"samlresponse",
	"secret",
	"secret_key",
	"secretkey",
	"security-token",
	"session_id",
	"session_token",
	"sessionid",
	"sessiontoken",
	"signature",
	"subscription-key",
	"token",
	"x-api-key",
	"x-goog-credential",
};

int query_secrets_add(struct query_secrets *secrets, struct slice name)
{
	if (!name.length || name.length > QUERY_SECRET_NAME_MAX)
		return -EINVAL;
	if (secrets->count == QUERY_SECRETS_MAX)
		return -ENOSPC;
	secrets->names[secrets->count].length = (uint8_t)name.length;
	memcpy(secrets->names[secrets->count++].text, name.data, name.length);
	return 0;
}

static bool name_is_sensitive(struct slice name, const struct query_secrets *more)
{
	for (size_t i = 0; i < sizeof sensitive_exact / sizeof sensitive_exact[0]; i++)
		if (slice_equal(name, slice_of_string(sensitive_exact[i])))
			return true;
	for (size_t i = 0; i < sizeof sensitive_any_case / sizeof sensitive_any_case[0]; i++)
		if (slice_equal_ignoring_case(name, slice_of_string(sensitive_any_case[i])))
			return true;
	for (size_t i = 0; more && i < more->count; i++)
		if (slice_equal_ignoring_case(name, slice_of(more->names[i].text, more->names[i].length)))
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

static bool is_sensitive(struct slice encoded_name, const struct query_secrets *more)
{
	char decoded[PARAMETER_NAME_MAX];
	size_t length;

	if (encoded_name.length > sizeof decoded)
		return false;
	percent_decode(encoded_name, decoded, &length);
	return name_is_sensitive(innermost(slice_of(decoded, length)), more);
}

/*
 * What stands between two "&". Some take ";" for a separator too; a secret is
 * taken to last until the "&" all the same.
 */
static void redact_section(struct text *text, struct slice section, const struct query_secrets *more)
{
	while (section.length) {
		struct slice pair = slice_head(section, slice_find(section, ';'));
		struct slice name = slice_head(pair, slice_find(pair, '='));

		if (name.length < pair.length && name.length + 1 < section.length && is_sensitive(name, more)) {
			text_append(text, slice_head(pair, name.length + 1));
			text_append(text, SLICE_LITERAL("REDACTED"));
			return;
		}
		text_append(text, slice_head(section, pair.length + 1));
		section = slice_from(section, pair.length + 1);
	}
}

void http_query_redact(struct text *text, struct slice query, const struct query_secrets *more)
{
	while (query.length) {
		struct slice section = slice_head(query, slice_find(query, '&'));

		redact_section(text, section, more);
		text_append(text, slice_head(slice_from(query, section.length), 1));
		query = slice_from(query, section.length + 1);
	}
}

/* Where a URL inside other text ends at the latest. */
static size_t url_length(struct slice value)
{
	size_t length = 0;

	while (length < value.length && !memchr(" \t\r\n\"<>", value.data[length], 8))
		length++;
	return length;
}

/* Up to the first '?' or '#'. */
static size_t path_length(struct slice url)
{
	return slice_find(slice_head(url, slice_find(url, '?')), '#');
}

/* What stands before the parameters. An '@' in a path is taken for the end of a password with slashes, too. */
static void redact_userinfo(struct text *text, struct slice head)
{
	size_t slashes = 0, at = head.length;

	while (slashes + 1 < head.length && (head.data[slashes] != '/' || head.data[slashes + 1] != '/'))
		slashes++;
	while (at > slashes && head.data[at - 1] != '@')
		at--;
	if (slashes + 1 < head.length && at > slashes) {
		text_append(text, slice_head(head, slashes + 2));
		text_append(text, SLICE_LITERAL("REDACTED:REDACTED@"));
		head = slice_from(head, at);
	}
	text_append(text, head);
}

static void redact_url(struct text *text, struct slice url, const struct query_secrets *more)
{
	struct slice head = slice_head(url, path_length(url));

	redact_userinfo(text, head);
	url = slice_from(url, head.length);
	/* The fragment of a redirect may hold tokens as a query does. */
	while (url.length) {
		struct slice parameters = slice_from(url, 1);

		parameters = slice_head(parameters, slice_find(parameters, '#'));
		text_append(text, slice_head(url, 1));
		http_query_redact(text, parameters, more);
		url = slice_from(url, 1 + parameters.length);
	}
}

void http_urls_redact(struct text *text, struct slice value, const struct query_secrets *more)
{
	while (value.length) {
		struct slice url = slice_head(value, url_length(value));

		redact_url(text, url, more);
		text_append(text, slice_head(slice_from(value, url.length), 1));
		value = slice_from(value, url.length + 1);
	}
}
