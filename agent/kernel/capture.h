/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel side, loaded and attached: a source of records. */
#ifndef WIRESPAN_AGENT_KERNEL_CAPTURE_H
#define WIRESPAN_AGENT_KERNEL_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/kernel/features.h"
#include "agent/source/source.h"
#include "bpf/counter.h"

struct capture;

struct capture_options {
	enum capture_mode mode;
	bool send_begin;     /* FEATURE_TCP_SENDMSG_LOCKED works */
	bool socket_cookie;  /* FEATURE_SOCKET_COOKIE works */
	bool steady;         /* programs disable preemption: this kernel leaves it enabled in tracepoints */
	bool find_sockets;   /* FEATURE_TASK_FILE_ITERATOR and FEATURE_SOCK_FROM_FILE work */
	size_t ring_size;    /* bytes, a power of two, at least a page */
	const uint16_t *ports; /* only connections with one of these at either end */
	size_t port_count;     /* 0: all */
};

/* Loads the programs. 0; negative errno, said by the logger (libbpf's messages go through it). */
int capture_open(const struct capture_options *options, struct capture **ret_capture);
/* Accepts NULL. Detaches and unloads. */
void capture_free(struct capture *capture);
/* From now on records are made. 0 or negative errno. */
int capture_attach(struct capture *capture);

/* No more records are made; what is in the ring stays there. */
void capture_detach(struct capture *capture);

/* The ring as a source of records; belongs to the capture. */
struct source *capture_source(struct capture *capture);

/* Visits the sockets that exist already: `accept` gets a RECORD_SOCKET each. 0; -EOPNOTSUPP without find_sockets; negative errno. */
int capture_find_sockets(struct capture *capture, const struct record_sink *sink);

/* Tells the kernel what was decided of a process; forgotten when it exits. 0; -E2BIG when the table is full. */
int capture_judge(struct capture *capture, uint32_t pid, bool trace);
/*
 * The same where /proc was judged, which may be out of date by now: what the kernel knows
 * of the process, from its parent or since it executed another program, stays.
 */
int capture_judge_found(struct capture *capture, uint32_t pid, bool trace);
/* For a process that had exited when it was judged: the kernel's own forgetting came too early. */
void capture_forget(struct capture *capture, uint32_t pid);

/* Adds up the kernel's counters over all CPUs. 0 or negative errno. */
int capture_counters(const struct capture *capture, uint64_t ret_counts[COUNTER_COUNT]);
/* Moves with every record that the ring had no room for (wraps); costs no system call. */
uint32_t capture_lost_records(const struct capture *capture);
/* How often the kernel skipped one of the hooks because it was busy on that CPU. */
uint64_t capture_recursion_misses(const struct capture *capture);

/* A map that every agent has, for other_agent_tell(). */
int capture_mark(const struct capture *capture);

/* Memory of the kernel that the maps take; opens a file for each. */
uint64_t capture_map_bytes(const struct capture *capture);

/* Name of a loss as users see it: "ring_full_request_head". */
const char *kernel_counter_name(enum kernel_counter counter);

#endif
