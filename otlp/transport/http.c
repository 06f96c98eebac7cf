// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/http.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"

struct transport_http {
	struct transport transport;
	CURLM *multi;
	struct http_endpoint endpoints[OTLP_SIGNALS];
	struct http_exchange exchange;
};

static struct transport_http *http_of(struct transport *transport)
{
	return (struct transport_http *)transport;
}

static int http_send(struct transport *transport, const struct transport_request *request, uint64_t now)
{
	struct transport_http *http = http_of(transport);
	struct http_endpoint *endpoint = &http->endpoints[request->signal];
	int result;

	if (http->exchange.endpoint || !endpoint->easy)
		return -EINVAL;
	result = http_exchange_begin(&http->exchange, endpoint, request, now);
	if (result == 0 && curl_multi_add_handle(http->multi, endpoint->easy) != CURLM_OK)
		result = -ENOMEM;
	if (result < 0)
		http_exchange_end(&http->exchange);
	return result;
}

static void http_cancel(struct transport *transport)
{
	struct transport_http *http = http_of(transport);

	if (!http->exchange.endpoint)
		return;
	curl_multi_remove_handle(http->multi, http->exchange.endpoint->easy);
	http_exchange_end(&http->exchange);
}

/* Whether the one transfer that there is has ended. */
static bool transfer_ended(struct transport_http *http, CURLcode *ret_result)
{
	CURLMsg *message;
	int left;

	do {
		message = curl_multi_info_read(http->multi, &left);
	} while (message && message->msg != CURLMSG_DONE);
	if (!message)
		return false;
	*ret_result = message->data.result;
	return true;
}

static bool http_poll(struct transport *transport, uint64_t now, struct transport_answer *ret_answer)
{
	struct transport_http *http = http_of(transport);
	CURLcode result = CURLE_OUT_OF_MEMORY;
	bool failed;
	int running;

	if (!http->exchange.endpoint)
		return false;
	/* All that can go wrong with the arguments we give is want of memory. */
	failed = curl_multi_perform(http->multi, &running) != CURLM_OK;
	if (!failed && !transfer_ended(http, &result))
		return false;
	http_exchange_answer(&http->exchange, result, now, ret_answer);
	http_cancel(transport);
	return true;
}

static void http_wait(struct transport *transport, uint64_t timeout)
{
	/* Rounded up, or the last millisecond would be spent in a busy loop. */
	uint64_t milliseconds = timeout / NSEC_PER_MSEC + (timeout % NSEC_PER_MSEC != 0);

	curl_multi_poll(http_of(transport)->multi, NULL, 0, milliseconds < INT_MAX ? (int)milliseconds : INT_MAX, NULL);
}

static void http_wake(struct transport *transport)
{
	curl_multi_wakeup(http_of(transport)->multi);
}

/* Also of one that is half built. */
static void http_free(struct transport *transport)
{
	struct transport_http *http = http_of(transport);

	http_cancel(transport);
	for (size_t i = 0; i < OTLP_SIGNALS; i++)
		http_endpoint_done(&http->endpoints[i]);
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
}

static const struct transport_operations http_operations = {
	.send = http_send,
	.poll = http_poll,
	.cancel = http_cancel,
	.wait = http_wait,
	.wake = http_wake,
	.free = http_free,
};

static int init_endpoints(struct transport_http *http, const struct otlp_config *config, const char *version)
{
	int result = 0;

	for (int i = 0; i < OTLP_SIGNALS && result == 0; i++) {
		if (config->signals[i].endpoint)
			result = http_endpoint_init(&http->endpoints[i], (enum otlp_signal)i, &config->signals[i],
						    version);
	}
	return result;
}

int transport_http_new(const struct otlp_config *config, const char *version, struct transport **ret_transport)
{
	struct transport_http *http;
	int result = -ENOMEM;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	/* The other resolver would block, and know no time-out without signals. */
	if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS)) {
		curl_global_cleanup();
		return -EOPNOTSUPP;
	}
	http = calloc(1, sizeof(*http));
	if (!http) {
		curl_global_cleanup();
		return -ENOMEM;
	}
	http->transport.operations = &http_operations;
	buffer_init(&http->exchange.body, OTLP_RESPONSE_SIZE_MAX);
	http->multi = curl_multi_init();
	if (http->multi)
		result = init_endpoints(http, config, version);
	if (result < 0) {
		http_free(&http->transport);
		return result;
	}
	/* Requests go one by one: an idle connection for each endpoint is all that is ever kept. */
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)OTLP_SIGNALS);
	*ret_transport = &http->transport;
	return 0;
}
