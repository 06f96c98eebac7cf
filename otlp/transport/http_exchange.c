// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/http.h"

#include <errno.h>

#include "base/clock.h"
#include "otlp/transport/retry_after.h"

/* curl only reads them. */
static char protobuf_type[] = "Content-Type: application/x-protobuf";
static char json_type[] = "Content-Type: application/json";
static char gzip_encoding[] = "Content-Encoding: gzip";

static void forget_answer(struct http_exchange *exchange)
{
	buffer_done(&exchange->body);
	exchange->head_size = 0;
	exchange->head_complete = false;
	exchange->too_large = false;
	exchange->retry_after = 0;
}

static long status_of(const struct http_exchange *exchange)
{
	long status = 0;

	curl_easy_getinfo(exchange->endpoint->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* For CURLOPT_HEADERFUNCTION: a whole line, of an interim answer or a trailer too. */
static size_t read_header(char *data, size_t size, size_t count, void *context)
{
	static const struct slice retry_after = SLICE_LITERAL("Retry-After:");
	struct http_exchange *exchange = context;
	struct slice line = slice_of(data, size * count);

	exchange->head_size += line.length;
	if (exchange->head_size > HTTP_HEAD_SIZE_MAX) {
		exchange->too_large = true;
		return 0;
	}
	while (line.length && (line.data[line.length - 1] == '\n' || line.data[line.length - 1] == '\r'))
		line.length--;
	if (!line.length && status_of(exchange) >= 200)
		exchange->head_complete = true;
	else if (!exchange->head_complete &&
		 slice_equal_ignoring_case(slice_head(line, retry_after.length), retry_after))
		exchange->retry_after = retry_after_read(slice_from(line, retry_after.length), clock_wall());
	return size * count;
}

static size_t read_body(char *data, size_t size, size_t count, void *context)
{
	struct http_exchange *exchange = context;
	int result = buffer_append(&exchange->body, data, size * count);

	if (result == -ENOSPC)
		exchange->too_large = true;
	return result == 0 ? size * count : 0;
}

static void set_headers(struct http_exchange *exchange, const struct transport_request *request)
{
	struct curl_slist *others = exchange->endpoint->headers;

	if (request->gzip) {
		exchange->content_encoding = (struct curl_slist){ gzip_encoding, others };
		others = &exchange->content_encoding;
	}
	exchange->content_type =
		(struct curl_slist){ request->encoding == OTLP_JSON ? json_type : protobuf_type, others };
}

int http_exchange_begin(struct http_exchange *exchange, struct http_endpoint *endpoint,
			const struct transport_request *request, uint64_t now)
{
	CURL *easy = endpoint->easy;

	forget_answer(exchange);
	exchange->endpoint = endpoint;
	exchange->encoding = request->encoding;
	exchange->sent_at = now;
	endpoint->error[0] = '\0';
	set_headers(exchange, request);
	/* NULL would make curl read the body from standard input. */
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.length ? request->body.data : "");
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, &exchange->content_type);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, read_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, read_body);
	return curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK ? 0 : -ENOMEM;
}

void http_exchange_end(struct http_exchange *exchange)
{
	exchange->endpoint = NULL;
	forget_answer(exchange);
}
