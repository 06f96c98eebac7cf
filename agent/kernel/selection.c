// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/selection.h"

#include "base/path.h"

static bool matches_path(const char *pattern, struct slice path)
{
	return path.length && (glob_match(pattern, path) || glob_match(pattern, path_last(path)));
}

bool selection_program_matches(const char *pattern, const struct selection_names *names)
{
	return matches_path(pattern, names->executable) || matches_path(pattern, names->command) ||
	       matches_path(pattern, names->title);
}

static bool any_program_matches(const struct globs *globs, const struct selection_names *names)
{
	for (size_t i = 0; i < globs->count; i++)
		if (selection_program_matches(globs->patterns[i], names))
			return true;
	return false;
}

static bool has_pid(const struct selection *selection, uint32_t pid)
{
	for (size_t i = 0; i < selection->pid_count; i++) {
		if (selection->pids[i] == pid)
			return true;
	}
	return false;
}

bool selection_names_processes(const struct selection *selection)
{
	return selection->pid_count || selection->executables.count || selection->services.count;
}

bool selection_wants_process(const struct selection *selection, uint32_t pid, const struct selection_names *names)
{
	if (any_program_matches(&selection->excluded, names))
		return false;
	if (!selection_names_processes(selection))
		return true;
	return has_pid(selection, pid) || any_program_matches(&selection->executables, names) ||
	       (names->service.length && globs_match(&selection->services, names->service));
}

bool selection_wants_unknown(const struct selection *selection, uint32_t pid)
{
	return selection->excluded.count == 0 &&
	       selection_wants_process(selection, pid, &(struct selection_names){ 0 });
}

bool selection_has_port(const struct selection *selection, uint16_t port)
{
	for (size_t i = 0; i < selection->port_count; i++) {
		if (selection->ports[i] == port)
			return true;
	}
	return false;
}

bool selection_wants_ports(const struct selection *selection, uint16_t local_port, uint16_t remote_port)
{
	return selection->port_count == 0 || selection_has_port(selection, local_port) ||
	       selection_has_port(selection, remote_port);
}
