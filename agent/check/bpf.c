// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "agent/check/report.h"

#define GROUP "BPF"

#define NO_TRACING "nothing can be traced"
#define NO_SOCKET_MODE "capture falls back to the system calls: dearer, and blind to io_uring"
#define NO_CALLS_MODE "no fallback where the socket tracepoints are missing"
#define NO_PROCESSES "nothing can be traced: processes would have no names and no ends"

struct explanation {
	const char *serves; /* shown where it works */
	const char *consequence;
	const char *remedy;
};

static const struct explanation explanations[FEATURE_COUNT] = {
	[FEATURE_BTF] = { "programs adapt to this kernel", NO_TRACING,
			  "a kernel built with CONFIG_DEBUG_INFO_BTF (/sys/kernel/btf/vmlinux)" },
	[FEATURE_RINGBUF] = { "records reach the agent", NO_TRACING, "Linux 5.8 or later" },
	[FEATURE_HASH] = { "processes are selected", NO_TRACING, "a kernel built with CONFIG_BPF_SYSCALL" },
	[FEATURE_LRU_HASH] = { "calls under way are remembered", NO_TRACING, "a kernel built with CONFIG_BPF_SYSCALL" },
	[FEATURE_SK_STORAGE] = { "a connection's state lives with its socket", NO_SOCKET_MODE, "Linux 5.11 or later" },
	[FEATURE_SOCK_SEND_LENGTH] = { "sends are seen at the socket", NO_SOCKET_MODE, "Linux 6.3 or later" },
	[FEATURE_SOCK_RECV_LENGTH] = { "receives are seen at the socket", NO_SOCKET_MODE, "Linux 6.3 or later" },
	[FEATURE_TCP_SENDMSG_LOCKED] = { "sends tell when they began",
					 "run notes the beginning of sends at the system calls instead",
					 "a kernel that has this tracepoint (6.16 or later)" },
	[FEATURE_TCP_RCV_SPACE_ADJUST] = { "receives by splice are counted", NO_SOCKET_MODE,
					   "Linux 5.5 or later with CONFIG_INET" },
	[FEATURE_INET_SOCK_SET_STATE] = { "connections are seen to open and close", NO_TRACING,
					  "Linux 5.5 or later with CONFIG_INET" },
	[FEATURE_TCP_DESTROY_SOCK] = { "sockets are seen to go", NO_CALLS_MODE, "Linux 5.5 or later with CONFIG_INET" },
	[FEATURE_SYS_ENTER] = { "calls are seen to begin", NO_CALLS_MODE, "a kernel built with CONFIG_TRACEPOINTS" },
	[FEATURE_SYS_EXIT] = { "calls are seen to end", NO_CALLS_MODE, "a kernel built with CONFIG_TRACEPOINTS" },
	[FEATURE_SCHED_PROCESS_EXEC] = { "processes get their names", NO_PROCESSES,
					 "a kernel built with CONFIG_TRACEPOINTS" },
	[FEATURE_SCHED_PROCESS_FORK] = { "children inherit their selection", NO_PROCESSES,
					 "a kernel built with CONFIG_TRACEPOINTS" },
	[FEATURE_SCHED_PROCESS_EXIT] = { "ended processes are forgotten", NO_PROCESSES,
					 "a kernel built with CONFIG_TRACEPOINTS" },
	[FEATURE_TASK_FILE_ITERATOR] = { "connections older than the agent are found",
					 "they are looked for in /proc: slower", "Linux 5.8 or later" },
	[FEATURE_SOCK_FROM_FILE] = { "connections older than the agent are found",
				     "they are looked for in /proc: slower", "Linux 5.11 or later" },
	[FEATURE_SOCKET_COOKIE] = { "connections are told apart", NO_SOCKET_MODE, "Linux 5.12 or later" },
	[FEATURE_TASK_PT_REGS] = { "bytes are read where the call has them", NO_SOCKET_MODE, "Linux 5.15 or later" },
	[FEATURE_PREEMPT_DISABLE] = { "no thread is preempted while it is captured",
				      "none, unless this kernel preempts tracepoints (7.0 or later): then damaged records",
				      "Linux 6.15 or later; none needed before 7.0" },
};

/* Without the kernel's types the programs were not even tried: their row is a consequence of BTF's. */
static bool hidden_by_btf(const struct features *features, enum feature feature)
{
	return feature != FEATURE_BTF && features->error[feature] == -ENODATA;
}

static enum check_state check_state(const struct features *features, enum feature feature)
{
	if (features_have(features, feature))
		return CHECK_WORKS;
	if (features->state[feature] == FEATURE_UNTRIED || hidden_by_btf(features, feature))
		return CHECK_UNTRIED;
	return CHECK_MISSING;
}

/* Being refused is no property of the kernel: what helps is another one. */
static const char *remedy(const struct features *features, enum feature feature)
{
	if (features->state[feature] == FEATURE_UNTRIED)
		return "run as root, or with CAP_BPF and CAP_PERFMON, outside user namespaces";
	return explanations[hidden_by_btf(features, feature) ? FEATURE_BTF : feature].remedy;
}

static const char *detail(const struct features *features, enum feature feature)
{
	int error = features->error[feature];

	if (features_have(features, feature))
		return explanations[feature].serves;
	if (error == -ENODATA)
		return feature == FEATURE_BTF ? "none found" : "needs the kernel's types";
	return error == -ENOENT ? "this kernel does not have it" : strerror(-error);
}

void check_bpf(struct check_report *report, const struct features *features)
{
	for (enum feature i = 0; i < FEATURE_COUNT; i++)
		check_report_add(report, GROUP, feature_name(i), check_state(features, i), explanations[i].consequence,
				 remedy(features, i), "%s", detail(features, i));
}
