// SPDX-License-Identifier: Apache-2.0
#include "agent/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/sdk.h"
#include "base/clock.h"
#include "base/slice.h"

#define ENVIRONMENT_READ_MAX (128 * 1024) /* Linux's ARG_MAX, as most programs know it */
#define ARGUMENTS_READ_MAX (32 * 1024)    /* of a command line too long for the record, to know how it begins */

/* The parts of a record before they are put together. */
struct proc_strings {
	char executable[RECORD_EXECUTABLE_MAX];
	char arguments[RECORD_ARGUMENTS_MAX];
	char cgroup[RECORD_CGROUP_MAX];
	char environment[RECORD_ENVIRONMENT_MAX];
	uint16_t executable_length, arguments_length, cgroup_length, environment_length;
	bool starts_sdk;
};

/* Reads at most `size` bytes of /proc/PID/NAME; how many, or negative errno. */
static ssize_t proc_file_read(uint32_t pid, const char *name, char *buffer, size_t size)
{
	char path[64];
	size_t length = 0;
	ssize_t part = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (length < size && (part = read(fd, buffer + length, size - length)) > 0)
		length += part;
	part = part < 0 ? -errno : 0;
	close(fd);
	return part < 0 ? part : (ssize_t)length;
}

static int proc_executable_read(uint32_t pid, struct proc_strings *strings)
{
	const ssize_t deleted = sizeof(" (deleted)") - 1;
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	length = readlink(path, strings->executable, sizeof(strings->executable) - 1);
	if (length < 0)
		return -errno;
	/* What an upgrade has replaced still has its name. */
	if (length > deleted && memcmp(strings->executable + length - deleted, " (deleted)", deleted) == 0)
		length -= deleted;
	strings->executable_length = length;
	strings->executable[strings->executable_length] = '\0';
	return 0;
}

/* Does a path name a container? Its runtime put a 64-digit id into it. */
static bool proc_names_container(struct slice path)
{
	size_t digits = 0;

	for (size_t i = 0; i < path.length; i++) {
		char c = path.data[i];

		digits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? digits + 1 : 0;
		if (digits >= 64)
			return true;
	}
	return false;
}

/*
 * Lines "ID:CONTROLLERS:PATH": the v2 hierarchy's has id 0; where only a v1
 * hierarchy names the container, that one's.
 */
static struct slice proc_cgroup_choose(struct slice file)
{
	struct slice chosen = { 0 };

	while (file.length) {
		struct slice line = slice_head(file, slice_find(file, '\n'));
		struct slice path = slice_from(line, slice_find(line, ':') + 1);
		bool is_v2 = slice_starts_with(line, SLICE_LITERAL("0::"));

		path = slice_from(path, slice_find(path, ':') + 1);
		if ((is_v2 && !proc_names_container(chosen)) || (!chosen.length && path.length > 1) ||
		    (proc_names_container(path) && !proc_names_container(chosen)))
			chosen = path;
		file = slice_from(file, line.length + 1);
	}
	return chosen;
}

static void proc_cgroup_read(uint32_t pid, struct proc_strings *strings)
{
	char file[4096];
	ssize_t length = proc_file_read(pid, "cgroup", file, sizeof(file));
	struct slice path;

	if (length <= 0)
		return;
	path = slice_head(proc_cgroup_choose(slice_of(file, length)), sizeof(strings->cgroup));
	memcpy(strings->cgroup, path.data, path.length);
	strings->cgroup_length = path.length;
}

/* Keeps the OTEL_* variables, whole ones only. */
static void proc_environment_keep(struct slice rest, struct proc_strings *strings)
{
	while (rest.length) {
		size_t end = slice_find(rest, '\0');
		size_t room = sizeof(strings->environment) - strings->environment_length;

		if (slice_starts_with(rest, SLICE_LITERAL("OTEL_")) && end < rest.length && end + 1 <= room) {
			memcpy(strings->environment + strings->environment_length, rest.data, end + 1);
			strings->environment_length += end + 1;
		}
		rest = slice_from(rest, end + 1);
	}
}

/* After executable and arguments, which say what the environment means. */
static int proc_environment_read(uint32_t pid, struct proc_strings *strings)
{
	char *file = malloc(ENVIRONMENT_READ_MAX + ARGUMENTS_READ_MAX);
	struct slice environment, arguments;
	ssize_t length;

	if (!file)
		return -ENOMEM;
	length = proc_file_read(pid, "environ", file, ENVIRONMENT_READ_MAX);
	environment = slice_of(file, length > 0 ? length : 0);
	proc_environment_keep(environment, strings);
	arguments = slice_of(strings->arguments, strings->arguments_length);
	if (strings->arguments_length == RECORD_ARGUMENTS_MAX) {
		length = proc_file_read(pid, "cmdline", file + ENVIRONMENT_READ_MAX, ARGUMENTS_READ_MAX);
		if (length > 0)
			arguments = slice_of(file + ENVIRONMENT_READ_MAX, length);
	}
	strings->starts_sdk = sdk_is_started(slice_of(strings->executable, strings->executable_length), arguments,
					     environment);
	free(file);
	return 0;
}

