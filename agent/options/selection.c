// SPDX-License-Identifier: Apache-2.0
#include "agent/options/selection.h"

#include <errno.h>

#define PID_LARGEST (4 * 1024 * 1024) /* the kernel's PID_MAX_LIMIT */

static int too_many(const char *name, size_t max)
{
	option_error("--%s: at most %zu are possible", name, max);
	return -EINVAL;
}

static int add_pid(const char *name, const char *argument, void *target)
{
	struct selection *selection = target;
	uint64_t pid;

	if (option_number(name, argument, 1, PID_LARGEST, &pid) != 0)
		return -EINVAL;
	if (selection->pid_count == SELECTION_PIDS_MAX)
		return too_many(name, SELECTION_PIDS_MAX);
	selection->pids[selection->pid_count++] = (uint32_t)pid;
	return 0;
}

static int add_port(const char *name, struct slice text, struct selection *selection)
{
	uint64_t port;

	if (!slice_to_u64(text, &port) || port < 1 || port > UINT16_MAX) {
		option_error("--%s: '%.*s' is not a port: give numbers from 1 to 65535, separated by commas", name,
			     (int)slice_head(text, 64).length, text.data);
		return -EINVAL;
	}
	if (selection_has_port(selection, (uint16_t)port))
		return 0;
	if (selection->port_count == SELECTION_PORTS_MAX)
		return too_many(name, SELECTION_PORTS_MAX);
	selection->ports[selection->port_count++] = (uint16_t)port;
	return 0;
}

static int add_ports(const char *name, const char *argument, void *target)
{
	struct slice rest = slice_of_string(argument);
	size_t comma;
	int error;

	do {
		comma = slice_find(rest, ',');
		error = add_port(name, slice_head(rest, comma), target);
		if (error)
			return error;
		/* A comma at the end leaves an empty last port, which is refused. */
		if (comma == rest.length)
			return 0;
		rest = slice_from(rest, comma + 1);
	} while (true);
}

void selection_rows(struct selection *selection, struct option_row rows[SELECTION_ROWS])
{
	const struct option_row filled[SELECTION_ROWS] = {
		{ "exe", "GLOB",
		  "processes whose executable, script or title ('gunicorn: ...') matches:\n"
		  "the whole path or its last component; may be repeated",
		  option_add_glob, &selection->executables },
		{ "service", "GLOB", "processes whose service.name, as spans show it, matches; may be repeated",
		  option_add_glob, &selection->services },
		{ "exclude-exe", "GLOB", "but not these; may be repeated", option_add_glob, &selection->excluded },
		{ "pid", "N", "the process with this id; its children until they execute\nanother program; may be repeated",
		  add_pid, selection },
		{ "port", "P[,P...]", "only connections with one of these ports at either end; at most 64", add_ports,
		  selection },
		{ "include-instrumented", NULL, "processes that export spans of their own, too", option_set_flag,
		  &selection->include_instrumented },
		{ "include-telemetry", NULL, "exchanges with telemetry back ends, too", option_set_flag,
		  &selection->include_telemetry },
	};

	memcpy(rows, filled, sizeof(filled));
}

/* Whether what `pattern` matches, `excluding` always matches, too: they are tried on the same names. */
static bool leaves_out(const char *excluding, const char *pattern)
{
	const struct selection_names names = { .executable = slice_of_string(pattern) };

	return strcmp(excluding, pattern) == 0 ||
	       (glob_is_literal(pattern) && selection_program_matches(excluding, &names));
}

int selection_check(const struct selection *selection)
{
	const struct globs *executables = &selection->executables, *excluded = &selection->excluded;

	for (size_t i = 0; i < excluded->count; i++) {
		if (excluded->patterns[i][strspn(excluded->patterns[i], "*")])
			continue;
		option_error("--exclude-exe '%s' leaves every process out", excluded->patterns[i]);
		return -EINVAL;
	}
	for (size_t i = 0; i < executables->count; i++) {
		for (size_t j = 0; j < excluded->count; j++) {
			if (!leaves_out(excluded->patterns[j], executables->patterns[i]))
				continue;
			option_error("--exe '%s' selects nothing: --exclude-exe '%s' leaves all of it out",
				     executables->patterns[i], excluded->patterns[j]);
			return -EINVAL;
		}
	}
	return 0;
}
