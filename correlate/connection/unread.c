// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/unread.h"

#include <errno.h>

#include "correlate/limits.h"

static const char *const names[RECOGNISED_COUNT] = {
	[RECOGNISED_NOT_YET] = "unknown",
	[RECOGNISED_HTTP1] = "http1",
	[RECOGNISED_TLS] = "tls",
	[RECOGNISED_SSH] = "ssh",
	[RECOGNISED_HTTP2] = "http2",
	[RECOGNISED_REDIS] = "redis",
	[RECOGNISED_POSTGRESQL] = "postgresql",
	[RECOGNISED_TUNNEL] = "tunnel",
	[RECOGNISED_UNKNOWN] = "unknown",
	[RECOGNISED_FASTCGI] = "fastcgi",
};

/* What a row is of. */
static struct unread_row row_of(const struct record_ignored *record, struct resource *resource)
{
	const struct record_connection *connection = &record->connection;
	struct unread_row row = {
		.resource = resource,
		.recognised = record->recognised < RECOGNISED_COUNT ? record->recognised : RECOGNISED_UNKNOWN,
		.role = connection->role,
		.late = record->header.flags & RECORD_IGNORED_LATE,
		.port = connection->remote_port,
	};

	if (row.role == RECORD_ROLE_SERVER ||
	    (row.role == RECORD_ROLE_UNKNOWN && connection->local_port < connection->remote_port))
		row.port = connection->local_port;
	return row;
}

static bool alike(const struct unread_row *a, const struct unread_row *b)
{
	return a->port == b->port && a->recognised == b->recognised && a->role == b->role && a->late == b->late &&
	       (a->resource == b->resource || slice_equal(a->resource->service_name, b->resource->service_name));
}

static struct unread_row *find_row(struct unread *unread, const struct unread_row *wanted)
{
	for (size_t i = 0; i < unread->count; i++)
		if (alike(&unread->rows[i], wanted))
			return &unread->rows[i];
	if (unread->count == UNREAD_ROWS_MAX)
		return NULL;
	unread->rows[unread->count] = *wanted;
	resource_ref(wanted->resource);
	return &unread->rows[unread->count++];
}

int unread_init(struct unread *unread)
{
	unread->requests = hashmap_new(UNREAD_REQUESTS_MAX);
	return unread->requests ? 0 : -ENOMEM;
}

void unread_done(struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++)
		resource_unref(unread->rows[i].resource);
	hashmap_free(unread->requests, NULL);
}

/* The value is the process's id, so that nothing refers to a process that is gone. */
static void open_request(struct unread *unread, uint64_t cookie, struct process *process)
{
	if (!hashmap_get(unread->requests, &cookie, sizeof(cookie)) &&
	    hashmap_put(unread->requests, &cookie, sizeof(cookie), (void *)(uintptr_t)process->pid) == 0)
		process->unread_requests++;
}

struct unread_row unread_add(struct unread *unread, const struct record_ignored *record, struct process *process)
{
	struct unread_row wanted = row_of(record, process->resource);
	struct unread_row *row = find_row(unread, &wanted);

	unread->connections[wanted.recognised]++;
	if (row) {
		row->connections++;
		row->several_processes |= row->resource->pid != process->pid;
	} else {
		unread->rowless++;
	}
	if (wanted.role == RECORD_ROLE_SERVER)
		process->serves_unread = true;
	if (wanted.role == RECORD_ROLE_SERVER && wanted.recognised == RECOGNISED_FASTCGI && process->pid)
		open_request(unread, record->connection.cookie, process);
	return wanted;
}

void unread_end(struct unread *unread, const struct process_table *processes, const struct record_state *record)
{
	uint64_t cookie = record->connection.cookie;
	unsigned int flags = record->header.flags;
	struct process *process;
	void *pid;

	/* Of a worker whose client has gone nobody knows that it has stopped. */
	if (!(flags & (RECORD_STATE_CLOSED | RECORD_STATE_LEFT)) &&
	    (!(flags & RECORD_STATE_GONE) || flags & RECORD_STATE_HELD))
		return;
	pid = hashmap_remove(unread->requests, &cookie, sizeof(cookie));
	if (!pid)
		return;
	process = process_table_find(processes, (uint32_t)(uintptr_t)pid);
	if (process && process->unread_requests)
		process->unread_requests--;
}

const char *recognised_name(unsigned int recognised)
{
	return names[recognised < RECOGNISED_COUNT ? recognised : RECOGNISED_UNKNOWN];
}
