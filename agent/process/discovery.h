/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands between the source of records and the engine: has every process judged (judge.h) before its
 * first record passes, and lets pass what belongs to traced ones. Processes that
 * export spans of their own are left out once they show themselves, unless selected so.
 */
#ifndef WIRESPAN_AGENT_PROCESS_DISCOVERY_H
#define WIRESPAN_AGENT_PROCESS_DISCOVERY_H

#include "agent/kernel/capture.h"
#include "agent/kernel/selection.h"
#include "agent/kernel/sockets.h"
#include "agent/process/matching.h"
#include "agent/source/source.h"
#include "bpf/record.h"
#include "correlate/engine.h"

struct discovery;

/* `selection`, `matching` (told what it selects) and `capture` outlive it. NULL when out of memory. */
struct discovery *discovery_new(const struct selection *selection, struct matching *matching, struct capture *capture,
				const struct record_sink *next);
/* Accepts NULL. */
void discovery_free(struct discovery *discovery);

/* For record_sink.accept; `context` is the discovery. */
void discovery_accept(void *context, const void *record, size_t size);

/*
 * A traced process turned out to export spans of its own: it is traced no more, which is
 * said once per service. For engine_options.instrumented.
 */
void discovery_leave_out(struct discovery *discovery, const struct instrumented_process *process);

/* Judges all processes that run. 0 or negative errno. */
int discovery_scan(struct discovery *discovery);

/* Sockets that were found, listening ones too: tells the matching of the ports of selected processes. */
void discovery_note_sockets(struct discovery *discovery, const struct socket_list *list);

/* Processes that could not be described because they were gone before anyone looked. */
uint64_t discovery_unknown(const struct discovery *discovery);
/* Judgements that the kernel's table had no room for: their processes are captured, and sorted out here. */
uint64_t discovery_untold(const struct discovery *discovery);

/* Processes that had something to trace and were left out, because they export spans of their own. */
uint64_t discovery_left_out(const struct discovery *discovery);

/* Connections counted by the kernel as ignored, of processes that turned out not to be traced. */
uint64_t discovery_ignored(const struct discovery *discovery, enum recognised recognised);

#endif
