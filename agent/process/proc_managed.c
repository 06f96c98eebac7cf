// SPDX-License-Identifier: Apache-2.0
#include "agent/process/proc_managed.h"

#include <string.h>

#include "agent/process/proc_file.h"
#include "base/slice.h"

#define ANCESTORS_MAX 4 /* that are the same program: a master, a helper that forks workers */

/* Whether the process is called so ("comm"). */
static bool proc_is_named(uint32_t pid, struct slice name)
{
	char file[32];
	ssize_t length = proc_file_read(pid, "comm", file, sizeof(file));
	struct slice text = slice_of(file, length > 0 ? length : 0);

	return slice_equal(slice_head(text, slice_find(text, '\n')), name);
}

/* Whether the process runs elsewhere than in that cgroup; not of one that is gone. */
static bool proc_is_outside(uint32_t pid, struct slice cgroup)
{
	struct proc_strings strings = { 0 };

	proc_cgroup_read(pid, &strings);
	return strings.cgroup_length && !slice_equal(slice_of(strings.cgroup, strings.cgroup_length), cgroup);
}

/*
 * Did a manager of services start it? Then its parent is supervisord, or in another cgroup than its
 * unit's. One that the same program forked is what that is.
 */
static bool was_started_by_manager(uint32_t parent, const struct proc_strings *strings)
{
	struct slice cgroup = slice_of(strings->cgroup, strings->cgroup_length);
	char executable[RECORD_EXECUTABLE_MAX];

	for (unsigned int i = 0; i < ANCESTORS_MAX; i++) {
		struct record_process ancestor;

		if (!parent || proc_is_outside(parent, cgroup) || proc_is_named(parent, SLICE_LITERAL("supervisord")))
			return true;
		if (proc_link_read(parent, "exe", executable, sizeof(executable)) < 0 ||
		    strcmp(executable, strings->executable) != 0 || proc_stat_read(parent, &ancestor) < 0)
			return false;
		parent = ancestor.parent_tgid;
	}
	return false;
}

bool proc_is_managed(uint32_t parent, const struct proc_strings *strings)
{
	struct slice cgroup = slice_of(strings->cgroup, strings->cgroup_length);
	bool may_be_managed = strings->supervised || slice_contains(cgroup, SLICE_LITERAL(".service"));

	return may_be_managed && was_started_by_manager(parent, strings);
}
