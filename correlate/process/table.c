// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/limits.h"
#include "correlate/process/identity.h"
#include "correlate/process/process.h"

static void process_free(void *value)
{
	struct process *process = value;

	resource_unref(process->resource);
	process_identity_unref(process->identity);
	free(process);
}

static void process_forget(struct process_table *table, struct process *process)
{
	hashmap_remove(table->processes, &process->pid, sizeof(process->pid));
	list_remove(&process->age);
	process_free(process);
}

int process_table_init(struct process_table *table, struct losses *losses, const struct attribute *extra,
		       size_t extra_count)
{
	list_init(&table->living);
	list_init(&table->exited);
	table->losses = losses;
	table->extra = extra;
	table->extra_count = extra_count;
	table->boot_to_wall = 0;
	table->boot_id = slice_of(NULL, 0);
	table->processes = hashmap_new(PROCESSES_MAX);
	return table->processes ? 0 : -ENOMEM;
}

void process_table_done(struct process_table *table)
{
	hashmap_free(table->processes, process_free);
	table->processes = NULL;
}

static struct resource *make_resource(const struct process_table *table, const struct process_identity *identity,
				      uint32_t pid, uint32_t parent_pid, uint64_t start_time)
{
	struct process_info info = { .pid = pid };

	if (identity && process_info_from_record(&identity->record, identity->size, &info) < 0)
		return NULL;
	info.pid = pid;
	info.parent_pid = parent_pid;
	info.boot_id = table->boot_id;
	info.start_time = start_time;
	if (start_time && table->boot_to_wall)
		info.start_wall = start_time + (uint64_t)table->boot_to_wall;
	return resource_new(&info, table->extra, table->extra_count);
}

static void make_room(struct process_table *table)
{
	struct list *first = table->exited.next;

	if (hashmap_count(table->processes) < PROCESSES_MAX)
		return;
	if (list_empty(&table->exited)) {
		first = table->living.next;
		loss_add(table->losses, LOSS_PROCESS_LIMIT);
	}
	process_forget(table, LIST_ITEM(first, struct process, age));
}

/* Puts a process of that identity (takes over the reference) in place of any former of the same pid. */
static struct process *process_put(struct process_table *table, uint32_t pid, struct process_identity *identity,
				   struct resource *resource)
{
	struct process *process = process_table_find(table, pid);

	if (process) {
		resource_unref(process->resource);
		process_identity_unref(process->identity);
		list_remove(&process->age);
	} else {
		make_room(table);
		process = calloc(1, sizeof(*process));
		if (!process || hashmap_put(table->processes, &pid, sizeof(pid), process) < 0) {
			free(process);
			process_identity_unref(identity);
			resource_unref(resource);
			return NULL;
		}
		process->pid = pid;
	}
	process->identity = identity;
	process->resource = resource;
	if (process->exited) {
		process->exited = process->forked = process->last_fork = 0;
		process->swept = false;
		process->serving_tid = 0;
		process->several_serve = process->serves_unread = false;
		process->unread_requests = 0;
		process->unheard = 0;
		process->instrumented = process->relays_spans = false;
		memset(&process->lost, 0, sizeof(process->lost));
	}
	list_add(&table->living, &process->age);
	return process;
}

int process_table_exec(struct process_table *table, const struct record_process *record)
{
	struct process_identity *identity;
	struct resource *resource;
	struct process *process;
	struct process_info info;
	int error = process_info_from_record(record, record->header.size, &info);

	if (error < 0)
		return error;
	identity = process_identity_new(record);
	if (!identity)
		return -ENOMEM;
	resource = make_resource(table, identity, record->header.tgid, record->parent_tgid, record->start_time);
	if (!resource) {
		process_identity_unref(identity);
		return -ENOMEM;
	}
	process = process_put(table, record->header.tgid, identity, resource);
	if (!process)
		return -ENOMEM;
	process->parent_pid = record->parent_tgid;
	process->start_time = record->start_time;
	process->shared_threads = record->header.flags & RECORD_PROCESS_SHARED_THREADS;
	process->instrumented = process->relays_spans = false;
	return 0;
}

int process_table_detail(struct process_table *table, const struct record_detail *record)
{
	struct process *process = process_table_find(table, record->header.tgid);
	struct process_identity *identity;
	struct resource *resource;

	if (!process || !process->identity || process->exited)
		return 0;
	identity = process_identity_new_with(process->identity, record);
	if (!identity)
		return -ENOMEM;
	resource = make_resource(table, identity, process->pid, process->parent_pid, process->start_time);
	if (!resource) {
		process_identity_unref(identity);
		return -ENOMEM;
	}
	resource->span_count = process->resource->span_count;
	resource->exports_spans = process->resource->exports_spans;
	resource_unref(process->resource);
	process_identity_unref(process->identity);
	process->resource = resource;
	process->identity = identity;
	return 0;
}

int process_table_fork(struct process_table *table, const struct record_fork *record)
{
	struct process *parent = process_table_find(table, record->parent_tgid), *child;
	struct process_identity *identity;
	struct resource *resource;

	if (!parent || record->parent_tgid == record->header.tgid)
		return 0;
	parent->last_fork = record->header.time;
	identity = parent->identity;
	resource = make_resource(table, identity, record->header.tgid, record->parent_tgid, record->start_time);
	if (!resource)
		return -ENOMEM;
	if (identity)
		identity->references++;
	child = process_put(table, record->header.tgid, identity, resource);
	if (!child)
		return -ENOMEM;
	child->parent_pid = record->parent_tgid;
	child->start_time = record->start_time;
	child->forked = record->header.time;
	child->shared_threads = parent->shared_threads;
	child->instrumented = parent->instrumented;
	child->relays_spans = parent->relays_spans;
	return 0;
}

void process_table_exit(struct process_table *table, uint32_t pid, uint64_t time)
{
	struct process *process = process_table_find(table, pid);

	if (!process || process->exited)
		return;
	process->exited = time ? time : 1;
	list_remove(&process->age);
	list_add(&table->exited, &process->age);
}

void process_table_shares_threads(struct process_table *table, uint32_t pid)
{
	struct process *process = process_table_get(table, pid);

	if (process)
		process->shared_threads = true;
}

void process_table_await(struct process_table *table, uint32_t pid, uint64_t time)
{
	struct process *process = process_table_get(table, pid);

	if (!process)
		return;
	process->unheard++;
	process->unheard_at = time;
}

void process_table_heard(struct process_table *table, uint32_t pid, uint64_t until)
{
	struct process *process = process_table_get(table, pid);

	if (!process)
		return;
	if (process->unheard)
		process->unheard--;
	if (until)
		loss_windows_add(&process->lost, 0, until);
}

struct process *process_table_find(const struct process_table *table, uint32_t pid)
{
	return hashmap_get(table->processes, &pid, sizeof(pid));
}

struct process *process_table_get(struct process_table *table, uint32_t pid)
{
	struct process *process = process_table_find(table, pid);
	struct resource *resource;

	if (process)
		return process;
	resource = make_resource(table, NULL, pid, 0, 0);
	return resource ? process_put(table, pid, NULL, resource) : NULL;
}

void process_table_expire(struct process_table *table, uint64_t now)
{
	while (!list_empty(&table->exited)) {
		struct process *process = LIST_ITEM(table->exited.next, struct process, age);

		if (process->exited > now || now - process->exited < PROCESS_KEEP_NS)
			break;
		process_forget(table, process);
	}
}
