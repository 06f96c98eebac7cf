// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/features.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>

#include "agent/kernel/capability.h"
#include "agent/kernel/features_try.h"
#include "base/log.h"

#define NEEDS_SOCKET (1U << CAPTURE_SOCKET_TRACEPOINTS)
#define NEEDS_CALLS (1U << CAPTURE_SYSTEM_CALLS)
#define NEEDS_BOTH (NEEDS_SOCKET | NEEDS_CALLS)

struct probe {
	const char *name;
	int (*attempt)(const struct btf *vmlinux, const char *argument);
	const char *argument;
	unsigned int needed; /* by which capture modes */
};

static int try_btf(const struct btf *vmlinux, const char *argument)
{
	(void)argument;
	return vmlinux ? 0 : -ENODATA;
}

static const struct probe probes[FEATURE_COUNT] = {
	[FEATURE_BTF] = { "kernel types (BTF)", try_btf, NULL, NEEDS_BOTH },
	[FEATURE_RINGBUF] = { "map: ring buffer", try_ring_buffer, NULL, NEEDS_BOTH },
	[FEATURE_HASH] = { "map: hash", try_hash, NULL, NEEDS_BOTH },
	[FEATURE_LRU_HASH] = { "map: LRU hash", try_lru_hash, NULL, NEEDS_BOTH },
	[FEATURE_SK_STORAGE] = { "map: socket storage", try_socket_storage, NULL, NEEDS_SOCKET },
	[FEATURE_SOCK_SEND_LENGTH] = { "tp_btf/sock_send_length", try_tracepoint, "sock_send_length", NEEDS_SOCKET },
	[FEATURE_SOCK_RECV_LENGTH] = { "tp_btf/sock_recv_length", try_tracepoint, "sock_recv_length", NEEDS_SOCKET },
	[FEATURE_TCP_SENDMSG_LOCKED] = { "tp_btf/tcp_sendmsg_locked", try_tracepoint, "tcp_sendmsg_locked", 0 },
	[FEATURE_TCP_RCV_SPACE_ADJUST] = { "tp_btf/tcp_rcv_space_adjust", try_tracepoint, "tcp_rcv_space_adjust",
					   NEEDS_SOCKET },
	[FEATURE_INET_SOCK_SET_STATE] = { "tp_btf/inet_sock_set_state", try_tracepoint, "inet_sock_set_state",
					  NEEDS_BOTH },
	[FEATURE_TCP_DESTROY_SOCK] = { "tp_btf/tcp_destroy_sock", try_tracepoint, "tcp_destroy_sock", NEEDS_CALLS },
	[FEATURE_SYS_ENTER] = { "tp_btf/sys_enter", try_tracepoint, "sys_enter", NEEDS_CALLS },
	[FEATURE_SYS_EXIT] = { "tp_btf/sys_exit", try_tracepoint, "sys_exit", NEEDS_CALLS },
	[FEATURE_SCHED_PROCESS_EXEC] = { "tp_btf/sched_process_exec", try_tracepoint, "sched_process_exec",
					 NEEDS_BOTH },
	[FEATURE_SCHED_PROCESS_FORK] = { "tp_btf/sched_process_fork", try_tracepoint, "sched_process_fork",
					 NEEDS_BOTH },
	[FEATURE_SCHED_PROCESS_EXIT] = { "tp_btf/sched_process_exit", try_tracepoint, "sched_process_exit",
					 NEEDS_BOTH },
	[FEATURE_TASK_FILE_ITERATOR] = { "iter/task_file", try_task_file_iterator, NULL, 0 },
	[FEATURE_SOCK_FROM_FILE] = { "bpf_sock_from_file in iter", try_sock_from_file, NULL, 0 },
	[FEATURE_SOCKET_COOKIE] = { "bpf_get_socket_cookie in tp_btf", try_socket_cookie, NULL, NEEDS_SOCKET },
	[FEATURE_TASK_PT_REGS] = { "bpf_task_pt_regs in tp_btf", try_task_pt_regs, NULL, NEEDS_SOCKET },
	[FEATURE_PREEMPT_DISABLE] = { "bpf_preempt_disable in tp_btf", try_preempt_disable, NULL, 0 },
};

