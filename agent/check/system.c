// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/check/report.h"
#include "agent/kernel/capability.h"
#include "agent/kernel/mount.h"
#include "agent/kernel/namespace.h"
#include "base/slice.h"

#define SYSTEM "system"
#define CAPABILITIES "capabilities"

/* The first line of a small file, without its newline. 0, or a negative errno. */
static int read_line(const char *path, char *ret_line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (fd < 0)
		return -errno;
	length = read(fd, ret_line, size - 1);
	error = length < 0 ? -errno : 0;
	close(fd);
	if (error)
		return error;
	ret_line[length] = '\0';
	ret_line[strcspn(ret_line, "\n")] = '\0';
	return 0;
}

static void check_kernel(struct check_report *report)
{
	struct utsname name;
	bool known;

	if (uname(&name) != 0)
		return;
	known = strcmp(name.machine, "x86_64") == 0 || strcmp(name.machine, "aarch64") == 0;
	check_report_add(report, SYSTEM, "kernel", known ? CHECK_WORKS : CHECK_MISSING, "nothing can be traced",
			 "a machine of x86-64 or arm64", "%s, %s", name.release, name.machine);
}

static void check_mount(struct check_report *report, const char *type, const char *what, const char *consequence,
			const char *remedy)
{
	char path[PATH_MAX];
	int error = mount_find(type, path, sizeof(path));

	check_report_add(report, SYSTEM, what, error ? CHECK_MISSING : CHECK_WORKS, consequence, remedy, "%s",
			 !error             ? path
			 : error == -ENOENT ? "not mounted"
					    : strerror(-error));
}

static void check_memlock(struct check_report *report)
{
	struct rlimit limit;
	bool enough;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return;
	/* libbpf finds out by itself whether the limit counts, and raises it where it does. */
	enough = limit.rlim_cur == RLIM_INFINITY || capability_have(CAP_SYS_RESOURCE);
	if (limit.rlim_cur == RLIM_INFINITY)
		check_report_add(report, SYSTEM, "locked memory", CHECK_WORKS, NULL, NULL, "unlimited");
	else
		check_report_add(report, SYSTEM, "locked memory", enough ? CHECK_WORKS : CHECK_PARTLY,
				 "none since Linux 5.11; before it maps may not fit",
				 "on kernels before 5.11: ulimit -l unlimited, or CAP_SYS_RESOURCE", "%llu KiB",
				 (unsigned long long)limit.rlim_cur / 1024);
}

static void check_unprivileged(struct check_report *report)
{
	static const char *const path = "/proc/sys/kernel/unprivileged_bpf_disabled";
	char line[32];

	if (read_line(path, line, sizeof(line)) != 0)
		return;
	/* Wirespan never runs unprivileged: either setting is right for it. */
	check_report_add(report, SYSTEM, "unprivileged BPF", CHECK_WORKS, NULL, NULL, "%s",
			 line[0] == '0' ? "allowed by the kernel; not used" : "disabled by the kernel; not needed");
}

static void check_lockdown(struct check_report *report)
{
	char line[128];
	int error = read_line("/sys/kernel/security/lockdown", line, sizeof(line));
	bool confidential = !error && strstr(line, "[confidentiality]");

	check_report_add(report, SYSTEM, "lockdown", confidential ? CHECK_MISSING : CHECK_WORKS,
			 "BPF programs may not read memory: nothing can be traced",
			 "boot with lockdown=integrity or without lockdown", "%s",
			 !error             ? line
			 : error == -ENOENT ? "not in use, or securityfs not mounted"
					    : strerror(-error));
}

static void check_pid_namespace(struct check_report *report)
{
	bool host = namespace_sees_all_pids();

	check_report_add(report, SYSTEM, "pid namespace", host ? CHECK_WORKS : CHECK_MISSING,
			 "nothing can be traced: /proc shows other ids than the kernel tells",
			 "run it in the host's pid namespace (--pid=host), with its /proc", "%s",
			 host ? "the host's" : "not the host's");
}

void check_system(struct check_report *report)
{
	check_kernel(report);
	check_pid_namespace(report);
	check_mount(report, "tracefs", "tracefs", "none: run attaches without it",
		    "mount -t tracefs nodev /sys/kernel/tracing");
	check_mount(report, "cgroup2", "cgroup v2",
		    "processes are traced, but those in containers may lack container.id",
		    "mount -t cgroup2 none /sys/fs/cgroup (or at /sys/fs/cgroup/unified beside v1)");
	check_memlock(report);
	check_unprivileged(report);
	check_lockdown(report);
}

void check_capabilities(struct check_report *report)
{
	static const struct {
		const char *name;
		unsigned int capability;
		bool in_admin; /* CAP_SYS_ADMIN stands for it */
		enum check_state without;
		const char *consequence;
	} rows[] = {
		{ "CAP_BPF", CAP_BPF, true, CHECK_MISSING, "nothing can be traced" },
		{ "CAP_PERFMON", CAP_PERFMON, true, CHECK_MISSING, "nothing can be traced" },
		{ "CAP_SYS_PTRACE", CAP_SYS_PTRACE, false, CHECK_PARTLY,
		  "other users' processes older than the agent are known by their arguments, without OTEL_* variables" },
		{ "CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH, false, CHECK_PARTLY,
		  "other users' processes older than the agent lack OTEL_* variables" },
		{ "CAP_NET_ADMIN", CAP_NET_ADMIN, false, CHECK_PARTLY, "none: run does not need it" },
		{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN, false, CHECK_PARTLY, "none where CAP_BPF and CAP_PERFMON are there" },
		{ "CAP_SYS_RESOURCE", CAP_SYS_RESOURCE, false, CHECK_PARTLY,
		  "none since Linux 5.11; before it locked memory cannot be raised" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool own = capability_have(rows[i].capability);
		bool have = own || (rows[i].in_admin && capability_have(CAP_SYS_ADMIN));

		check_report_add(report, CAPABILITIES, rows[i].name, have ? CHECK_WORKS : rows[i].without,
				 rows[i].consequence, "run as root, or grant it to the process", "%s",
				 own    ? "in effect"
				 : have ? "by CAP_SYS_ADMIN"
					: "not in effect");
	}
}
