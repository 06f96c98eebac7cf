// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/header_capture.h"

#include <errno.h>

#include "base/token.h"
#include "correlate/span/attributes.h"

#define ENTRY_HEAD_SIZE 3 /* the name's index, and the length of what follows it in two bytes */

/* Beside these, names that end like one of secret_endings. */
static const char *const secret_names[] = {
	"authorization",
	"proxy-authorization",
	"authentication-info",
	"proxy-authentication-info",
	"cookie",
	"cookie2",
	"set-cookie",
	"set-cookie2",
	"dpop",
	"x-auth",
	"api-key",
	"api_key",
	"jwt",
	"session",
	"dd-application-key",        /* Datadog */
	"ocp-apim-subscription-key", /* Azure API Management */
	"x-functions-key",           /* Azure Functions */
	"x-rapidapi-key",
	"x-honeycomb-team",          /* an API key for all its name */
	"x-amzn-oidc-data",          /* AWS load balancers: claims of who is logged in */
	"x-sentry-auth",
};

/* Some are written without a hyphen before them: X-CSRFToken. */
static const char *const secret_endings[] = {
	"token",        "secret",     "password",       "passwd",       "apikey",       "sessionid",
	"-passphrase",  "-api-key",   "-api_key",       "-cookie",      "-jwt",         "-credential",
	"-credentials", "-assertion", "-authorization", "-session",     "-session-id",  "-sid",
	"-access-key",  "-auth-key",  "-private-key",   "-secret-key",  "-license-key", "-master-key",
	"-auth",
};

bool header_is_secret(struct slice name)
{
	for (size_t i = 0; i < sizeof(secret_names) / sizeof(secret_names[0]); i++)
		if (slice_equal_ignoring_case(name, slice_of_string(secret_names[i])))
			return true;
	for (size_t i = 0; i < sizeof(secret_endings) / sizeof(secret_endings[0]); i++)
		if (slice_ends_with_ignoring_case(name, slice_of_string(secret_endings[i])))
			return true;
	return false;
}

static struct slice name_of(const struct header_name *name)
{
	return slice_of(name->key + name->prefix_length, name->key_length - name->prefix_length);
}

static bool contains(const struct header_names *names, struct slice name)
{
	for (size_t i = 0; i < names->count; i++)
		if (slice_equal_ignoring_case(name_of(&names->names[i]), name))
			return true;
	return false;
}

static void set_name(struct header_name *name, struct slice prefix, struct slice text)
{
	memcpy(name->key, prefix.data, prefix.length);
	for (size_t i = 0; i < text.length; i++) {
		char byte = text.data[i];

		name->key[prefix.length + i] = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
	}
	name->prefix_length = prefix.length;
	name->key_length = prefix.length + text.length;
	name->key[name->key_length] = '\0';
}

int header_capture_add(struct header_capture *capture, enum header_message message, struct slice name)
{
	bool request = message == HEADER_OF_REQUEST;
	struct header_names *names = request ? &capture->request : &capture->response;

	if (!token_is_valid(name) || name.length > HEADER_NAME_MAX)
		return -EINVAL;
	if (header_is_secret(name))
		return -EPERM;
	if (contains(names, name))
		return 0;
	if (names->count == HEADER_NAMES_MAX)
		return -ENOSPC;
	set_name(&names->names[names->count++],
		 request ? SLICE_LITERAL("http.request.header.") : SLICE_LITERAL("http.response.header."), name);
	return 0;
}

/* An item of the array under way; bytes that would end it become '?'. */
static void append_item(struct text *text, bool first, struct slice value, bool has_breaks,
			const struct query_secrets *secrets)
{
	char unfolded[HEADER_VALUE_MAX];
	size_t begin;

	value = slice_head(value, HEADER_VALUE_MAX);
	if (has_breaks)
		value = slice_of(unfolded, http_unfold(value, unfolded));
	if (!first)
		text_append(text, slice_of("", 1));
	begin = text->length;
	http_urls_redact(text, value, secrets);
	for (size_t i = begin; i < text->length; i++)
		if (!text->data[i])
			text->data[i] = '?';
}

/* All values of one name, as one entry; none where the head has no such field. */
static void append_entry(struct text *text, const struct header_names *names, size_t index,
			 const struct http_head *head, const struct query_secrets *secrets)
{
	struct slice name = name_of(&names->names[index]);
	size_t begin = text->length, items = 0, length;

	if (text->size - begin <= ENTRY_HEAD_SIZE)
		return;
	text->length += ENTRY_HEAD_SIZE;
	for (size_t i = 0; i < head->field_count && items < HEADER_ITEMS_MAX; i++)
		if (slice_equal_ignoring_case(head->fields[i].name, name))
			append_item(text, items++ == 0, head->fields[i].value, http_has_breaks(head), secrets);
	if (!items) {
		text->length = begin;
		return;
	}
	length = text->length - begin - ENTRY_HEAD_SIZE;
	text->data[begin] = (char)index;
	text->data[begin + 1] = (char)(length & 0xff);
	text->data[begin + 2] = (char)(length >> 8);
}

struct slice header_values_take(const struct header_names *names, const struct http_head *head,
				const struct query_secrets *secrets, char buffer[HEADER_VALUES_MAX])
{
	struct text text = { .data = buffer, .size = HEADER_VALUES_MAX };

	for (size_t i = 0; i < names->count; i++)
		append_entry(&text, names, i, head, secrets);
	return slice_of(buffer, text.length);
}

void header_values_add(struct span *span, const struct header_names *names, struct slice values)
{
	while (values.length >= ENTRY_HEAD_SIZE) {
		const uint8_t *entry = (const uint8_t *)values.data;
		size_t length = (size_t)entry[1] | (size_t)entry[2] << 8;

		span_add_string_array(span, names->names[entry[0]].key,
				      slice_head(slice_from(values, ENTRY_HEAD_SIZE), length));
		values = slice_from(values, ENTRY_HEAD_SIZE + length);
	}
}
