// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/endpoint.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/un.h>

#include "otlp/config/settings.h"

static const char *const signal_paths[OTLP_SIGNALS] = { "v1/traces", "v1/metrics" };

#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

static const struct slice unix_scheme = SLICE_LITERAL("unix:");

/* The parts that matter, one after the other: "http://host:1" "/path" "?query", and "#fragment" left out. */
struct url_parts {
	struct slice origin, path, query;
};

static struct url_parts url_split(struct slice url)
{
	size_t authority = slice_find(url, ':') + strlen("://");
	struct url_parts parts;
	struct slice rest;

	url = slice_head(url, slice_find(url, '#'));
	rest = slice_from(url, authority);
	rest = slice_head(rest, slice_find(rest, '?'));
	parts.origin = slice_head(url, authority + slice_find(rest, '/'));
	parts.path = slice_from(slice_head(url, authority + rest.length), parts.origin.length);
	parts.query = slice_from(url, parts.origin.length + parts.path.length);
	return parts;
}

static struct slice without_trailing_slashes(struct slice path)
{
	while (path.length && path.data[path.length - 1] == '/')
		path.length--;
	return path;
}

/* Whether it is what curl takes for a URL, but without its leniency about slashes. */
static int http_url_check(const char *url, const char **ret_reason)
{
	const char *authority = strstr(url, "://");
	CURLU *handle = curl_url();
	CURLUcode code = handle ? curl_url_set(handle, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;

	curl_url_cleanup(handle);
	if (code == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (code == CURLUE_OK && authority[3] != '/')
		return 0;
	*ret_reason = "malformed URL";
	if (code == CURLUE_BAD_PORT_NUMBER)
		*ret_reason = "the port is no number up to 65535";
	else if (code == CURLUE_OK || code == CURLUE_NO_HOST)
		*ret_reason = "no host in the URL";
	return -EINVAL;
}

static bool has_controls(struct slice url)
{
	for (size_t i = 0; i < url.length; i++) {
		if ((unsigned char)url.data[i] < ' ' || url.data[i] == 0x7f)
			return true;
	}
	return false;
}

static int concatenate(const struct slice *parts, size_t count, char **ret_text)
{
	size_t length = 0;
	char *text;

	for (size_t i = 0; i < count; i++)
		length += parts[i].length;
	text = malloc(length + 1);
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].length)
			memcpy(text, parts[i].data, parts[i].length);
		text += parts[i].length;
	}
	*text = '\0';
	return 0;
}

static int http_endpoint_make(struct slice url, enum otlp_signal signal, bool base, char **ret_endpoint,
			      const char **ret_reason)
{
	struct url_parts parts = url_split(url);
	struct slice based[] = { parts.origin, without_trailing_slashes(parts.path), SLICE_LITERAL("/"),
				 slice_of_string(signal_paths[signal]), parts.query };
	struct slice verbatim[] = { parts.origin, parts.path.length ? parts.path : SLICE_LITERAL("/"), parts.query };
	char *endpoint;
	int error;

	if (base)
		error = concatenate(based, sizeof(based) / sizeof(based[0]), &endpoint);
	else
		error = concatenate(verbatim, sizeof(verbatim) / sizeof(verbatim[0]), &endpoint);
	if (error)
		return error;
	error = http_url_check(endpoint, ret_reason);
	if (error)
		free(endpoint);
	else
		*ret_endpoint = endpoint;
	return error;
}

static int unix_endpoint_make(struct slice url, char **ret_endpoint, const char **ret_reason)
{
	struct slice path = slice_from(url, unix_scheme.length);
	struct slice parts[2];

	if (slice_starts_with(path, SLICE_LITERAL("///")))
		path = slice_from(path, 2);
	else if (slice_starts_with(path, SLICE_LITERAL("//")))
		path.length = 0;
	if (path.length < 2 || path.data[0] != '/') {
		*ret_reason = "no absolute path of a socket after unix:";
		return -EINVAL;
	}
	if (path.length > SOCKET_PATH_MAX) {
		*ret_reason = "the path is longer than that of a socket can be";
		return -EINVAL;
	}
	parts[0] = unix_scheme;
	parts[1] = path;
	return concatenate(parts, 2, ret_endpoint);
}

static bool has_scheme(struct slice url, struct slice scheme)
{
	return slice_equal_ignoring_case(slice_head(url, scheme.length), scheme);
}

static bool is_http(struct slice url)
{
	return has_scheme(url, SLICE_LITERAL("http://")) || has_scheme(url, SLICE_LITERAL("https://"));
}

int endpoint_make(struct slice url, enum otlp_signal signal, bool base, char **ret_endpoint, const char **ret_reason)
{
	*ret_reason = "too long, or control characters in it";
	if (url.length > CONFIG_VALUE_MAX || has_controls(url))
		return -EINVAL;
	if (has_scheme(url, unix_scheme))
		return unix_endpoint_make(url, ret_endpoint, ret_reason);
	*ret_reason = "no URL with http://, https:// or unix:/ at its beginning, or a space in it";
	if (!is_http(url) || slice_find(url, ' ') < url.length)
		return -EINVAL;
	return http_endpoint_make(url, signal, base, ret_endpoint, ret_reason);
}

bool endpoint_has_signal_path(struct slice url)
{
	struct slice path;

	if (!is_http(url))
		return false;
	path = without_trailing_slashes(url_split(url).path);
	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		size_t length = strlen(signal_paths[i]);

		if (path.length > length && path.data[path.length - length - 1] == '/' &&
		    slice_equal(slice_from(path, path.length - length), slice_of_string(signal_paths[i])))
			return true;
	}
	return false;
}
