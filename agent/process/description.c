// SPDX-License-Identifier: Apache-2.0
#include "agent/process/description.h"

#include <limits.h>

#include "agent/process/proc_file.h"
#include "agent/process/runtime.h"
#include "correlate/process/service_name.h"

#define RUNTIME_NAME "process.runtime.name"
#define RUNTIME_VERSION "process.runtime.version"

bool description_complete(union proc_record *record, const struct process_info *info)
{
	struct runtime runtime;

	runtime_describe(info->pid, &runtime);
	if (runtime.shares_threads)
		record->process.header.flags |= RECORD_PROCESS_SHARED_THREADS;
	proc_add_fact(record, RUNTIME_NAME, slice_of_string(runtime.name));
	proc_add_fact(record, RUNTIME_VERSION, slice_of_string(runtime.version));
	return runtime.may_tell_more;
}

/* A title that says less than the arguments did is left out. */
static void keep_naming_title(union proc_detail *detail, struct slice executable)
{
	const struct process_info info = {
		.executable = executable,
		.arguments = slice_of(detail->bytes + sizeof(detail->detail), detail->detail.arguments_length),
	};

	if (service_name_in_title(&info))
		return;
	detail->detail.arguments_length = 0;
	detail->detail.header.size = sizeof(detail->detail);
}

bool description_look(uint32_t pid, uint64_t time, union proc_detail *ret_detail)
{
	char path[PATH_MAX];
	ssize_t length = proc_link_read(pid, "exe", path, sizeof(path));
	struct slice executable = slice_of(path, length > 0 ? (size_t)length : 0);
	struct runtime runtime;

	if (!executable.length || proc_read_title(pid, ret_detail) < 0)
		return false;
	ret_detail->detail.header.time = time;
	keep_naming_title(ret_detail, executable);
	runtime_look(pid, &runtime);
	if (runtime.version[0]) {
		proc_add_detail(ret_detail, RUNTIME_NAME, slice_of_string(runtime.name));
		proc_add_detail(ret_detail, RUNTIME_VERSION, slice_of_string(runtime.version));
	}
	return ret_detail->detail.arguments_length || ret_detail->detail.facts_length;
}
