/* SPDX-License-Identifier: Apache-2.0 */
/* What `wirespan check` found: one item per thing looked at. */
#ifndef WIRESPAN_AGENT_CHECK_REPORT_H
#define WIRESPAN_AGENT_CHECK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "agent/kernel/features.h"

enum check_state {
	CHECK_WORKS,
	CHECK_PARTLY,
	CHECK_MISSING,
	CHECK_UNTRIED, /* this process may not try it */
};

/* All strings but `detail` are constants. */
struct check_item {
	const char *group; /* "system", "capabilities", "BPF", "libraries" */
	const char *what;
	enum check_state state;
	char detail[160];        /* what was found; may be empty */
	const char *consequence; /* for Wirespan, where it does not work; else NULL */
	const char *remedy;      /* where it does not work; else NULL */
};

#define CHECK_ITEMS_MAX 64

struct check_report {
	struct check_item items[CHECK_ITEMS_MAX];
	size_t count;
	size_t dropped; /* items for which there was no room */
	enum capture_mode mode;
};

/* Adds an item. Where `state` is CHECK_WORKS, consequence and remedy are left out. */
void check_report_add(struct check_report *report, const char *group, const char *what, enum check_state state,
		      const char *consequence, const char *remedy, const char *detail, ...)
	__attribute__((format(printf, 7, 8)));

/* "works", "partly", "missing", "not tried" */
const char *check_state_name(enum check_state state);

/* 0; -ENOMEM; -EIO and other errors of the file. */
int check_report_write_text(const struct check_report *report, FILE *file);
int check_report_write_json(const struct check_report *report, FILE *file);

/* The examiners: each adds its group's items. */
void check_system(struct check_report *report);
void check_capabilities(struct check_report *report);
void check_bpf(struct check_report *report, const struct features *features);
void check_libraries(struct check_report *report);

#endif
