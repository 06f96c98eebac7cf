// SPDX-License-Identifier: Apache-2.0
#include "correlate/http1_url.h"

#define SCHEME_MAX 16

static bool is_scheme_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       byte == '+' || byte == '-' || byte == '.';
}

bool http1_scheme_valid(struct slice text)
{
	if (!text.length || text.length > SCHEME_MAX || text.data[0] <= '9')
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (!is_scheme_byte(text.data[i]))
			return false;
	return true;
}

static void split_query(struct http1_target *target)
{
	size_t mark = slice_find(target->path, '?');

	target->has_query = mark < target->path.length;
	target->query = slice_from(target->path, mark + 1);
	target->path = slice_head(target->path, mark);
}

/* Up to the first of '/' and '?'. */
static size_t authority_length(struct slice text)
{
	return slice_find(slice_head(text, slice_find(text, '/')), '?');
}

struct http1_target http1_target_split(struct slice method, struct slice target)
{
	struct http1_target split = { .path = target };
	size_t colon = slice_find(target, ':');
	struct slice scheme = slice_head(target, colon);

	if (slice_equal(method, SLICE_LITERAL("CONNECT"))) {
		split.authority = target;
		split.path = slice_from(target, target.length);
		return split;
	}
	if (http1_scheme_valid(scheme) && slice_starts_with(slice_from(target, colon), SLICE_LITERAL("://"))) {
		struct slice rest = slice_from(target, colon + strlen("://"));
		size_t length = authority_length(rest);

		split.scheme = scheme;
		split.authority = slice_head(rest, length);
		split.path = slice_from(rest, length);
	}
	split_query(&split);
	if (split.scheme.length && !split.path.length)
		split.path = SLICE_LITERAL("/"); /* may be left out (RFC 9110, 4.2.3) */
	return split;
}

struct http1_authority http1_authority_split(struct slice authority)
{
	struct http1_authority split = { .port = 0 };
	struct slice host_port = authority;
	uint64_t port;

	/* The last "@" ends the userinfo. */
	for (size_t at; (at = slice_find(host_port, '@')) < host_port.length; split.has_userinfo = true)
		host_port = slice_from(host_port, at + 1);
	split.host_port = host_port;

	bool bracket = slice_starts_with(host_port, SLICE_LITERAL("["));
	size_t host_end = slice_find(host_port, bracket ? ']' : ':');

	split.host = slice_from(slice_head(host_port, host_end), bracket);
	struct slice rest = slice_from(host_port, host_end + bracket);

	if (slice_starts_with(rest, SLICE_LITERAL(":")) && slice_to_u64(slice_from(rest, 1), &port) &&
	    port <= UINT16_MAX)
		split.port = (uint16_t)port;
	return split;
}

/* Length of `text` up to `end` outside quotes. */
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
	return i < text.length ? i : text.length;
}

static struct slice unquote(struct slice text)
{
	if (text.length >= 2 && text.data[0] == '"' && text.data[text.length - 1] == '"')
		return slice_of(text.data + 1, text.length - 2);
	return text;
}

struct slice http1_forwarded_parameter(struct slice forwarded, struct slice name)
{
	struct slice element = slice_head(forwarded, find_unquoted(forwarded, ','));

	while (element.length) {
		struct slice pair = slice_head(element, find_unquoted(element, ';'));
		size_t equals = slice_find(pair, '=');

		element = slice_from(element, pair.length + 1);
		if (slice_equal_ignoring_case(slice_trim(slice_head(pair, equals)), name))
			return unquote(slice_trim(slice_from(pair, equals + 1)));
	}
	return slice_of(NULL, 0);
}

struct slice http1_list_first(struct slice list)
{
	return slice_trim(slice_head(list, slice_find(list, ',')));
}

struct slice http1_node_address(struct slice node)
{
	size_t colon = slice_find(node, ':');

	if (!node.length || node.data[0] == '_' || slice_equal_ignoring_case(node, SLICE_LITERAL("unknown")))
		return slice_of(NULL, 0);
	/* Several colons and no bracket: a bare IPv6 address. */
	if (node.data[0] != '[' && slice_find(slice_from(node, colon + 1), ':') < slice_from(node, colon + 1).length)
		return node;
	return http1_authority_split(node).host;
}
