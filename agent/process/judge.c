// SPDX-License-Identifier: Apache-2.0
#include "agent/process/judge.h"

#include <stdlib.h>

#include "agent/process/description.h"
#include "agent/process/proc.h"
#include "agent/process/secret.h"
#include "base/hashmap.h"
#include "base/log.h"
#include "bpf/config.h"
#include "correlate/process/instrumentation.h"
#include "correlate/process/process.h"

struct judge {
	const struct selection *selection;
	struct matching *matching;
	struct capture *capture;
	struct record_sink next;
	struct instrumented *instrumented;
	struct hashmap *judgements; /* process id -> one of those below */
	union proc_record scratch;
	struct judge_counts counts;
};

static const enum judgement judgements[] = {
	JUDGED_NOT_YET, JUDGED_TRACED,       JUDGED_UNHEARD,  JUDGED_NOT_SELECTED,
	JUDGED_UNNAMED, JUDGED_INSTRUMENTED, JUDGED_LEFT_OUT,
};

enum judgement judge_known(const struct judge *judge, uint32_t pid)
{
	const enum judgement *judgement = hashmap_get(judge->judgements, &pid, sizeof(pid));

	return judgement ? *judgement : JUDGED_NOT_YET;
}

static enum judgement judge_remember(struct judge *judge, uint32_t pid, enum judgement judgement)
{
	/* Full or out of memory: it is judged again with its next record. */
	(void)hashmap_put(judge->judgements, &pid, sizeof(pid), (void *)&judgements[judgement]);
	if (judgement != JUDGED_INSTRUMENTED)
		instrumented_remove(judge->instrumented, pid);
	return judgement;
}

void judge_heard(struct judge *judge, uint32_t pid)
{
	judge_remember(judge, pid, JUDGED_TRACED);
}

void judge_forget(struct judge *judge, uint32_t pid)
{
	hashmap_remove(judge->judgements, &pid, sizeof(pid));
	instrumented_remove(judge->instrumented, pid);
	capture_forget(judge->capture, pid);
}

static void judge_tell(struct judge *judge, const struct record_process *process, bool trace)
{
	bool found = process->header.flags & RECORD_PROCESS_FOUND;

	if ((found ? capture_judge_found : capture_judge)(judge->capture, process->header.tgid, trace) < 0)
		judge->counts.untold++;
}

/* Whether it is started in a way that says that it exports spans of its own; remembers what. */
static bool judge_instruments(struct judge *judge, const struct process_info *info, bool starts_sdk)
{
	struct instrumented_process process = {
		.pid = info->pid,
		.reason = starts_sdk ? INSTRUMENTED_SDK : INSTRUMENTED_CONFIGURED,
	};
	char name[INSTRUMENTED_TEXT_MAX];

	if (judge->selection->include_instrumented ||
	    !environment_exports_spans(info->environment, starts_sdk, &process.destination))
		return false;
	process.service = process_service_name(info, name, sizeof(name));
	/* Without memory it is left out unsaid. */
	(void)instrumented_add(judge->instrumented, &process);
	return true;
}

/* Lets the record in scratch pass, whose strings `info` views. */
static enum judgement judge_describe(struct judge *judge, const struct process_info *info)
{
	struct record_process *process = &judge->scratch.process;
	bool shows_more;

	/* Where everything is, that is no news. */
	if (selection_names_processes(judge->selection))
		log_debug("process %u (%.*s) is traced", info->pid, (int)info->executable.length,
			  info->executable.data);
	shows_more = description_complete(&judge->scratch, info);
	secret_hide((char *)info->environment.data, info->environment.length);
	judge->next.accept(judge->next.context, process, process->header.size);
	return judge_remember(judge, info->pid, shows_more ? JUDGED_UNHEARD : JUDGED_TRACED);
}

/* Judges the process that the record in scratch describes. `settled`: it has the name that it will be shown by. */
static enum judgement judge_described(struct judge *judge, bool settled)
{
	const struct record_process *process = &judge->scratch.process;
	struct process_info info;
	bool trace;

