// SPDX-License-Identifier: Apache-2.0
/* OTLP specification 1.11, "OTLP/HTTP Response": what an answer, or none, means. */
#include "otlp/transport/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/transport/response.h"
#include "otlp/encode/utf8.h"

_Static_assert(sizeof(((struct otlp_response *)NULL)->message) <= TRANSPORT_TEXT_MAX, "A message is copied whole");

enum detail { DETAIL_NONE, DETAIL_ERRNO, DETAIL_TLS, DETAIL_TIMEOUT };

struct failure {
	CURLcode code;
	enum detail detail;
	const char *text;
};

/*
 * No answer, so the specification has it sent again. Certificates, too, are
 * repaired while an agent runs; to drop what it saw meanwhile helps nobody.
 * curl's own words are used for TLS only: others tell milliseconds or a proxy's password.
 */
static const struct failure failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, DETAIL_NONE, "cannot resolve the host's name" },
	{ CURLE_COULDNT_RESOLVE_PROXY, DETAIL_NONE, "cannot resolve the proxy's name" },
	{ CURLE_COULDNT_CONNECT, DETAIL_ERRNO, "cannot connect" },
	{ CURLE_PROXY, DETAIL_NONE, "the proxy failed" },
	{ CURLE_OPERATION_TIMEDOUT, DETAIL_TIMEOUT, "time-out" },
	{ CURLE_GOT_NOTHING, DETAIL_NONE, "closed without an answer" },
	{ CURLE_SEND_ERROR, DETAIL_TLS, "the connection broke" },
	{ CURLE_RECV_ERROR, DETAIL_TLS, "the connection broke" },
	{ CURLE_PARTIAL_FILE, DETAIL_NONE, "closed without an answer" },
	{ CURLE_OK, DETAIL_NONE, "closed without an answer" },
	{ CURLE_WEIRD_SERVER_REPLY, DETAIL_NONE, "the answer is not HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, DETAIL_NONE, "the answer is not HTTP" },
	{ CURLE_HTTP2, DETAIL_NONE, "HTTP/2 failed" },
	{ CURLE_HTTP2_STREAM, DETAIL_NONE, "HTTP/2 failed" },
	{ CURLE_OUT_OF_MEMORY, DETAIL_NONE, "out of memory" },
	{ CURLE_SSL_CONNECT_ERROR, DETAIL_TLS, "handshake failed" },
	{ CURLE_PEER_FAILED_VERIFICATION, DETAIL_TLS, "the collector's certificate is not trusted" },
	{ CURLE_SSL_CACERT_BADFILE, DETAIL_TLS, "the CA certificates cannot be read" },
	{ CURLE_SSL_CERTPROBLEM, DETAIL_TLS, "the client certificate or its key cannot be used" },
	{ CURLE_SSL_CIPHER, DETAIL_TLS, "no common cipher" },
};

static const struct failure *failure_find(CURLcode code)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].code == code)
			return &failures[i];
	}
	return NULL;
}

