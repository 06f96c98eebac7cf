/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the HTTP transport share. */
#ifndef WIRESPAN_OTLP_TRANSPORT_HTTP_H
#define WIRESPAN_OTLP_TRANSPORT_HTTP_H

#include <curl/curl.h>

#include "base/buffer.h"
#include "otlp/transport/transport.h"

/* Room for two lost SYNs (1 + 2 s), and for the TLS handshake; the time-out of the request holds, too. */
#define HTTP_CONNECT_TIMEOUT_MS 5000L
/* All lines of an answer's head together: more than any server sends. */
#define HTTP_HEAD_SIZE_MAX (64u << 10)

/* Where one signal's requests go: prepared once. */
struct http_endpoint {
	CURL *easy; /* NULL: none was configured */
	struct curl_slist *headers;
	struct curl_slist *secrets; /* that a collector may repeat, but we do not */
	char *ca_file, *client_certificate_file, *client_key_file; /* for messages; NULL: none */
	uint64_t timeout; /* ns; 0: unlimited */
	bool tls;
	char error[CURL_ERROR_SIZE]; /* curl's words: may hold secrets (a proxy's URL) */
};

/*
 * Fills `endpoint` (all zero) for http_endpoint_done, which is due whatever the result.
 * 0; -ENOMEM; -EINVAL: curl does not take what the configuration says; -EOPNOTSUPP: this libcurl cannot.
 */
int http_endpoint_init(struct http_endpoint *endpoint, enum otlp_signal signal, const struct otlp_signal_config *config,
		       const char *version);
void http_endpoint_done(struct http_endpoint *endpoint);

/* One request and what came of it so far. */
struct http_exchange {
	struct http_endpoint *endpoint; /* NULL: nothing is under way */
	enum otlp_encoding encoding;
	uint64_t sent_at;
	/* In front of the endpoint's headers. */
	struct curl_slist content_type, content_encoding;

	struct buffer body; /* decompressed */
	size_t head_size;
	bool head_complete; /* of the final answer: its status is known */
	bool too_large;     /* head or body */
	uint64_t retry_after; /* ns, since the head came */
};

/* Sets up the endpoint's easy handle for a request. 0 or -ENOMEM. */
int http_exchange_begin(struct http_exchange *exchange, struct http_endpoint *endpoint,
			const struct transport_request *request, uint64_t now);
/* What came, as a verdict. `result`: how curl ended. */
void http_exchange_answer(const struct http_exchange *exchange, CURLcode result, uint64_t now,
			  struct transport_answer *ret_answer);
/* Forgets it; curl must have done so already. */
void http_exchange_end(struct http_exchange *exchange);

#endif
