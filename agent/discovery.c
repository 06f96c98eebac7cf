// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "agent/proc.h"
#include "agent/runtime.h"
#include "base/hashmap.h"
#include "base/log.h"
#include "bpf/config.h"
#include "correlate/process.h"
#include "correlate/process_name.h"

struct discovery {
	const struct selection *selection;
	struct capture *capture;
	struct record_sink next;
	struct hashmap *verdicts; /* process id -> one of the two below */
	union proc_record scratch;
	uint64_t unknown;
	uint64_t untold;
};

static const enum verdict verdict_trace = VERDICT_TRACE;
static const enum verdict verdict_ignore = VERDICT_IGNORE;

static void discovery_pass(struct discovery *discovery, const void *record, size_t size)
{
	discovery->next.accept(discovery->next.context, record, size);
}

static enum verdict discovery_verdict(const struct discovery *discovery, uint32_t pid)
{
	const enum verdict *verdict = hashmap_get(discovery->verdicts, &pid, sizeof(pid));

	return verdict ? *verdict : VERDICT_UNJUDGED;
}

static void discovery_remember(struct discovery *discovery, uint32_t pid, bool trace)
{
	/* Full or out of memory: it is judged again with its next record. */
	(void)hashmap_put(discovery->verdicts, &pid, sizeof(pid), (void *)(trace ? &verdict_trace : &verdict_ignore));
}

static void discovery_tell(struct discovery *discovery, const struct record_process *process, bool trace)
{
	bool found = process->header.flags & RECORD_PROCESS_FOUND;

	if ((found ? capture_judge_found : capture_judge)(discovery->capture, process->header.tgid, trace) < 0)
		discovery->untold++;
}

/* Judges the process that the record in scratch describes, and lets the record pass if it is traced. */
static bool discovery_judge(struct discovery *discovery)
{
	struct record_process *process = &discovery->scratch.process;
	struct process_info info;
	struct slice alias;
	bool trace;

	if (process_info_from_record(process, process->header.size, &info) < 0)
		return false;
	/* Users know an interpreter's process by its script, any other by its argv[0], too. */
	alias = process_script(&info);
	if (!alias.length)
		alias = slice_head(info.arguments, slice_find(info.arguments, '\0'));
	trace = selection_wants_process(discovery->selection, info.pid, info.executable, alias);
	log_debug("process %u (%.*s) is %s", info.pid, (int)info.executable.length, info.executable.data,
		  trace ? "traced" : "not selected");
	discovery_remember(discovery, process->header.tgid, trace);
	discovery_tell(discovery, process, trace);
	if (!trace)
		return false;
	if (runtime_shares_threads(info.pid))
		process->header.flags |= RECORD_PROCESS_SHARED_THREADS;
	discovery_pass(discovery, process, process->header.size);
	return true;
}

/* Judges a process by what /proc tells, or, of one that is gone, by its id. */
static bool discovery_judge_running(struct discovery *discovery, uint32_t pid)
{
	bool trace;

	if (proc_read(pid, &discovery->scratch) == 0)
		return discovery_judge(discovery);
	discovery->unknown++;
	trace = selection_wants_unknown(discovery->selection, pid);
	/* The kernel is not told: it would remember for whoever gets this id next. */
	discovery_remember(discovery, pid, trace);
	return trace;
}

static void discovery_executed(struct discovery *discovery, const struct record_process *record, size_t size)
{
	if (proc_complete(record, size, &discovery->scratch) == 0)
		discovery_judge(discovery);
}

/*
 * The kernel let the child inherit when it forked. It is not told again: the child may have executed
 * another program since, and would be ignored, or traced, by what its parent is.
 */
static void discovery_forked(struct discovery *discovery, const struct record_fork *fork)
{
	enum verdict verdict = discovery_verdict(discovery, fork->parent_tgid);

	if (verdict == VERDICT_UNJUDGED) {
		/* The child of one that is gone is judged by itself, once it moves bytes. */
		if (proc_read(fork->parent_tgid, &discovery->scratch) < 0)
			return;
		verdict = discovery_judge(discovery) ? VERDICT_TRACE : VERDICT_IGNORE;
	}
	discovery_remember(discovery, fork->header.tgid, verdict == VERDICT_TRACE);
	if (verdict == VERDICT_TRACE)
		discovery_pass(discovery, fork, sizeof(*fork));
}

static void discovery_exited(struct discovery *discovery, const struct record_exit *exit)
{
	uint32_t pid = exit->header.tgid;

	if (discovery_verdict(discovery, pid) == VERDICT_TRACE)
		discovery_pass(discovery, exit, sizeof(*exit));
	hashmap_remove(discovery->verdicts, &pid, sizeof(pid));
	capture_forget(discovery->capture, pid);
}

static void discovery_moved(struct discovery *discovery, const struct record_header *header, size_t size)
{
	enum verdict verdict = discovery_verdict(discovery, header->tgid);

	if (verdict == VERDICT_UNJUDGED)
		verdict = discovery_judge_running(discovery, header->tgid) ? VERDICT_TRACE : VERDICT_IGNORE;
	if (verdict == VERDICT_TRACE)
		discovery_pass(discovery, header, size);
}

/* What is read of a record here lies within so many bytes; 0: nothing is. */
static const size_t record_sizes[] = {
	[RECORD_PROCESS] = sizeof(struct record_process),
	[RECORD_FORK] = sizeof(struct record_fork),
	[RECORD_EXIT] = sizeof(struct record_exit),
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
		discovery_moved(discovery, header, size);
		break;
	default:
		discovery_pass(discovery, record, size);
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
			discovery_judge(discovery);
	}
	closedir(directory);
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

struct discovery *discovery_new(const struct selection *selection, struct capture *capture,
				const struct record_sink *next)
{
	struct discovery *discovery = calloc(1, sizeof(*discovery));

	if (!discovery)
		return NULL;
	discovery->selection = selection;
	discovery->capture = capture;
	discovery->next = *next;
	discovery->verdicts = hashmap_new(PROCESSES_MAX);
	if (!discovery->verdicts) {
		free(discovery);
		return NULL;
	}
	return discovery;
}

void discovery_free(struct discovery *discovery)
{
	if (!discovery)
		return;
	hashmap_free(discovery->verdicts, NULL);
	free(discovery);
}
