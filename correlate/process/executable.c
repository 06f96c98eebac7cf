// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/executable.h"

#include "base/path.h"

struct slice process_executable_name(struct slice path)
{
	static const struct slice deleted = SLICE_LITERAL(" (deleted)");

	if (path.length > deleted.length && slice_ends_with(path, deleted))
		path.length -= deleted.length;
	return path_last(path);
}
