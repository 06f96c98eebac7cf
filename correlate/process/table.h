/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that records tell of, each with its Resource. */
#ifndef WIRESPAN_CORRELATE_PROCESS_TABLE_H
#define WIRESPAN_CORRELATE_PROCESS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "base/list.h"
#include "bpf/record.h"
#include "correlate/link/loss_window.h"
#include "correlate/loss.h"
#include "correlate/span/span.h"

struct process_identity;

struct process {
	uint32_t pid, parent_pid;
	uint64_t start_time; /* CLOCK_BOOTTIME ns; 0 unknown */
	struct resource *resource;
	struct process_identity *identity; /* what its last exec said, shared with forks; NULL unknown */
	uint64_t forked;      /* when it came to be by a fork seen; 0 not seen */
	uint64_t last_fork;   /* when it last forked a child; 0 never */
	uint64_t exited;      /* 0: lives */
	bool shared_threads;  /* its threads take over each other's requests */
	uint32_t serving_tid; /* one of its threads that have read requests; 0 none yet */
	bool several_serve;   /* and it is not the only one */
	bool serves_unread;   /* it has answered connections that are not read (unread.h) */
	uint32_t unread_requests; /* FastCGI's that it has open */
	bool swept;           /* its connections have been looked after */
	bool instrumented;    /* it exports spans of its own */
	bool relays_spans;    /* it receives spans: what it exports is others' */
	struct loss_windows lost; /* records of its connections */
	uint32_t unheard;     /* connections to it that are older than the agent and of which nothing was seen yet */
	uint64_t unheard_at;  /* when they were found */
	struct list age;      /* in the table: living ones by first sight, exited ones by exit */
};

struct process_table {
	struct hashmap *processes; /* by pid */
	struct list living, exited;
	struct losses *losses;
	const struct attribute *extra; /* for every resource; not owned */
	size_t extra_count;
	struct slice boot_id; /* of this run of the host; empty unknown */
	int64_t boot_to_wall; /* CLOCK_REALTIME - CLOCK_BOOTTIME; 0 unknown */
};

/* 0 or -ENOMEM. `losses` and `extra` outlive the table. */
int process_table_init(struct process_table *table, struct losses *losses, const struct attribute *extra,
		       size_t extra_count);
void process_table_done(struct process_table *table);

/* A program was executed or found; 0, -EBADMSG or -ENOMEM. */
int process_table_exec(struct process_table *table, const struct record_process *record);
/* More of a process; 0 also where it is not known, or -ENOMEM. */
int process_table_detail(struct process_table *table, const struct record_detail *record);
int process_table_fork(struct process_table *table, const struct record_fork *record);
void process_table_exit(struct process_table *table, uint32_t pid, uint64_t time);

/* A request of process `pid` was read by one thread and answered by another. */
void process_table_shares_threads(struct process_table *table, uint32_t pid);

/* A connection to it was found that is older than the agent. */
void process_table_await(struct process_table *table, uint32_t pid, uint64_t time);
/* Something was seen of such a one, on which a request may have been under way until `until`. */
void process_table_heard(struct process_table *table, uint32_t pid, uint64_t until);

/* NULL where unknown. */
struct process *process_table_find(const struct process_table *table, uint32_t pid);
/* The process, made up from its pid where nothing told of it; NULL when out of memory. */
struct process *process_table_get(struct process_table *table, uint32_t pid);

/* Forgets those that exited PROCESS_KEEP_NS before `now`. */
void process_table_expire(struct process_table *table, uint64_t now);

#endif