const char *feature_name(enum feature feature)
{
	return probes[feature].name;
}

bool feature_needed(enum feature feature, enum capture_mode mode)
{
	/* The last resort is what remains possible, if anything does. */
	if (mode == CAPTURE_IMPOSSIBLE)
		mode = CAPTURE_SYSTEM_CALLS;
	return probes[feature].needed & 1U << mode;
}

static void probe_all(struct features *features, const struct btf *vmlinux)
{
	for (int i = 0; i < FEATURE_COUNT; i++) {
		int error = probes[i].attempt(vmlinux, probes[i].argument);

		features->error[i] = error;
		features->state[i] = !error ? FEATURE_WORKS : error == -EPERM ? FEATURE_UNTRIED : FEATURE_MISSING;
	}
}

/* Since Linux 7.0 they are guarded by this, and leave preemption enabled; nothing before had a use for it. */
static bool preempts_tracepoints(const struct btf *vmlinux)
{
	return vmlinux && btf__find_by_name_kind(vmlinux, "class_srcu_fast_notrace_t", BTF_KIND_TYPEDEF) >= 0;
}

int features_probe(struct features *ret_features)
{
	/* libbpf would print each refusal, and refusals are what we are after. */
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	struct btf *vmlinux = btf__load_vmlinux_btf();
	int error = vmlinux ? 0 : -errno;

	if (error != -ENOMEM) {
		probe_all(ret_features, vmlinux);
		ret_features->preempts_tracepoints = preempts_tracepoints(vmlinux);
		error = 0;
	}
	btf__free(vmlinux);
	libbpf_set_print(print);
	return error;
}

static bool mode_works(const struct features *features, enum capture_mode mode)
{
	for (enum feature i = 0; i < FEATURE_COUNT; i++) {
		if (feature_needed(i, mode) && !features_have(features, i))
			return false;
	}
	return true;
}

enum capture_mode features_capture_mode(const struct features *features)
{
	if (mode_works(features, CAPTURE_SOCKET_TRACEPOINTS))
		return CAPTURE_SOCKET_TRACEPOINTS;
	if (mode_works(features, CAPTURE_SYSTEM_CALLS))
		return CAPTURE_SYSTEM_CALLS;
	return CAPTURE_IMPOSSIBLE;
}

const char *capture_mode_name(enum capture_mode mode)
{
	static const char *const names[] = {
		[CAPTURE_IMPOSSIBLE] = "none",
		[CAPTURE_SYSTEM_CALLS] = "system calls",
		[CAPTURE_SOCKET_TRACEPOINTS] = "socket tracepoints",
	};

	return names[mode];
}

/* CAP_SYS_ADMIN stands for both, as it did before they were split from it. */
static bool log_missing_capabilities(void)
{
	static const struct {
		unsigned int capability;
		const char *name;
	} needed[] = { { CAP_BPF, "CAP_BPF" }, { CAP_PERFMON, "CAP_PERFMON" } };
	bool missing = false;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (capability_have(needed[i].capability) || capability_have(CAP_SYS_ADMIN))
			continue;
		log_error("the capability %s is missing: run as root, or grant it", needed[i].name);
		missing = true;
	}
	return missing;
}

int features_require(const struct features *features, enum capture_mode mode)
{
	bool capabilities_told = false;
	int result = 0;

	for (enum feature i = 0; i < FEATURE_COUNT; i++) {
		if (!feature_needed(i, mode) || features_have(features, i))
			continue;
		if (features->state[i] == FEATURE_UNTRIED) {
			if (!capabilities_told && !log_missing_capabilities())
				log_error("BPF is refused in spite of the capabilities: a user namespace, a seccomp "
					  "filter or the kernel's lockdown forbids it");
			capabilities_told = true;
			result = -EPERM;
			continue;
		}
		/* Of what cannot even be tried without the kernel's types, these alone are the news. */
		if (i == FEATURE_BTF || features->error[i] != -ENODATA)
			log_error("this kernel lacks %s: see 'wirespan check'", probes[i].name);
		if (result == 0)
			result = -EOPNOTSUPP;
	}
	return result;
}
