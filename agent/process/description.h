/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said of a traced process beside what /proc and the kernel say: its runtime, and what it calls itself. */
#ifndef WIRESPAN_AGENT_PROCESS_DESCRIPTION_H
#define WIRESPAN_AGENT_PROCESS_DESCRIPTION_H

#include "agent/process/proc.h"
#include "correlate/process/process.h"

/*
 * Adds to the record, whose strings `info` views, what the executable's file tells of the runtime. Whether
 * the process may show more once it runs: to description_look().
 */
bool description_complete(union proc_record *record, const struct process_info *info);

/* Whether the process shows more by now than when it was executed: what, as of `time`. */
bool description_look(uint32_t pid, uint64_t time, union proc_detail *ret_detail);

#endif
