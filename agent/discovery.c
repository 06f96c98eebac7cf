// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "agent/description.h"
#include "agent/instrumented.h"
#include "agent/proc.h"
#include "agent/secret.h"
#include "base/hashmap.h"
#include "base/log.h"
#include "bpf/config.h"
#include "correlate/instrumentation.h"
#include "correlate/process.h"

enum judgement {
	UNJUDGED,
	TRACED,
	TRACED_UNHEARD, /* traced, and may show more of itself once it moves bytes */
	NOT_SELECTED,
	UNNAMED,      /* no --service selects it yet; it may take another name until it moves bytes, as by a title */
	INSTRUMENTED, /* it exports spans of its own, and has shown nothing to be left out yet */
	LEFT_OUT,     /* it was traced until it exported spans: the engine still has to hear of its end */
};

struct discovery {
	const struct selection *selection;
	struct matching *matching;
	struct capture *capture;
	struct record_sink next;
	struct instrumented *instrumented;
	struct hashmap *judgements; /* process id -> one of those below */
	union proc_record scratch;
	union proc_detail detail;
	uint64_t unknown;
	uint64_t untold;
	uint64_t left_out;
	uint64_t ignored[RECOGNISED_COUNT]; /* connections, by enum recognised */
};

static const enum judgement judgements[] = { UNJUDGED, TRACED, TRACED_UNHEARD, NOT_SELECTED, UNNAMED, INSTRUMENTED, LEFT_OUT };

static bool is_traced(enum judgement judgement)
{
	return judgement == TRACED || judgement == TRACED_UNHEARD;
}

static void discovery_pass(struct discovery *discovery, const void *record, size_t size)
{
	discovery->next.accept(discovery->next.context, record, size);
}

static enum judgement discovery_judgement(const struct discovery *discovery, uint32_t pid)
{
	const enum judgement *judgement = hashmap_get(discovery->judgements, &pid, sizeof(pid));

	return judgement ? *judgement : UNJUDGED;
}

static enum judgement discovery_remember(struct discovery *discovery, uint32_t pid, enum judgement judgement)
{
	/* Full or out of memory: it is judged again with its next record. */
	(void)hashmap_put(discovery->judgements, &pid, sizeof(pid), (void *)&judgements[judgement]);
	if (judgement != INSTRUMENTED)
		instrumented_remove(discovery->instrumented, pid);
	return judgement;
}

static void discovery_tell(struct discovery *discovery, const struct record_process *process, bool trace)
{
	bool found = process->header.flags & RECORD_PROCESS_FOUND;

	if ((found ? capture_judge_found : capture_judge)(discovery->capture, process->header.tgid, trace) < 0)
		discovery->untold++;
}

/* Whether it is started in a way that says that it exports spans of its own; remembers what. */
static bool discovery_instruments(struct discovery *discovery, const struct process_info *info, bool starts_sdk)
{
	struct instrumented_process process = {
		.pid = info->pid,
		.reason = starts_sdk ? INSTRUMENTED_SDK : INSTRUMENTED_CONFIGURED,
	};
	char name[INSTRUMENTED_TEXT_MAX];

	if (discovery->selection->include_instrumented ||
	    !environment_exports_spans(info->environment, starts_sdk, &process.destination))
		return false;
	process.service = process_service_name(info, name, sizeof(name));
	/* Without memory it is left out unsaid. */
	(void)instrumented_add(discovery->instrumented, &process);
	return true;
}

/*
 * Judges the process that the record in scratch describes, and lets the record pass if it is traced. `settled`: it
 * has the name that it will be shown by.
 */
static enum judgement discovery_judge(struct discovery *discovery, bool settled)
{
	struct record_process *process = &discovery->scratch.process;
	struct process_info info;
	bool trace, shows_more;

