// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/url.h"

#include "base/ascii.h"

#define SCHEME_MAX 16

static bool is_scheme_byte(char byte)
{
	return ascii_is_alphanumeric(byte) || byte == '+' || byte == '-' || byte == '.';
}

bool http_scheme_valid(struct slice text)
{
	if (!text.length || text.length > SCHEME_MAX || text.data[0] <= '9')
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (!is_scheme_byte(text.data[i]))
			return false;
	return true;
}

static void split_query(struct http_target *target)
{
	size_t mark = slice_find(target->path, '?');

	target->has_query = mark < target->path.length;
	target->query = slice_from(target->path, mark + 1);
	target->path = slice_head(target->path, mark);
}

/* Up to the first of '/', '?' and '#'. */
static size_t authority_length(struct slice text)
{
	text = slice_head(text, slice_find(text, '/'));
	text = slice_head(text, slice_find(text, '?'));
	return slice_find(text, '#');
}

/* Behind the last '@'; 0 where there is none. */
static size_t userinfo_length(struct slice text)
{
	size_t length = text.length;

	while (length && text.data[length - 1] != '@')
		length--;
	return length;
}

/* "scheme://authority/path?query"; false where it is none. */
static bool split_absolute(struct slice target, struct http_target *split)
{
	struct slice scheme = slice_head(target, slice_find(target, ':'));
	struct slice rest = slice_from(target, scheme.length);

	if (!http_scheme_valid(scheme) || !slice_starts_with(rest, SLICE_LITERAL("://")))
		return false;
	rest = slice_from(rest, strlen("://"));
	size_t length = authority_length(rest);
	size_t userinfo = userinfo_length(slice_head(rest, slice_find(rest, '?')));

	split->scheme = scheme;
	if (userinfo > length) {
		/*
		 * A password with a slash, or a path with an at sign: all of it
		 * may be secret, and who is asked can't be told.
		 */
		split->hides_userinfo = true;
		rest = slice_from(rest, userinfo);
		split->path = slice_from(rest, authority_length(rest));
	} else {
		split->authority = slice_head(rest, length);
		split->path = slice_from(rest, length);
		if (!http_authority_split(split->authority).valid)
			return false;
	}
	split_query(split);
	if (!slice_starts_with(split->path, SLICE_LITERAL("/"))) {
		split->path_left_out = true; /* RFC 9110, 4.2.3 */
		split->path = SLICE_LITERAL("/");
	}
	return true;
}

struct http_target http_target_split(struct slice method, struct slice target)
{
	struct http_target split = { .path = target };

	if (slice_equal(method, SLICE_LITERAL("CONNECT"))) {
		split.path = slice_from(target, target.length);
		if (authority_length(target) == target.length)
			split.authority = target;
		return split;
	}
	if (slice_starts_with(target, SLICE_LITERAL("/"))) {
		split_query(&split);
		return split;
	}
	if (slice_equal(target, SLICE_LITERAL("*")) || split_absolute(target, &split))
		return split;
	return (struct http_target){ .scheme = split.scheme, .malformed = true };
}

struct http_authority http_authority_split(struct slice authority)
{
	struct slice host_port = slice_from(authority, userinfo_length(authority));
	struct http_authority split = { .has_userinfo = host_port.length < authority.length };
	uint64_t port;

	split.host_port = slice_head(host_port, authority_length(host_port));
	bool bracket = slice_starts_with(split.host_port, SLICE_LITERAL("["));
	size_t host_end = slice_find(split.host_port, bracket ? ']' : ':');

	split.host = slice_from(slice_head(split.host_port, host_end), bracket);
	struct slice rest = slice_from(split.host_port, host_end + bracket);

	split.valid = split.host.length && split.host_port.length == host_port.length;
	if (slice_starts_with(rest, SLICE_LITERAL(":")) && slice_to_u64(slice_from(rest, 1), &port) &&
	    port <= UINT16_MAX) {
		split.port = (uint16_t)port;
	} else if (rest.length) {
		/* "host:" is allowed (RFC 3986, 3.2.3). What else stands there may be anything, a password too. */
		split.valid = split.valid && rest.length == 1 && rest.data[0] == ':';
		split.host_port.length -= rest.length;
	}
	return split;
}

