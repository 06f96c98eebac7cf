/* SPDX-License-Identifier: Apache-2.0 */
/* What a program's record said of it, shared with the children that it forks: they are made from it. */
#ifndef WIRESPAN_CORRELATE_PROCESS_IDENTITY_H
#define WIRESPAN_CORRELATE_PROCESS_IDENTITY_H

#include <stddef.h>

#include "bpf/record.h"

struct process_identity {
	unsigned int references;
	size_t size;
	struct record_process record; /* followed by its strings */
};

/* A copy of the record, with one reference; NULL when out of memory. */
struct process_identity *process_identity_new(const struct record_process *record);
/*
 * Another one, with the arguments and facts of `detail` in place of those of `old`; facts that it does not
 * tell stay. NULL when out of memory, or where together they are longer than any record.
 */
struct process_identity *process_identity_new_with(const struct process_identity *old,
						   const struct record_detail *detail);
/* Accepts NULL. */
void process_identity_unref(struct process_identity *identity);

#endif