	if (process_info_from_record(process, process->header.size, &info) < 0)
		return UNJUDGED;
	trace = matching_judge(discovery->matching, &info);
	if (!trace && !settled && discovery->selection->services.count)
		return discovery_remember(discovery, info.pid, UNNAMED);
	/* The kernel goes on telling of an instrumented one until it shows itself (discovery_show). */
	discovery_tell(discovery, process, trace);
	if (!trace)
		return discovery_remember(discovery, info.pid, NOT_SELECTED);
	if (discovery_instruments(discovery, &info, process->header.flags & RECORD_PROCESS_SDK))
		return discovery_remember(discovery, info.pid, INSTRUMENTED);
	/* Where everything is, that is no news. */
	if (selection_names_processes(discovery->selection))
		log_debug("process %u (%.*s) is traced", info.pid, (int)info.executable.length, info.executable.data);
	shows_more = description_complete(&discovery->scratch, &info);
	secret_hide((char *)info.environment.data, info.environment.length);
	discovery_pass(discovery, process, process->header.size);
	return discovery_remember(discovery, info.pid, shows_more ? TRACED_UNHEARD : TRACED);
}

/* Judges a process by what /proc tells, or, of one that is gone, by its id. */
static enum judgement discovery_judge_running(struct discovery *discovery, uint32_t pid)
{
	if (proc_read(pid, &discovery->scratch) == 0)
		return discovery_judge(discovery, true);
	if (discovery_judgement(discovery, pid) == UNNAMED)
		return discovery_remember(discovery, pid, NOT_SELECTED);
	discovery->unknown++;
	/* The kernel is not told: it would remember for whoever gets this id next. */
	return discovery_remember(discovery, pid,
				  selection_wants_unknown(discovery->selection, pid) ? TRACED : NOT_SELECTED);
}

static void discovery_executed(struct discovery *discovery, const struct record_process *record, size_t size)
{
	if (proc_complete(record, size, &discovery->scratch) == 0)
		discovery_judge(discovery, false);
}

/*
 * The kernel let the child inherit when it forked. It is not told again: the child may have executed
 * another program since, and would be ignored, or traced, by what its parent is.
 */
static void discovery_forked(struct discovery *discovery, const struct record_fork *fork)
{
	enum judgement judgement = discovery_judgement(discovery, fork->parent_tgid);

	if (judgement == UNJUDGED) {
		/* The child of one that is gone is judged by itself, once it moves bytes. */
		if (proc_read(fork->parent_tgid, &discovery->scratch) < 0)
			return;
		judgement = discovery_judge(discovery, false);
	}
	if (judgement == LEFT_OUT)
		judgement = NOT_SELECTED;
	if (judgement == INSTRUMENTED)
		(void)instrumented_inherit(discovery->instrumented, fork->parent_tgid, fork->header.tgid);
	discovery_remember(discovery, fork->header.tgid, judgement);
	if (is_traced(judgement))
		discovery_pass(discovery, fork, sizeof(*fork));
}

static void discovery_exited(struct discovery *discovery, const struct record_exit *exit)
{
	uint32_t pid = exit->header.tgid;
	enum judgement judgement = discovery_judgement(discovery, pid);

	if (is_traced(judgement) || judgement == LEFT_OUT)
		discovery_pass(discovery, exit, sizeof(*exit));
	hashmap_remove(discovery->judgements, &pid, sizeof(pid));
	instrumented_remove(discovery->instrumented, pid);
	capture_forget(discovery->capture, pid);
}

static void discovery_stop(struct discovery *discovery, uint32_t pid)
{
	discovery->left_out++;
	if (capture_judge(discovery->capture, pid, false) < 0)
		discovery->untold++;
}

/* An instrumented process has something that would be traced. */
static void discovery_show(struct discovery *discovery, uint32_t pid)
{
	struct instrumented_process process;

	if (instrumented_find(discovery->instrumented, pid, &process))
		instrumented_say(discovery->instrumented, &process);
	discovery_remember(discovery, pid, NOT_SELECTED);
	discovery_stop(discovery, pid);
}

/* A connection that is not read shows nothing that would be traced. */
static void discovery_count_ignored(struct discovery *discovery, unsigned int recognised)
{
	if (recognised < RECOGNISED_COUNT)
		discovery->ignored[recognised]++;
}

