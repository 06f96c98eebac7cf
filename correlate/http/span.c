// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/span.h"

#include <stdio.h>

#include "correlate/http/query.h"
#include "correlate/http/url.h"
#include "correlate/span/attributes.h"
#include "correlate/span/network.h"

static const struct slice known_methods[] = {
	SLICE_LITERAL("GET"),   SLICE_LITERAL("POST"),    SLICE_LITERAL("PUT"),   SLICE_LITERAL("DELETE"),
	SLICE_LITERAL("HEAD"),  SLICE_LITERAL("OPTIONS"), SLICE_LITERAL("PATCH"), SLICE_LITERAL("CONNECT"),
	SLICE_LITERAL("TRACE"), SLICE_LITERAL("QUERY"),
};

/* What the parts of one span share. */
struct fill {
	const struct http_exchange *exchange;
	const struct http_span_context *context;
	struct span *span;
	struct text text;
	struct http_target target;
	struct http_authority named; /* whom the request says that it asks */
};

static bool method_known(struct slice method)
{
	for (size_t i = 0; i < sizeof known_methods / sizeof known_methods[0]; i++)
		if (slice_equal(method, known_methods[i]))
			return true;
	return false;
}

static void add_text(struct fill *fill, const char *key, struct slice value)
{
	if (value.length)
		span_add_string(fill->span, key, value);
}

/* A copy in the span's text, in lower case. */
static struct slice lower_case(struct text *text, struct slice value)
{
	text_begin(text);
	text_append(text, value);
	for (size_t i = text->begin; i < text->length; i++)
		if (text->data[i] >= 'A' && text->data[i] <= 'Z')
			text->data[i] |= 0x20;
	return text_end(text);
}

static void add_method(struct fill *fill)
{
	bool known = method_known(fill->exchange->method);

	span_add_string(fill->span, "http.request.method", known ? fill->exchange->method : SLICE_LITERAL("_OTHER"));
	if (!known)
		span_add_string(fill->span, "http.request.method_original", fill->exchange->method);
}

static struct slice add_route(struct fill *fill, struct slice host)
{
	struct route *route = fill->context->route;
	struct text *text = &fill->text;

	http_route_decide(&fill->context->routes, host, fill->target.path, fill->exchange->status, route);
	if (route->origin == ROUTE_NONE)
		return slice_of(NULL, 0);
	struct slice shown = route_text(route, fill->target.path, text->data + text->length);

	text->length += ROUTE_LENGTH_MAX;
	span_add_string(fill->span, fill->span->kind == SPAN_KIND_SERVER ? "http.route" : "url.template", shown);
	if (route->origin == ROUTE_GUESSED)
		span_add_boolean(fill->span, "wirespan.route.inferred", true);
	return shown;
}

static void set_name(struct fill *fill, struct slice route)
{
	struct slice method = fill->exchange->method;

	text_begin(&fill->text);
	text_append(&fill->text, method_known(method) ? method : SLICE_LITERAL("HTTP"));
	if (route.length) {
		text_append(&fill->text, SLICE_LITERAL(" "));
		text_append(&fill->text, route);
	}
	fill->span->name = text_end(&fill->text);
}

/* Status and error.type: 5xx is an error on both sides, 4xx on the client's, a transport failure always. */
static void add_outcome(struct fill *fill)
{
	const struct http_exchange *exchange = fill->exchange;
	struct span *span = fill->span;
	int first_error = span->kind == SPAN_KIND_CLIENT ? 400 : 500;
	char code[16];

	span->status = SPAN_STATUS_UNSET;
	span->error_type = fill->context->outcome->error_type;
	if (exchange->status) {
		span_add_integer(span, "http.response.status_code", exchange->status);
		if (!span->error_type.length && exchange->status >= first_error) {
			snprintf(code, sizeof code, "%d", exchange->status);
			text_begin(&fill->text);
			text_append(&fill->text, slice_of_string(code));
			span->error_type = text_end(&fill->text);
		}
	}
	if (span->error_type.length) {
		span->status = SPAN_STATUS_ERROR;
		span_add_string(span, "error.type", span->error_type);
	}
}

static void add_sizes(struct fill *fill)
{
	const struct http_exchange *exchange = fill->exchange;
	const struct outcome *outcome = fill->context->outcome;

	if (outcome->request_complete) {
		span_add_integer(fill->span, "http.request.body.size", (int64_t)exchange->request_body_size);
		span_add_integer(fill->span, "http.request.size", (int64_t)outcome->request_size);
	}
	if (outcome->response_complete) {
		span_add_integer(fill->span, "http.response.body.size", (int64_t)exchange->response_body_size);
		span_add_integer(fill->span, "http.response.size", (int64_t)outcome->response_size);
	}
}

static void add_server(struct fill *fill, const struct http_authority *authority, struct slice scheme)
{
	if (!authority->host.length)
		return;
	span_add_string(fill->span, "server.address", authority->host);
	span_add_integer(fill->span, "server.port", authority->port ? authority->port : http_default_port(scheme));
}

/* The first that says something. */
static struct slice first_of(struct slice a, struct slice b, struct slice c)
{
	if (a.length)
		return a;
	return b.length ? b : c;
}

static struct slice unquoted(struct text *text, struct slice value)
{
	char *buffer = text->data + text->length;
	struct slice plain = http_unquote(slice_head(value, text->size - text->length), buffer);

