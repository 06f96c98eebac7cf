// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/unread_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "otlp/encode/utf8.h"

#define NAME_BYTES 64 /* that are shown */

/* Of the connection's end: how it stands to the port. */
static const struct {
	const char *name, *preposition;
} roles[] = {
	[RECORD_ROLE_UNKNOWN] = { "unknown", "over" },
	[RECORD_ROLE_CLIENT] = { "client", "to" },
	[RECORD_ROLE_SERVER] = { "server", "on" },
};

static int compare(const void *a, const void *b)
{
	const struct unread_row *left = *(const struct unread_row *const *)a;
	const struct unread_row *right = *(const struct unread_row *const *)b;

	if (left->connections != right->connections)
		return left->connections < right->connections ? 1 : -1;
	return left < right ? -1 : left > right;
}

size_t unread_sort(const struct unread *unread, const struct unread_row *ret_rows[UNREAD_ROWS_MAX])
{
	for (size_t i = 0; i < unread->count; i++)
		ret_rows[i] = &unread->rows[i];
	qsort(ret_rows, unread->count, sizeof(*ret_rows), compare);
	return unread->count;
}

static struct slice executable_name(const struct resource *resource)
{
	for (size_t i = 0; i < resource->attribute_count; i++)
		if (slice_equal(resource->attributes[i].key, SLICE_LITERAL("process.executable.name")))
			return resource->attributes[i].string;
	return slice_of(NULL, 0);
}

void unread_row_format(const struct unread_row *row, uint64_t added, char text[UNREAD_TEXT_MAX])
{
	struct slice executable = executable_name(row->resource);
	char service_text[UTF8_SANITIZED_MAX(NAME_BYTES)], executable_text[UTF8_SANITIZED_MAX(NAME_BYTES)];
	char added_text[32] = "";
	bool named = executable.length && !slice_equal(row->resource->service_name, executable);

	utf8_sanitize_for_terminal(slice_head(row->resource->service_name, NAME_BYTES), service_text);
	utf8_sanitize_for_terminal(slice_head(executable, NAME_BYTES), executable_text);
	if (added)
		snprintf(added_text, sizeof(added_text), " (+%" PRIu64 ")", added);
	snprintf(text, UNREAD_TEXT_MAX, "%s %" PRIu64 "%s: %s (%s%spid %" PRIu32 "%s) %s port %u%s",
		 recognised_name(row->recognised), row->connections, added_text, service_text, named ? executable_text : "",
		 named ? ", " : "", row->resource->pid, row->several_processes ? " and others" : "",
		 roles[row->role].preposition, row->port, row->late ? ", older than the agent" : "");
}

void unread_kind_format(const struct unread_row *row, char text[UNREAD_TEXT_MAX])
{
	snprintf(text, UNREAD_TEXT_MAX, "%s %s port %u", recognised_name(row->recognised),
		 roles[row->role].preposition, row->port);
}

const char *unread_role_name(unsigned int role)
{
	return roles[role].name;
}
