// SPDX-License-Identifier: Apache-2.0
#include "agent/process/proc_strings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/process/proc_file.h"
#include "agent/process/sdk.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/slice.h"

#define ENVIRONMENT_READ_MAX (128 * 1024) /* Linux's ARG_MAX, as most programs know it */
#define ARGUMENTS_READ_MAX (32 * 1024)    /* of a command line too long for the record, to know how it begins */

int proc_executable_read(uint32_t pid, struct proc_strings *strings)
{
	ssize_t length = proc_link_read(pid, "exe", strings->executable, sizeof(strings->executable));

	if (length < 0)
		return length;
	strings->executable_length = length;
	return 0;
}

/* Leaves out what finds no room. */
static void proc_fact_add(struct proc_strings *strings, const char *name, struct slice value)
{
	size_t room = sizeof(strings->facts) - strings->facts_length, name_length = strlen(name);
	char *at = strings->facts + strings->facts_length;

	if (name_length + 1 + value.length + 1 > room)
		return;
	memcpy(at, name, name_length);
	at[name_length] = '=';
	memcpy(at + name_length + 1, value.data, value.length);
	at[name_length + 1 + value.length] = '\0';
	strings->facts_length += name_length + 1 + value.length + 1;
}

void proc_directory_read(uint32_t pid, struct proc_strings *strings)
{
	char directory[RECORD_EXECUTABLE_MAX];
	ssize_t length = proc_link_read(pid, "cwd", directory, sizeof(directory));

	/* One that may be cut is none. */
	if (length > 0 && length < (ssize_t)sizeof(directory) - 1)
		proc_fact_add(strings, "process.working_directory", slice_of(directory, length));
}

void proc_name_read(uint32_t pid, struct proc_strings *strings)
{
	char file[32];
	ssize_t length = proc_file_read(pid, "comm", file, sizeof(file));
	struct slice name = slice_of(file, length > 0 ? length : 0);

	name = slice_head(name, slice_find(name, '\n'));
	if (name.length)
		proc_fact_add(strings, "process.comm", name);
}

/* Does a path name a container? Its runtime put a 64-digit id into it. */
static bool proc_names_container(struct slice path)
{
	size_t digits = 0;

	for (size_t i = 0; i < path.length; i++) {
		digits = ascii_lower_hex_value(path.data[i]) >= 0 ? digits + 1 : 0;
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

void proc_cgroup_read(uint32_t pid, struct proc_strings *strings)
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

/* Other variables that are kept: they hold no secrets, and name the process. */
static const char *const kept_variables[] = { "SUPERVISOR_GROUP_NAME", "SUPERVISOR_PROCESS_NAME" };

static void proc_variable_keep(struct slice variable, struct proc_strings *strings)
{
	size_t equals = slice_find(variable, '=');

	for (size_t i = 0; i < sizeof(kept_variables) / sizeof(kept_variables[0]); i++) {
		if (!slice_equal(slice_head(variable, equals), slice_of_string(kept_variables[i])))
			continue;
		proc_fact_add(strings, kept_variables[i], slice_from(variable, equals + 1));
		strings->supervised = true;
	}
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
		} else {
			proc_variable_keep(slice_head(rest, end), strings);
		}
		rest = slice_from(rest, end + 1);
	}
}

int proc_environment_read(uint32_t pid, struct proc_strings *strings)
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
	strings->starts_sdk =
		sdk_is_started(slice_of(strings->executable, strings->executable_length), arguments, environment);
	free(file);
	return 0;
}

/* Fields 4 and 22 of /proc/PID/stat, counted behind the name, which may hold anything. */
int proc_stat_read(uint32_t pid, struct record_process *process)
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
	if (!rest ||
	    sscanf(rest + 1, " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &parent, &ticks) != 2)
		return -EBADMSG;
	process->parent_tgid = parent;
	process->start_time = ticks * (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
	return 0;
}
