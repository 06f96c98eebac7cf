/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides of every process, once per program that it runs, whether it is traced; tells the kernel, and
 * describes traced ones. What was decided is remembered until the process ends.
 */
#ifndef WIRESPAN_AGENT_PROCESS_JUDGE_H
#define WIRESPAN_AGENT_PROCESS_JUDGE_H

#include "agent/kernel/capture.h"
#include "agent/kernel/selection.h"
#include "agent/process/instrumented.h"
#include "agent/process/matching.h"
#include "agent/source/source.h"
#include "bpf/record.h"

enum judgement {
	JUDGED_NOT_YET,
	JUDGED_TRACED,
	JUDGED_UNHEARD,      /* traced, and may show more of itself once it moves bytes */
	JUDGED_NOT_SELECTED,
	JUDGED_UNNAMED,      /* no --service selects it yet; it may take another name until it moves bytes, as by a title */
	JUDGED_INSTRUMENTED, /* it exports spans of its own, and has shown nothing to be left out yet */
	JUDGED_LEFT_OUT,     /* it was traced until it exported spans: the engine still has to hear of its end */
};

static inline bool judgement_traces(enum judgement judgement)
{
	return judgement == JUDGED_TRACED || judgement == JUDGED_UNHEARD;
}

struct judge_counts {
	uint64_t unknown;  /* processes that were gone before anyone looked */
	uint64_t untold;   /* judgements that the kernel's table had no room for */
	uint64_t left_out; /* processes, because they export spans of their own */
};

struct judge;

/*
 * `selection`, `matching` (told what it selects) and `capture` outlive it; `next` gets the record of each
 * process that is traced. NULL when out of memory.
 */
struct judge *judge_new(const struct selection *selection, struct matching *matching, struct capture *capture,
			const struct record_sink *next);
/* Accepts NULL. */
void judge_free(struct judge *judge);

/* What was judged last. */
enum judgement judge_known(const struct judge *judge, uint32_t pid);
/* It was traced, and has been heard by now. */
void judge_heard(struct judge *judge, uint32_t pid);
/* The process has ended. */
void judge_forget(struct judge *judge, uint32_t pid);

/* All return what is judged now. */

/* By the kernel's record of an execution. */
enum judgement judge_executed(struct judge *judge, const struct record_process *record, size_t size);
/* By what /proc tells; JUDGED_NOT_YET of one that is gone. */
enum judgement judge_running(struct judge *judge, uint32_t pid);
/* The same of one that moves bytes: its name is settled, and it is judged even if it is gone. */
enum judgement judge_moving(struct judge *judge, uint32_t pid);
/* A child inherits what its parent is, which is judged first if it never was. */
enum judgement judge_forked(struct judge *judge, uint32_t parent, uint32_t child);

/* An instrumented process has something that would be traced: says so, and that it is left out. */
void judge_shown(struct judge *judge, uint32_t pid);
/* The same of one that is traced, and turned out to be instrumented. */
void judge_leave_out(struct judge *judge, const struct instrumented_process *process);

const struct judge_counts *judge_counts(const struct judge *judge);

#endif
