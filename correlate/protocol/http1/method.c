// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/head.h"

static const char *const methods[] = {
	"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY",
	/* Registered (iana.org/assignments/http-methods) */
	"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE",
	"MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND",
	"PROPPATCH", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE",
	"UPDATEREDIRECTREF", "VERSION-CONTROL",
	/* Caches, UPnP */
	"PURGE", "BAN", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE",
};

bool http1_begins_request(struct slice input)
{
	return input.length && input.data[0] != '\r' && input.data[0] != '\n' &&
	       http1_method_is_known(slice_head(input, slice_find(input, ' '))) &&
	       slice_find(input, '\n') < input.length && http1_may_begin(HTTP_REQUEST, input);
}

bool http1_method_is_known(struct slice method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (slice_equal(method, slice_of_string(methods[i])))
			return true;
	return false;
}