	if (plain.data == buffer)
		text->length += plain.length;
	return plain;
}

/* What Forwarded says, by the name of a parameter. */
static struct slice forwarded(struct fill *fill, struct slice name)
{
	return unquoted(&fill->text, http_forwarded_parameter(fill->exchange->forwarded, name));
}

/* What an X-Forwarded field says first. */
static struct slice x_forwarded(struct fill *fill, struct slice list)
{
	return unquoted(&fill->text, http_list_first(list));
}

static struct slice server_scheme(struct fill *fill)
{
	struct slice scheme = first_of(forwarded(fill, SLICE_LITERAL("proto")),
				       x_forwarded(fill, fill->exchange->forwarded_proto), fill->target.scheme);

	return http_scheme_valid(scheme) ? scheme : SLICE_LITERAL("http");
}

static void add_query(struct fill *fill)
{
	if (!fill->target.query.length)
		return;
	text_begin(&fill->text);
	http_query_redact(&fill->text, fill->target.query, fill->context->disclosure->secrets);
	span_add_string(fill->span, "url.query", text_end(&fill->text));
}

static void fill_server(struct fill *fill, struct slice peer)
{
	const struct http_exchange *exchange = fill->exchange;
	struct slice scheme = lower_case(&fill->text, server_scheme(fill));
	struct slice host = first_of(forwarded(fill, SLICE_LITERAL("host")),
				     x_forwarded(fill, exchange->forwarded_host), slice_of(NULL, 0));
	struct http_authority authority = host.length ? http_authority_split(host) : fill->named;
	struct slice client = first_of(http_node_address(forwarded(fill, SLICE_LITERAL("for"))),
				       http_node_address(x_forwarded(fill, exchange->forwarded_for)), peer);

	span_add_string(fill->span, "url.scheme", scheme);
	/* Required by the conventions; but of a malformed target no path is known, and what it holds may be a secret. */
	if (!fill->target.malformed)
		span_add_string(fill->span, "url.path", fill->target.path);
	add_server(fill, &authority, scheme);
	add_text(fill, "client.address", client);
	add_text(fill, "user_agent.original", exchange->user_agent);
	add_query(fill);
}

/* Without Host (HTTP/1.0) the peer is all that is known of the server. */
static struct http_authority peer_authority(struct fill *fill, struct slice peer)
{
	const struct record_connection *connection = fill->context->connection;
	struct http_authority authority = { .host = peer, .port = connection->remote_port };

	if (!peer.length)
		return authority;
	text_begin(&fill->text);
	network_append_place(&fill->text, peer, connection->remote_port);
	authority.host_port = text_end(&fill->text);
	return authority;
}

static void add_full_url(struct fill *fill, const struct http_authority *authority, struct slice scheme)
{
	struct text *text = &fill->text;
	bool asterisk = slice_equal(fill->target.path, SLICE_LITERAL("*"));

	text_begin(text);
	text_append(text, scheme);
	text_append(text, SLICE_LITERAL("://"));
	if (authority->has_userinfo)
		text_append(text, SLICE_LITERAL("REDACTED:REDACTED@"));
	text_append(text, authority->host_port);
	if (!asterisk)
		text_append(text, fill->target.path);
	if (fill->target.has_query) {
		text_append(text, SLICE_LITERAL("?"));
		http_query_redact(text, fill->target.query, fill->context->disclosure->secrets);
	}
	span_add_string(fill->span, "url.full", text_end(text));
}

static void fill_client(struct fill *fill, struct slice peer)
{
	struct slice scheme = fill->target.scheme.length ? fill->target.scheme : SLICE_LITERAL("http");
	struct http_authority authority = fill->named;

	if (!authority.host.length)
		authority = peer_authority(fill, peer);
	authority.has_userinfo = authority.has_userinfo || fill->target.hides_userinfo;
	add_server(fill, &authority, scheme);
	add_full_url(fill, &authority, scheme);
}

static void add_headers(struct fill *fill)
{
	const struct header_capture *headers = fill->context->disclosure->headers;

	if (!headers)
		return;
	header_values_add(fill->span, &headers->request, fill->exchange->request_headers);
	header_values_add(fill->span, &headers->response, fill->exchange->response_headers);
}

void http_span_fill(const struct http_exchange *exchange, enum span_kind kind,
		     const struct http_span_context *context, struct span *span, char text[SPAN_TEXT_MAX])
{
	struct fill fill = {
		.exchange = exchange,
		.context = context,
		.span = span,
		.text = { .data = text, .size = SPAN_TEXT_MAX },
		.target = http_target_split(exchange->method, exchange->target),
	};

	fill.named = http_authority_split(first_of(fill.target.authority, exchange->host, slice_of(NULL, 0)));
	/* The URL comes last: where a text has to be cut, it is the long one. */
	span->kind = kind;
	add_method(&fill);
	struct slice peer = network_add(span, &fill.text, context->connection,
					exchange->request_minor_version ? SLICE_LITERAL("1.1") : SLICE_LITERAL("1.0"));

	set_name(&fill, add_route(&fill, fill.named.host.length ? fill.named.host : peer));
	add_outcome(&fill);
	add_sizes(&fill);

	span_add_integer(span, "process.pid", context->pid);
	span_add_integer(span, "thread.id", context->tid);
	if (kind == SPAN_KIND_SERVER)
		fill_server(&fill, peer);
	else
		fill_client(&fill, peer);
	add_headers(&fill);
}
