// SPDX-License-Identifier: Apache-2.0
#include "agent/process/discovery.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "agent/process/description.h"
#include "agent/process/judge.h"
#include "agent/process/proc.h"
#include "base/log.h"

struct discovery {
	const struct selection *selection;
	struct matching *matching;
	struct record_sink next;
	struct judge *judge;
	union proc_detail detail;
	uint64_t ignored[RECOGNISED_COUNT]; /* connections, by enum recognised */
};

static void discovery_pass(struct discovery *discovery, const void *record, size_t size)
{
	discovery->next.accept(discovery->next.context, record, size);
}

static void discovery_forked(struct discovery *discovery, const struct record_fork *fork)
{
	if (judgement_traces(judge_forked(discovery->judge, fork->parent_tgid, fork->header.tgid)))
		discovery_pass(discovery, fork, sizeof(*fork));
}

static void discovery_exited(struct discovery *discovery, const struct record_exit *exit)
{
	uint32_t pid = exit->header.tgid;
	enum judgement judgement = judge_known(discovery->judge, pid);

	if (judgement_traces(judgement) || judgement == JUDGED_LEFT_OUT)
		discovery_pass(discovery, exit, sizeof(*exit));
	judge_forget(discovery->judge, pid);
}

/* A connection that is not read shows nothing that would be traced. */
static void discovery_count_ignored(struct discovery *discovery, unsigned int recognised)
{
	if (recognised < RECOGNISED_COUNT)
		discovery->ignored[recognised]++;
}

/* By now it has said who it is: a worker of a pool, say, that was forked and not executed. */
static void discovery_look(struct discovery *discovery, const struct record_header *header)
{
	if (description_look(header->tgid, header->time, &discovery->detail))
		discovery_pass(discovery, &discovery->detail, discovery->detail.detail.header.size);
	judge_heard(discovery->judge, header->tgid);
}

static void discovery_moved(struct discovery *discovery, const struct record_header *header, size_t size)
{
	/* Records of all these kinds begin so. */
	const struct record_connection *connection = &((const struct record_socket *)header)->connection;
	enum judgement judgement = judge_known(discovery->judge, header->tgid);

	if (judgement == JUDGED_NOT_YET || judgement == JUDGED_UNNAMED)
		judgement = judge_moving(discovery->judge, header->tgid);
	if (judgement == JUDGED_UNHEARD && header->kind != RECORD_SOCKET)
		discovery_look(discovery, header);
	if (judgement_traces(judgement) || judgement == JUDGED_INSTRUMENTED)
		matching_note_ports(discovery->matching, connection->local_port, connection->remote_port);
	if (judgement_traces(judgement))
		discovery_pass(discovery, header, size);
	else if (header->kind == RECORD_IGNORED)
		discovery_count_ignored(discovery, ((const struct record_ignored *)header)->recognised);
	else if (judgement == JUDGED_INSTRUMENTED)
		judge_shown(discovery->judge, header->tgid);
}

void discovery_note_sockets(struct discovery *discovery, const struct socket_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct record_socket *socket = &list->sockets[i];
		enum judgement judgement = judge_known(discovery->judge, socket->header.tgid);

		if (judgement_traces(judgement) || judgement == JUDGED_INSTRUMENTED || judgement == JUDGED_LEFT_OUT)
			matching_note_ports(discovery->matching, socket->connection.local_port,
					    socket->connection.remote_port);
	}
}

void discovery_leave_out(struct discovery *discovery, const struct instrumented_process *process)
{
	judge_leave_out(discovery->judge, process);
}

/* What is read of a record here lies within so many bytes; 0: nothing is. */
static const size_t record_sizes[] = {
	[RECORD_PROCESS] = sizeof(struct record_process), [RECORD_FORK] = sizeof(struct record_fork),
	[RECORD_EXIT] = sizeof(struct record_exit),       [RECORD_DATA] = sizeof(struct record_socket),
	[RECORD_SOCKET] = sizeof(struct record_socket),
	[RECORD_IGNORED] = sizeof(struct record_ignored),
};

static bool discovery_is_whole(const struct record_header *header, size_t size)
{
	return size >= sizeof(*header) &&
	       (header->kind >= sizeof(record_sizes) / sizeof(record_sizes[0]) || size >= record_sizes[header->kind]);
}

void discovery_accept(void *context, const void *record, size_t size)
{
	struct discovery *discovery = context;
	const struct record_header *header = record;

	if (!discovery_is_whole(header, size)) {
		discovery_pass(discovery, record, size); /* the engine counts it as malformed */
		return;
	}
	switch (header->kind) {
	case RECORD_PROCESS:
		judge_executed(discovery->judge, record, size);
		break;
	case RECORD_FORK:
		discovery_forked(discovery, record);
		break;
	case RECORD_EXIT:
		discovery_exited(discovery, record);
		break;
	case RECORD_DATA:
	case RECORD_SOCKET:
	case RECORD_IGNORED:
		discovery_moved(discovery, header, size);
		break;
	default:
		discovery_pass(discovery, record, size);
	}
}

static void discovery_miss_selected(const struct discovery *discovery)
{
	const struct selection *selection = discovery->selection;

	for (size_t i = 0; i < selection->pid_count; i++) {
		enum judgement judgement = judge_known(discovery->judge, selection->pids[i]);

		if (judgement == JUDGED_NOT_YET)
			log_warning("--pid: there is no process %u; whoever gets this id will be traced",
				    selection->pids[i]);
		else if (judgement == JUDGED_NOT_SELECTED || judgement == JUDGED_UNNAMED)
			log_warning("--pid: --exclude-exe leaves process %u out", selection->pids[i]);
	}
}

int discovery_scan(struct discovery *discovery)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		uint64_t pid;

		if (slice_to_u64(slice_of_string(entry->d_name), &pid) && pid <= UINT32_MAX)
			judge_running(discovery->judge, (uint32_t)pid);
	}
	closedir(directory);
	discovery_miss_selected(discovery);
	return 0;
}

uint64_t discovery_unknown(const struct discovery *discovery)
{
	return judge_counts(discovery->judge)->unknown;
}

uint64_t discovery_untold(const struct discovery *discovery)
{
	return judge_counts(discovery->judge)->untold;
}

uint64_t discovery_ignored(const struct discovery *discovery, enum recognised recognised)
{
	return discovery->ignored[recognised];
}

uint64_t discovery_left_out(const struct discovery *discovery)
{
	return judge_counts(discovery->judge)->left_out;
}

struct discovery *discovery_new(const struct selection *selection, struct matching *matching, struct capture *capture,
				const struct record_sink *next)
{
	struct discovery *discovery = calloc(1, sizeof(*discovery));

	if (!discovery)
		return NULL;
	discovery->selection = selection;
	discovery->matching = matching;
	discovery->next = *next;
	discovery->judge = judge_new(selection, matching, capture, next);
	if (discovery->judge)
		return discovery;
	discovery_free(discovery);
	return NULL;
}

void discovery_free(struct discovery *discovery)
{
	if (!discovery)
		return;
	judge_free(discovery->judge);
	free(discovery);
}
