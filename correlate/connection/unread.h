/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that are not read, as the kernel told of them (RECORD_IGNORED): whose they are, and
 * what they speak. Of FastCGI servers also how many requests are open, as each has a
 * connection to itself, as a rule.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_UNREAD_H
#define WIRESPAN_CORRELATE_CONNECTION_UNREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "bpf/record.h"
#include "correlate/process/table.h"
#include "correlate/span/span.h"

#define UNREAD_ROWS_MAX 256 /* a host has some dozens; of more, only the number is kept */

/* Connections of one service that are alike. */
struct unread_row {
	struct resource *resource; /* of the first of its processes; counted reference */
	bool several_processes;
	uint8_t recognised; /* enum recognised */
	uint8_t role;       /* enum record_role */
	bool late;          /* older than the agent: what they speak was not seen from the beginning */
	uint16_t port;      /* the server's; where the role is unknown, the lower one */
	uint64_t connections;
};

struct unread {
	size_t count;
	struct unread_row rows[UNREAD_ROWS_MAX]; /* by first sight; none ever goes */
	uint64_t connections[RECOGNISED_COUNT];  /* all that were told of */
	uint64_t rowless;                        /* those among them that found no row */
	struct hashmap *requests;                /* open FastCGI connections by cookie */
};

/* 0 or -ENOMEM. `unread` is all zero. */
int unread_init(struct unread *unread);
void unread_done(struct unread *unread);

/* A checked record; `process` is header.tgid's. What a row would say of it alone. */
struct unread_row unread_add(struct unread *unread, const struct record_ignored *record, struct process *process);
/* The end of a connection which the engine does not follow. */
void unread_end(struct unread *unread, const struct process_table *processes, const struct record_state *record);

/* "tls"; static. Of what no version knows yet that of RECOGNISED_UNKNOWN. */
const char *recognised_name(unsigned int recognised);

#endif
