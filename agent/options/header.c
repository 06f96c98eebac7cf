// SPDX-License-Identifier: Apache-2.0
#include "agent/options/header.h"

#include <errno.h>

#define SHOWN_MAX 80 /* of a name in a message */

/* Calls `add` with each member of a comma-separated list. An empty one is for `add` to refuse. */
static int add_each(const char *name, const char *argument, void *target,
		    int (*add)(const char *name, struct slice member, void *target))
{
	struct slice rest = slice_of_string(argument);

	for (;;) {
		size_t comma = slice_find(rest, ',');
		int error = add(name, slice_trim(slice_head(rest, comma)), target);

		if (error || comma == rest.length)
			return error;
		rest = slice_from(rest, comma + 1);
	}
}

static int add_header(const char *name, struct slice member, struct header_options *options, enum header_message of)
{
	int shown = (int)slice_head(member, SHOWN_MAX).length;
	int error = header_capture_add(&options->headers, of, member);

	if (error == -EPERM)
		option_error("--%s: '%.*s' holds secrets and is never captured", name, shown, member.data);
	else if (error == -ENOSPC)
		option_error("--%s: at most %d names are possible", name, HEADER_NAMES_MAX);
	else if (error)
		option_error("--%s: '%.*s' is not the name of a header field of at most %d bytes", name, shown,
			     member.data, HEADER_NAME_MAX);
	return error ? -EINVAL : 0;
}

static int add_request_header(const char *name, struct slice member, void *target)
{
	return add_header(name, member, target, HEADER_OF_REQUEST);
}

static int add_response_header(const char *name, struct slice member, void *target)
{
	return add_header(name, member, target, HEADER_OF_RESPONSE);
}

static int add_secret(const char *name, struct slice member, void *target)
{
	struct header_options *options = target;
	int error = query_secrets_add(&options->secrets, member);

	if (error == -ENOSPC)
		option_error("--%s: at most %d names are possible", name, QUERY_SECRETS_MAX);
	else if (error)
		option_error("--%s: '%.*s' is not a parameter's name of at most %d bytes", name,
			     (int)slice_head(member, SHOWN_MAX).length, member.data, QUERY_SECRET_NAME_MAX);
	return error ? -EINVAL : 0;
}

static int add_request_headers(const char *name, const char *argument, void *target)
{
	return add_each(name, argument, target, add_request_header);
}

static int add_response_headers(const char *name, const char *argument, void *target)
{
	return add_each(name, argument, target, add_response_header);
}

static int add_secrets(const char *name, const char *argument, void *target)
{
	return add_each(name, argument, target, add_secret);
}

static int add_route(const char *name, const char *argument, void *target)
{
	struct header_options *options = target;
	const char *flaw = route_patterns_add(&options->routes, argument);

	if (flaw)
		option_error("--%s: '%.*s' %s", name, (int)slice_head(slice_of_string(argument), SHOWN_MAX).length,
			     argument, flaw);
	return flaw ? -EINVAL : 0;
}

void header_rows(struct header_options *options, struct option_row rows[HEADER_ROWS])
{
	const struct option_row filled[HEADER_ROWS] = {
		{ "capture-request-header", "NAME[,NAME...]",
		  "show these fields of requests on spans; never those that hold\ncredentials; may be repeated",
		  add_request_headers, options },
		{ "capture-response-header", "NAME[,NAME...]", "the same of responses", add_response_headers, options },
		{ "redact-query-parameter", "NAME[,NAME...]",
		  "hide the values of these URL parameters, too, beside those that\n"
		  "are known to be secret; may be repeated",
		  add_secrets, options },
		{ "route", "[SERVICE:]PATTERN",
		  "paths like '/tag/{tag}' are of this route: {NAME} is one segment, * at\n"
		  "the end all that follow; of every service, or those that match a glob;\n"
		  "the most specific counts, before what is guessed; may be repeated",
		  add_route, options },
	};

	memcpy(rows, filled, sizeof(filled));
}
