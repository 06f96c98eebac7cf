// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/http.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87 or newer is needed: for CURLOPT_QUICK_EXIT"
#endif

static const char *const socket_urls[OTLP_SIGNALS] = { "http://localhost/v1/traces", "http://localhost/v1/metrics" };

struct number_option {
	CURLoption option;
	long value;
};

/* Where curl's default is what we want, it is left (HTTP/2 where TLS negotiates it, basic authentication). */
static const struct number_option number_options[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	/* A time-out or transport_cancel while a name is looked up would else wait for the resolver's thread. */
	{ CURLOPT_QUICK_EXIT, 1 },
	{ CURLOPT_POST, 1 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_CONNECTTIMEOUT_MS, HTTP_CONNECT_TIMEOUT_MS },
	{ CURLOPT_TCP_KEEPALIVE, 1 },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
};

struct text_option {
	CURLoption option;
	const char *value;
};

static int error_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_UNKNOWN_OPTION:
	case CURLE_NOT_BUILT_IN:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static int list_append(struct curl_slist **list, const char *text)
{
	struct curl_slist *longer = text ? curl_slist_append(*list, text) : NULL;

	if (!longer)
		return -ENOMEM;
	*list = longer;
	return 0;
}

/* Shorter ones are words that anybody says. */
#define SECRET_LENGTH_MIN 8

/* Of "Bearer TOKEN" a collector that complains repeats TOKEN. */
static int secret_add(struct http_endpoint *endpoint, const char *text)
{
	const char *space = strrchr(text, ' ');

	text = space ? space + 1 : text;
	return strlen(text) < SECRET_LENGTH_MIN ? 0 : list_append(&endpoint->secrets, text);
}

static int header_add(struct http_endpoint *endpoint, const struct config_header *header)
{
	char *line;
	int result;

	/* curl's way to say that there is no value: without one, "NAME:" would take the header away. */
	if (asprintf(&line, header->value[0] ? "%s: %s" : "%s;", header->name, header->value) < 0)
		return -ENOMEM;
	result = list_append(&endpoint->headers, line);
	free(line);
	return result;
}

static int headers_init(struct http_endpoint *endpoint, const struct otlp_signal_config *config)
{
	/* Else curl would announce bodies above 1 MiB and wait a second for leave. */
	int result = list_append(&endpoint->headers, "Expect:");

	for (size_t i = 0; i < config->header_count && result == 0; i++) {
		result = header_add(endpoint, &config->headers[i]);
		if (result == 0)
			result = secret_add(endpoint, config->headers[i].value);
	}
	return result;
}

/* Keys of APIs stand in queries, or as a user without password. */
static int url_secrets_add(struct http_endpoint *endpoint, CURLU *url)
{
	char *password = NULL, *user = NULL, *query = NULL, *rest = NULL;
	int result = 0;

	if (curl_url_get(url, CURLUPART_PASSWORD, &password, CURLU_URLDECODE) == CURLUE_OK)
		result = secret_add(endpoint, password);
	else if (curl_url_get(url, CURLUPART_USER, &user, CURLU_URLDECODE) == CURLUE_OK)
		result = secret_add(endpoint, user);
	if (curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK)
		rest = query;
	for (char *part; result == 0 && (part = strsep(&rest, "&"));) {
		const char *equals = strchr(part, '=');

		result = secret_add(endpoint, equals ? equals + 1 : part);
	}
	curl_free(password);
	curl_free(user);
	curl_free(query);
	return result;
}

/* What the URL says that curl is not asked for later. */
static int url_check(struct http_endpoint *endpoint, const char *text)
{
	CURLU *url = curl_url();
	char *scheme = NULL;
	CURLUcode code = url ? curl_url_set(url, CURLUPART_URL, text, 0) : CURLUE_OUT_OF_MEMORY;
	int result = code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;

	if (code == CURLUE_OK && curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK) {
		endpoint->tls = strcmp(scheme, "https") == 0;
		if (endpoint->tls && !(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_SSL))
			result = -EOPNOTSUPP;
		else if (endpoint->tls || strcmp(scheme, "http") == 0)
			result = 0;
	}
	if (result == 0)
		result = url_secrets_add(endpoint, url);
	curl_free(scheme);
	curl_url_cleanup(url);
	return result;
}