	if (process_info_from_record(process, process->header.size, &info) < 0)
		return JUDGED_NOT_YET;
	trace = matching_judge(judge->matching, &info);
	if (!trace && !settled && judge->selection->services.count)
		return judge_remember(judge, info.pid, JUDGED_UNNAMED);
	/* The kernel goes on telling of an instrumented one until it shows itself (judge_shown). */
	judge_tell(judge, process, trace);
	if (!trace)
		return judge_remember(judge, info.pid, JUDGED_NOT_SELECTED);
	if (judge_instruments(judge, &info, process->header.flags & RECORD_PROCESS_SDK))
		return judge_remember(judge, info.pid, JUDGED_INSTRUMENTED);
	return judge_describe(judge, &info);
}

enum judgement judge_executed(struct judge *judge, const struct record_process *record, size_t size)
{
	return proc_complete(record, size, &judge->scratch) == 0 ? judge_described(judge, false) : JUDGED_NOT_YET;
}

enum judgement judge_running(struct judge *judge, uint32_t pid)
{
	return proc_read(pid, &judge->scratch) == 0 ? judge_described(judge, false) : JUDGED_NOT_YET;
}

enum judgement judge_moving(struct judge *judge, uint32_t pid)
{
	if (proc_read(pid, &judge->scratch) == 0)
		return judge_described(judge, true);
	if (judge_known(judge, pid) == JUDGED_UNNAMED)
		return judge_remember(judge, pid, JUDGED_NOT_SELECTED);
	judge->counts.unknown++;
	/* The kernel is not told: it would remember for whoever gets this id next. */
	return judge_remember(judge, pid,
			      selection_wants_unknown(judge->selection, pid) ? JUDGED_TRACED : JUDGED_NOT_SELECTED);
}

/*
 * The kernel let the child inherit when it forked. It is not told again: the child may have executed
 * another program since, and would be ignored, or traced, by what its parent is.
 */
enum judgement judge_forked(struct judge *judge, uint32_t parent, uint32_t child)
{
	enum judgement judgement = judge_known(judge, parent);

	if (judgement == JUDGED_NOT_YET) {
		/* The child of one that is gone is judged by itself, once it moves bytes. */
		if (proc_read(parent, &judge->scratch) < 0)
			return JUDGED_NOT_YET;
		judgement = judge_described(judge, false);
	}
	if (judgement == JUDGED_LEFT_OUT)
		judgement = JUDGED_NOT_SELECTED;
	if (judgement == JUDGED_INSTRUMENTED)
		(void)instrumented_inherit(judge->instrumented, parent, child);
	return judge_remember(judge, child, judgement);
}

static void judge_stop(struct judge *judge, uint32_t pid)
{
	judge->counts.left_out++;
	if (capture_judge(judge->capture, pid, false) < 0)
		judge->counts.untold++;
}

void judge_shown(struct judge *judge, uint32_t pid)
{
	struct instrumented_process process;

	if (instrumented_find(judge->instrumented, pid, &process))
		instrumented_say(judge->instrumented, &process);
	judge_remember(judge, pid, JUDGED_NOT_SELECTED);
	judge_stop(judge, pid);
}

void judge_leave_out(struct judge *judge, const struct instrumented_process *process)
{
	if (!judgement_traces(judge_known(judge, process->pid)))
		return;
	instrumented_say(judge->instrumented, process);
	judge_remember(judge, process->pid, JUDGED_LEFT_OUT);
	judge_stop(judge, process->pid);
}

const struct judge_counts *judge_counts(const struct judge *judge)
{
	return &judge->counts;
}

struct judge *judge_new(const struct selection *selection, struct matching *matching, struct capture *capture,
			const struct record_sink *next)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return NULL;
	judge->selection = selection;
	judge->matching = matching;
	judge->capture = capture;
	judge->next = *next;
	judge->instrumented = instrumented_new();
	judge->judgements = hashmap_new(PROCESSES_MAX);
	if (judge->instrumented && judge->judgements)
		return judge;
	judge_free(judge);
	return NULL;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	instrumented_free(judge->instrumented);
	hashmap_free(judge->judgements, NULL);
	free(judge);
}