/* By now it has said who it is: a worker of a pool, say, that was forked and not executed. */
static enum judgement discovery_look(struct discovery *discovery, const struct record_header *header)
{
	if (description_look(header->tgid, header->time, &discovery->detail))
		discovery_pass(discovery, &discovery->detail, discovery->detail.detail.header.size);
	return discovery_remember(discovery, header->tgid, TRACED);
}

static void discovery_moved(struct discovery *discovery, const struct record_header *header, size_t size)
{
	/* Records of all these kinds begin so. */
	const struct record_connection *connection = &((const struct record_socket *)header)->connection;
	enum judgement judgement = discovery_judgement(discovery, header->tgid);

	if (judgement == UNJUDGED || judgement == UNNAMED)
		judgement = discovery_judge_running(discovery, header->tgid);
	if (judgement == TRACED_UNHEARD && header->kind != RECORD_SOCKET)
		judgement = discovery_look(discovery, header);
	if (is_traced(judgement) || judgement == INSTRUMENTED)
		matching_note_ports(discovery->matching, connection->local_port, connection->remote_port);
	if (is_traced(judgement))
		discovery_pass(discovery, header, size);
	else if (header->kind == RECORD_IGNORED)
		discovery_count_ignored(discovery, ((const struct record_ignored *)header)->recognised);
	else if (judgement == INSTRUMENTED)
		discovery_show(discovery, header->tgid);
}

void discovery_note_sockets(struct discovery *discovery, const struct socket_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct record_socket *socket = &list->sockets[i];
		enum judgement judgement = discovery_judgement(discovery, socket->header.tgid);

		if (is_traced(judgement) || judgement == INSTRUMENTED || judgement == LEFT_OUT)
			matching_note_ports(discovery->matching, socket->connection.local_port,
					    socket->connection.remote_port);
	}
}

void discovery_leave_out(struct discovery *discovery, const struct instrumented_process *process)
{
	if (!is_traced(discovery_judgement(discovery, process->pid)))
		return;
	instrumented_say(discovery->instrumented, process);
	discovery_remember(discovery, process->pid, LEFT_OUT);
	discovery_stop(discovery, process->pid);
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
		discovery_executed(discovery, record, size);
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
		enum judgement judgement = discovery_judgement(discovery, selection->pids[i]);

		if (judgement == UNJUDGED)
			log_warning("--pid: there is no process %u; whoever gets this id will be traced",
				    selection->pids[i]);
		else if (judgement == NOT_SELECTED || judgement == UNNAMED)
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

		if (slice_to_u64(slice_of_string(entry->d_name), &pid) && pid <= UINT32_MAX &&
		    proc_read(pid, &discovery->scratch) == 0)
			discovery_judge(discovery, false);
	}
	closedir(directory);
	discovery_miss_selected(discovery);
	return 0;
}

uint64_t discovery_unknown(const struct discovery *discovery)
{
	return discovery->unknown;
}

uint64_t discovery_untold(const struct discovery *discovery)
{
	return discovery->untold;
}

uint64_t discovery_ignored(const struct discovery *discovery, enum recognised recognised)
{
	return discovery->ignored[recognised];
}

uint64_t discovery_left_out(const struct discovery *discovery)
{
	return discovery->left_out;
}

struct discovery *discovery_new(const struct selection *selection, struct matching *matching, struct capture *capture,
				const struct record_sink *next)
{
	struct discovery *discovery = calloc(1, sizeof(*discovery));

	if (!discovery)
		return NULL;
	discovery->selection = selection;
	discovery->matching = matching;
	discovery->capture = capture;
	discovery->next = *next;
	discovery->instrumented = instrumented_new();
	discovery->judgements = hashmap_new(PROCESSES_MAX);
	if (discovery->instrumented && discovery->judgements)
		return discovery;
	discovery_free(discovery);
	return NULL;
}

void discovery_free(struct discovery *discovery)
{
	if (!discovery)
		return;
	instrumented_free(discovery->instrumented);
	hashmap_free(discovery->judgements, NULL);
	free(discovery);
}
