// SPDX-License-Identifier: Apache-2.0
#include "agent/process/proc.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agent/process/proc_file.h"
#include "agent/process/proc_managed.h"
#include "agent/process/proc_strings.h"
#include "base/clock.h"
#include "base/slice.h"

static uint16_t proc_flags(uint32_t parent, const struct proc_strings *strings)
{
	return (strings->starts_sdk ? RECORD_PROCESS_SDK : 0) |
	       (proc_is_managed(parent, strings) ? RECORD_PROCESS_MANAGED : 0);
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
	record->process.facts_length = strings->facts_length;
	proc_append(record, &at, strings->executable, strings->executable_length);
	proc_append(record, &at, strings->arguments, strings->arguments_length);
	proc_append(record, &at, strings->cgroup, strings->cgroup_length);
	proc_append(record, &at, strings->environment, strings->environment_length);
	proc_append(record, &at, strings->facts, strings->facts_length);
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
	proc_directory_read(pid, &strings);
	proc_name_read(pid, &strings);
	process.header.flags = RECORD_PROCESS_FOUND | proc_flags(process.parent_tgid, &strings);
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
	strings->executable[name.length] = '\0';
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
	proc_directory_read(record->header.tgid, &strings);
	proc_name_read(record->header.tgid, &strings);
	ret_record->process = *record;
	ret_record->process.header.flags |= proc_flags(record->parent_tgid, &strings);
	proc_assemble(&strings, ret_record);
	return 0;
}

/* Appends "NAME=value" and zeros up to a multiple of 8 at `at`; the record's size, or 0 where there is nothing to add. */
static size_t add_fact(char *bytes, size_t at, uint16_t *facts_length, const char *name, struct slice value)
{
	size_t name_length = strlen(name), length = name_length + 1 + value.length + 1;

	if (!value.length || *facts_length + length > RECORD_FACTS_MAX)
		return 0;
	memcpy(bytes + at, name, name_length);
	bytes[at + name_length] = '=';
	memcpy(bytes + at + name_length + 1, value.data, value.length);
	bytes[at + length - 1] = '\0';
	*facts_length += length;
	for (at += length; at % 8; at++)
		bytes[at] = '\0';
	return at;
}

void proc_add_fact(union proc_record *record, const char *name, struct slice value)
{
	struct record_process *process = &record->process;
	size_t at = sizeof(*process) + process->executable_length + process->arguments_length + process->cgroup_length +
		    process->environment_length + process->facts_length;
	size_t size = add_fact(record->bytes, at, &process->facts_length, name, value);

	if (size)
		process->header.size = size;
}

int proc_read_title(uint32_t pid, union proc_detail *ret_detail)
{
	struct record_detail *detail = &ret_detail->detail;
	ssize_t length;
	size_t size;

	memset(ret_detail, 0, sizeof(*ret_detail));
	length = proc_file_read(pid, "cmdline", ret_detail->bytes + sizeof(*detail), RECORD_ARGUMENTS_MAX);
	if (length < 0)
		return length;
	size = sizeof(*detail) + length;
	detail->header = (struct record_header){ .kind = RECORD_DETAIL, .tgid = pid, .tid = pid };
	detail->header.time = clock_monotonic();
	detail->header.size = (size + 7) / 8 * 8;
	detail->arguments_length = length;
	return 0;
}

void proc_add_detail(union proc_detail *detail, const char *name, struct slice value)
{
	size_t at = sizeof(detail->detail) + detail->detail.arguments_length + detail->detail.facts_length;
	size_t size = add_fact(detail->bytes, at, &detail->detail.facts_length, name, value);

	if (size)
		detail->detail.header.size = size;
}