uint16_t http_default_port(struct slice scheme)
{
	bool tls = slice_equal_ignoring_case(scheme, SLICE_LITERAL("https")) ||
		   slice_equal_ignoring_case(scheme, SLICE_LITERAL("wss"));

	return tls ? 443 : 80;
}

static bool same_server(struct slice authority, struct slice host, uint16_t default_port)
{
	struct http_authority a = http_authority_split(authority), b = http_authority_split(host);

	return a.valid && b.valid && slice_equal_ignoring_case(a.host, b.host) &&
	       (a.port ? a.port : default_port) == (b.port ? b.port : default_port);
}

static bool passed_on(struct slice method, const struct http_target *absolute, const struct http_target *origin,
		      struct slice host)
{
	struct slice path = absolute->path;

	if (absolute->path_left_out && !absolute->has_query && slice_equal(method, SLICE_LITERAL("OPTIONS")))
		path = SLICE_LITERAL("*");
	return slice_equal(path, origin->path) && absolute->has_query == origin->has_query &&
	       slice_equal(absolute->query, origin->query) &&
	       same_server(absolute->authority, host, http_default_port(absolute->scheme));
}

bool http_asks_the_same(struct slice method, struct http_asked a, struct http_asked b)
{
	if (!a.target.length || slice_equal(a.target, b.target))
		return a.target.length;
	struct http_target a_split = http_target_split(method, a.target);
	struct http_target b_split = http_target_split(method, b.target);

	if (a_split.malformed || b_split.malformed || !a_split.scheme.length == !b_split.scheme.length)
		return false;
	if (a_split.scheme.length)
		return passed_on(method, &a_split, &b_split, b.host);
	return passed_on(method, &b_split, &a_split, a.host);
}

/* Length of `text` up to `end` outside quotes. A quote that nothing closes is a byte as any other. */
static size_t find_unquoted(struct slice text, char end)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.length && (quoted || text.data[i] != end); i++) {
		if (text.data[i] == '"')
			quoted = !quoted;
		else if (quoted && text.data[i] == '\\')
			i++;
	}
	return quoted ? slice_find(text, end) : i;
}

struct slice http_unquote(struct slice value, char *buffer)
{
	size_t length = 0;

	if (value.length < 2 || value.data[0] != '"' || value.data[value.length - 1] != '"')
		return value;
	value = slice_of(value.data + 1, value.length - 2);
	if (slice_find(value, '\\') == value.length)
		return value;
	for (size_t i = 0; i < value.length; i++) {
		if (value.data[i] == '\\' && i + 1 < value.length)
			i++;
		buffer[length++] = value.data[i];
	}
	return slice_of(buffer, length);
}

struct slice http_forwarded_parameter(struct slice forwarded, struct slice name)
{
	struct slice element = slice_head(forwarded, find_unquoted(forwarded, ','));

	while (element.length) {
		struct slice pair = slice_head(element, find_unquoted(element, ';'));
		size_t equals = slice_find(pair, '=');

		element = slice_from(element, pair.length + 1);
		if (slice_equal_ignoring_case(slice_trim(slice_head(pair, equals)), name))
			return slice_trim(slice_from(pair, equals + 1));
	}
	return slice_of(NULL, 0);
}

struct slice http_list_first(struct slice list)
{
	return slice_trim(slice_head(list, find_unquoted(list, ',')));
}

struct slice http_node_address(struct slice node)
{
	size_t colon = slice_find(node, ':');

	if (!node.length || node.data[0] == '_' || node.data[0] == '"' ||
	    slice_equal_ignoring_case(node, SLICE_LITERAL("unknown")))
		return slice_of(NULL, 0);
	/* Several colons and no bracket: a bare IPv6 address. */
	if (node.data[0] != '[' && slice_find(slice_from(node, colon + 1), ':') < slice_from(node, colon + 1).length)
		return node;
	return http_authority_split(node).host;
}