/* Replaces what a terminal should not get, and cuts. */
static void set_text(char destination[TRANSPORT_TEXT_MAX], const char *text)
{
	char clean[UTF8_SANITIZED_MAX(2 * TRANSPORT_TEXT_MAX)];
	struct slice head = slice_head(slice_of_string(text), 2 * TRANSPORT_TEXT_MAX);
	size_t length = utf8_sanitize_for_terminal(head, clean);

	if (length >= TRANSPORT_TEXT_MAX) {
		length = TRANSPORT_TEXT_MAX - 1;
		while (((unsigned char)clean[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(destination, clean, length);
	destination[length] = '\0';
}

static void set_errno_cause(const struct http_exchange *exchange, const char *text, char cause[TRANSPORT_TEXT_MAX])
{
	char buffer[128];
	long error = 0;

	curl_easy_getinfo(exchange->endpoint->easy, CURLINFO_OS_ERRNO, &error);
	if (error)
		snprintf(cause, TRANSPORT_TEXT_MAX, "%s: %s", text, strerror_r((int)error, buffer, sizeof(buffer)));
	else
		snprintf(cause, TRANSPORT_TEXT_MAX, "%s", text);
}

static void set_timeout_cause(const struct http_exchange *exchange, char cause[TRANSPORT_TEXT_MAX])
{
	const struct http_endpoint *endpoint = exchange->endpoint;
	long sent = 0;

	curl_easy_getinfo(endpoint->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (sent == 0)
		snprintf(cause, TRANSPORT_TEXT_MAX, "cannot connect: time-out");
	else
		snprintf(cause, TRANSPORT_TEXT_MAX, "time-out after %g s", (double)endpoint->timeout / NSEC_PER_SEC);
}

/* The files that the user may have to look at. */
static void describe_files(const struct http_endpoint *endpoint, CURLcode code, char *text, size_t size)
{
	const char *certificate = endpoint->client_certificate_file, *key = endpoint->client_key_file;

	text[0] = '\0';
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		snprintf(text, size, " (CA: %s)", endpoint->ca_file ? endpoint->ca_file : "the system's");
	else if (certificate)
		snprintf(text, size, " (client certificate: %s, key: %s)", certificate, key ? key : certificate);
	else if (strstr(endpoint->error, "certificate"))
		snprintf(text, size, " (no client certificate)");
}

static void set_tls_cause(const struct http_exchange *exchange, const struct failure *failure,
			  char cause[TRANSPORT_TEXT_MAX])
{
	const struct http_endpoint *endpoint = exchange->endpoint;
	/* An errno beside the reason is that of something else. */
	const char *end = strstr(endpoint->error, ", errno");
	int length = (int)(end ? (size_t)(end - endpoint->error) : strlen(endpoint->error));
	char files[TRANSPORT_TEXT_MAX], text[2 * TRANSPORT_TEXT_MAX];

	describe_files(endpoint, failure->code, files, sizeof(files));
	if (length)
		snprintf(text, sizeof(text), "TLS: %.*s%s", length, endpoint->error, files);
	else
		snprintf(text, sizeof(text), "TLS: %s%s", failure->text, files);
	set_text(cause, text);
}

/* Once a connection stands, errors of sending and receiving are TLS's only where TLS says so. */
static bool told_by_tls(const struct http_endpoint *endpoint, CURLcode code)
{
	if (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR)
		return true;
	return endpoint->tls && strstr(endpoint->error, "SSL routines");
}

static void set_failure(const struct http_exchange *exchange, CURLcode result, struct transport_answer *answer)
{
	const struct failure *failure = failure_find(result);
	long proxy_status = 0;

	answer->verdict = TRANSPORT_RETRY;
	curl_easy_getinfo(exchange->endpoint->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	if (proxy_status >= 300)
		snprintf(answer->cause, sizeof(answer->cause), "the proxy answered HTTP %ld", proxy_status);
	else if (!failure)
		snprintf(answer->cause, sizeof(answer->cause), "no answer: %s", curl_easy_strerror(result));
	else if (failure->detail == DETAIL_ERRNO)
		set_errno_cause(exchange, failure->text, answer->cause);
	else if (failure->detail == DETAIL_TIMEOUT)
		set_timeout_cause(exchange, answer->cause);
	else if (failure->detail == DETAIL_TLS && told_by_tls(exchange->endpoint, result))
		set_tls_cause(exchange, failure, answer->cause);
	else
		snprintf(answer->cause, sizeof(answer->cause), "%s", failure->text);
}

static enum transport_verdict verdict_of(long status)
{
	static const struct {
		long status;
		enum transport_verdict verdict;
	} verdicts[] = {
		{ 413, TRANSPORT_TOO_LARGE }, { 429, TRANSPORT_RETRY }, { 502, TRANSPORT_RETRY },
		{ 503, TRANSPORT_RETRY },     { 504, TRANSPORT_RETRY },
	};

	if (status >= 200 && status <= 299)
		return TRANSPORT_DELIVERED;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i].status == status)
			return verdicts[i].verdict;
	}
	return TRANSPORT_REFUSED;
}

static bool has_secret(const struct http_endpoint *endpoint, struct slice text)
{
	for (const struct curl_slist *secret = endpoint->secrets; secret; secret = secret->next) {
		if (text.length && slice_contains(text, slice_of_string(secret->data)))
			return true;
	}
	return false;
}

static void read_message(const struct http_exchange *exchange, CURLcode result, struct transport_answer *answer)
{
	struct slice body = buffer_slice(&exchange->body);
	struct otlp_response response = { 0 };
	const char *message = response.message;

	if (answer->verdict != TRANSPORT_DELIVERED)
		response_read_error(exchange->encoding, body, &response);
	else if (result != CURLE_OK)
		message = "the answer was cut off";
	else if (response_read(exchange->encoding, body, &response) < 0)
		message = "the answer cannot be read";
	/* In the body for what is cut, in the message for what is escaped. */
	if (message[0] && (has_secret(exchange->endpoint, body) || has_secret(exchange->endpoint, slice_of_string(message))))
		message = "(not shown: it repeats a secret)";
	snprintf(answer->message, sizeof(answer->message), "%s", message);
	answer->rejected = response.rejected;
}

static void set_status(const struct http_exchange *exchange, CURLcode result, struct transport_answer *answer)
{
	long status = 0;

	curl_easy_getinfo(exchange->endpoint->easy, CURLINFO_RESPONSE_CODE, &status);
	answer->verdict = verdict_of(status);
	if (answer->verdict == TRANSPORT_RETRY)
		answer->retry_after = exchange->retry_after;
	snprintf(answer->cause, sizeof(answer->cause),
		 status >= 300 && status <= 399 ? "HTTP %ld: redirects are not followed" : "HTTP %ld", status);
	read_message(exchange, result, answer);
}

void http_exchange_answer(const struct http_exchange *exchange, CURLcode result, uint64_t now,
			  struct transport_answer *ret_answer)
{
	*ret_answer = (struct transport_answer){ .duration = now - exchange->sent_at };
	/* The specification: not to be tried again, whatever the status. */
	if (exchange->too_large) {
		ret_answer->verdict = TRANSPORT_REFUSED;
		snprintf(ret_answer->cause, sizeof(ret_answer->cause), "the answer is larger than %s",
			 exchange->head_complete ? "4 MiB" : "64 KiB before its body");
	} else if (exchange->head_complete) {
		/* Once it is known what became of the request, a broken body changes nothing. */
		set_status(exchange, result, ret_answer);
	} else {
		set_failure(exchange, result, ret_answer);
	}
}
