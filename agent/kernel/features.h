/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this kernel lets this process do, found by trying it, never by
 * comparing versions.
 */
#ifndef WIRESPAN_AGENT_KERNEL_FEATURES_H
#define WIRESPAN_AGENT_KERNEL_FEATURES_H

#include <stdbool.h>

enum feature {
	FEATURE_BTF,                  /* the kernel describes its own types */
	FEATURE_RINGBUF,              /* map: ring buffer */
	FEATURE_HASH,                 /* map: hash */
	FEATURE_LRU_HASH,             /* map: hash that forgets the least used */
	FEATURE_SK_STORAGE,           /* map: storage per socket, from tp_btf programs */
	FEATURE_SOCK_SEND_LENGTH,     /* tp_btf/sock_send_length */
	FEATURE_SOCK_RECV_LENGTH,     /* tp_btf/sock_recv_length */
	FEATURE_TCP_SENDMSG_LOCKED,   /* tp_btf/tcp_sendmsg_locked */
	FEATURE_TCP_RCV_SPACE_ADJUST, /* tp_btf/tcp_rcv_space_adjust */
	FEATURE_INET_SOCK_SET_STATE,  /* tp_btf/inet_sock_set_state */
	FEATURE_TCP_DESTROY_SOCK,     /* tp_btf/tcp_destroy_sock */
	FEATURE_SYS_ENTER,            /* tp_btf/sys_enter */
	FEATURE_SYS_EXIT,             /* tp_btf/sys_exit */
	FEATURE_SCHED_PROCESS_EXEC,   /* tp_btf/sched_process_exec */
	FEATURE_SCHED_PROCESS_FORK,   /* tp_btf/sched_process_fork */
	FEATURE_SCHED_PROCESS_EXIT,   /* tp_btf/sched_process_exit */
	FEATURE_TASK_FILE_ITERATOR,   /* iter/task_file */
	FEATURE_SOCK_FROM_FILE,       /* bpf_sock_from_file() in iter/task_file */
	FEATURE_SOCKET_COOKIE,        /* bpf_get_socket_cookie() in tp_btf programs */
	FEATURE_TASK_PT_REGS,         /* bpf_task_pt_regs() in tp_btf programs */
	FEATURE_PREEMPT_DISABLE,      /* bpf_preempt_disable() around functions, in tp_btf programs */
	FEATURE_COUNT,
};

enum feature_state {
	FEATURE_MISSING, /* tried: this kernel cannot */
	FEATURE_WORKS,
	FEATURE_UNTRIED, /* not permitted to try: see features.error */
};

struct features {
	enum feature_state state[FEATURE_COUNT];
	/* Where it does not work, the attempt's negative errno; -ENODATA: not to be tried without FEATURE_BTF. */
	int error[FEATURE_COUNT];
	/* A thread may be preempted inside of a tracepoint's programs. */
	bool preempts_tracepoints;
};

/* How `run` captures. */
enum capture_mode {
	CAPTURE_IMPOSSIBLE,
	CAPTURE_SYSTEM_CALLS,       /* sys_enter and sys_exit, filtered */
	CAPTURE_SOCKET_TRACEPOINTS, /* the socket's own: cheaper, and they see more */
};

/* Takes some 50 ms. 0, or -ENOMEM; what is missing is no error. */
int features_probe(struct features *ret_features);

static inline bool features_have(const struct features *features, enum feature feature)
{
	return features->state[feature] == FEATURE_WORKS;
}

/* The best mode for which everything needed works. */
enum capture_mode features_capture_mode(const struct features *features);

/* As users read it: "tp_btf/sock_send_length". */
const char *feature_name(enum feature feature);
/* Whether `mode` cannot do without it; CAPTURE_IMPOSSIBLE: the least demanding mode. */
bool feature_needed(enum feature feature, enum capture_mode mode);

/* As users read it: "socket tracepoints", "system calls", "none". */
const char *capture_mode_name(enum capture_mode mode);

/*
 * Logs each thing without which `mode` cannot work, with its remedy (for
 * CAPTURE_IMPOSSIBLE: the least demanding mode). 0 where nothing is
 * missing; else -EPERM where permissions are, -EOPNOTSUPP where the kernel is.
 */
int features_require(const struct features *features, enum capture_mode mode);

#endif