static int url_init(struct http_endpoint *endpoint, enum otlp_signal signal, const char *url)
{
	CURLcode code;

	if (strncmp(url, "unix:", strlen("unix:")) == 0) {
		code = curl_easy_setopt(endpoint->easy, CURLOPT_UNIX_SOCKET_PATH, url + strlen("unix:"));
		/* The environment's proxies are not for what is on this host. */
		if (code == CURLE_OK)
			code = curl_easy_setopt(endpoint->easy, CURLOPT_PROXY, "");
		if (code != CURLE_OK)
			return error_of(code);
		url = socket_urls[signal];
	}
	code = curl_easy_setopt(endpoint->easy, CURLOPT_URL, url);
	return code == CURLE_OK ? url_check(endpoint, url) : error_of(code);
}

static long milliseconds_of(uint64_t timeout)
{
	uint64_t milliseconds = timeout / NSEC_PER_MSEC + (timeout % NSEC_PER_MSEC != 0);

	return milliseconds < INT_MAX ? (long)milliseconds : INT_MAX;
}

static int options_init(struct http_endpoint *endpoint, const struct otlp_signal_config *config, const char *user_agent)
{
	const struct text_option text_options[] = {
		{ CURLOPT_PROTOCOLS_STR, "http,https" },
		{ CURLOPT_ACCEPT_ENCODING, "gzip" },
		{ CURLOPT_USERAGENT, user_agent },
		{ CURLOPT_ERRORBUFFER, endpoint->error },
		{ CURLOPT_SSLCERT, config->client_certificate_file },
		{ CURLOPT_SSLKEY, config->client_key_file },
		/* Else OpenSSL asks for a key's pass phrase on the terminal. */
		{ CURLOPT_KEYPASSWD, "" },
	};
	CURLcode code = curl_easy_setopt(endpoint->easy, CURLOPT_TIMEOUT_MS, milliseconds_of(config->timeout));

	for (size_t i = 0; i < sizeof(number_options) / sizeof(number_options[0]) && code == CURLE_OK; i++)
		code = curl_easy_setopt(endpoint->easy, number_options[i].option, number_options[i].value);
	for (size_t i = 0; i < sizeof(text_options) / sizeof(text_options[0]) && code == CURLE_OK; i++)
		code = curl_easy_setopt(endpoint->easy, text_options[i].option, text_options[i].value);
	if (code == CURLE_OK && config->ca_file) {
		code = curl_easy_setopt(endpoint->easy, CURLOPT_CAINFO, config->ca_file);
		/* Who names a file trusts no other. */
		if (code == CURLE_OK)
			code = curl_easy_setopt(endpoint->easy, CURLOPT_CAPATH, NULL);
		/* A file is read for each connection: curl keeps what it said for a day (not with every TLS library). */
		curl_easy_setopt(endpoint->easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	}
	return error_of(code);
}

static int copy(char **destination, const char *text)
{
	if (!text)
		return 0;
	*destination = strdup(text);
	return *destination ? 0 : -ENOMEM;
}

int http_endpoint_init(struct http_endpoint *endpoint, enum otlp_signal signal, const struct otlp_signal_config *config,
		       const char *version)
{
	char *user_agent;
	int result;

	endpoint->timeout = config->timeout;
	endpoint->easy = curl_easy_init();
	if (!endpoint->easy || copy(&endpoint->ca_file, config->ca_file) < 0 ||
	    copy(&endpoint->client_certificate_file, config->client_certificate_file) < 0 ||
	    copy(&endpoint->client_key_file, config->client_key_file) < 0)
		return -ENOMEM;
	/* OTLP specification, "User Agent". */
	if (asprintf(&user_agent, "wirespan/%s OTel-OTLP-Exporter-C/%s", version, version) < 0)
		return -ENOMEM;
	result = options_init(endpoint, config, user_agent);
	free(user_agent);
	if (result == 0)
		result = headers_init(endpoint, config);
	if (result == 0)
		result = url_init(endpoint, signal, config->endpoint);
	return result;
}

void http_endpoint_done(struct http_endpoint *endpoint)
{
	curl_easy_cleanup(endpoint->easy);
	curl_slist_free_all(endpoint->headers);
	curl_slist_free_all(endpoint->secrets);
	free(endpoint->ca_file);
	free(endpoint->client_certificate_file);
	free(endpoint->client_key_file);
}