/* Parent and start time: fields 4 and 22 of /proc/PID/stat, counted behind the name, which may hold anything. */
static int proc_stat_read(uint32_t pid, struct record_process *process)
{
	char file[1024];
	ssize_t length = proc_file_read(pid, "stat", file, sizeof(file) - 1);
	unsigned long long ticks;
	unsigned int parent;
	char *rest;

	if (length < 0)
		return length;
	file[length] = '\0';
	rest = strrchr(file, ')');
	if (!rest || sscanf(rest + 1,
			    " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &parent,
			    &ticks) != 2)
		return -EBADMSG;
	process->parent_tgid = parent;
	process->start_time = ticks * (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
	return 0;
}

static void proc_append(union proc_record *record, size_t *at, const char *data, size_t length)
{
	memcpy(record->bytes + *at, data, length);
	*at += length;
}

static void proc_assemble(const struct proc_strings *strings, union proc_record *record)
{
	size_t at = sizeof(record->process);

	record->process.executable_length = strings->executable_length;
	record->process.arguments_length = strings->arguments_length;
	record->process.cgroup_length = strings->cgroup_length;
	record->process.environment_length = strings->environment_length;
	proc_append(record, &at, strings->executable, strings->executable_length);
	proc_append(record, &at, strings->arguments, strings->arguments_length);
	proc_append(record, &at, strings->cgroup, strings->cgroup_length);
	proc_append(record, &at, strings->environment, strings->environment_length);
	while (at % 8)
		record->bytes[at++] = '\0';
	record->process.header.size = at;
}

int proc_read(uint32_t pid, union proc_record *ret_record)
{
	struct proc_strings strings = { 0 };
	struct record_process process = { .header = { .kind = RECORD_PROCESS, .tgid = pid, .tid = pid } };
	ssize_t length;
	int error = proc_stat_read(pid, &process);

	if (!error)
		error = proc_executable_read(pid, &strings);
	/* Without CAP_SYS_PTRACE the link is refused; the rest is for everyone to read. */
	if (error && error != -EACCES)
		return error;
	length = proc_file_read(pid, "cmdline", strings.arguments, sizeof(strings.arguments));
	strings.arguments_length = length > 0 ? length : 0;
	proc_cgroup_read(pid, &strings);
	error = proc_environment_read(pid, &strings);
	process.header.flags = RECORD_PROCESS_FOUND | (strings.starts_sdk ? RECORD_PROCESS_SDK : 0);
	process.header.time = clock_monotonic();
	ret_record->process = process;
	proc_assemble(&strings, ret_record);
	return error;
}

/* The kernel gives the names last first, each ended by '/': "c/b/a/" is /a/b/c. A name that was cut is left out. */
static void proc_cgroup_turn(struct slice names, struct proc_strings *strings)
{
	size_t end = names.length;

	while (end > 0 && names.data[end - 1] != '/')
		end--;
	while (end > 0) {
		size_t begin = end - 1;

		while (begin > 0 && names.data[begin - 1] != '/')
			begin--;
		strings->cgroup[strings->cgroup_length++] = '/';
		memcpy(strings->cgroup + strings->cgroup_length, names.data + begin, end - 1 - begin);
		strings->cgroup_length += end - 1 - begin;
		end = begin;
	}
}

/* The link in /proc is better where the name is relative or a symbolic link, unless it is already another program's. */
static void proc_executable_complete(uint32_t pid, struct slice name, struct proc_strings *strings)
{
	char kernel_name[RECORD_EXECUTABLE_MAX + 1];
	char resolved[PATH_MAX];

	memcpy(kernel_name, name.data, name.length);
	kernel_name[name.length] = '\0';
	if (proc_executable_read(pid, strings) == 0 &&
	    (kernel_name[0] != '/' || (realpath(kernel_name, resolved) && strcmp(resolved, strings->executable) == 0)))
		return;
	memcpy(strings->executable, name.data, name.length);
	strings->executable_length = name.length;
}

/*
 * The kernel's record leaves out what is long, /proc what the process has written over (as for a
 * title of its own): the one that has more.
 */
static void proc_environment_complete(uint32_t pid, struct slice variables, struct proc_strings *strings)
{
	/* Without memory it is as if /proc had none. */
	(void)proc_environment_read(pid, strings);
	if (strings->environment_length >= variables.length)
		return;
	memcpy(strings->environment, variables.data, variables.length);
	strings->environment_length = variables.length;
}

int proc_complete(const struct record_process *record, size_t size, union proc_record *ret_record)
{
	const char *text = (const char *)(record + 1);
	size_t executable, arguments, cgroup, environment;
	struct proc_strings strings = { 0 };

	if (size < sizeof(*record))
		return -EBADMSG;
	executable = record->executable_length;
	arguments = record->arguments_length;
	cgroup = record->cgroup_length;
	environment = record->environment_length;
	if (executable > RECORD_EXECUTABLE_MAX - 1 || arguments > RECORD_ARGUMENTS_MAX || cgroup > RECORD_CGROUP_MAX ||
	    environment > RECORD_ENVIRONMENT_MAX ||
	    sizeof(*record) + executable + arguments + cgroup + environment > size)
		return -EBADMSG;
	proc_executable_complete(record->header.tgid, slice_of(text, executable), &strings);
	memcpy(strings.arguments, text + executable, arguments);
	strings.arguments_length = arguments;
	proc_cgroup_read(record->header.tgid, &strings);
	if (strings.cgroup_length == 0)
		proc_cgroup_turn(slice_of(text + executable + arguments, cgroup), &strings);
	proc_environment_complete(record->header.tgid, slice_of(text + executable + arguments + cgroup, environment),
				  &strings);
	ret_record->process = *record;
	if (strings.starts_sdk)
		ret_record->process.header.flags |= RECORD_PROCESS_SDK;
	proc_assemble(&strings, ret_record);
	return 0;
}
