/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_AGENT_KERNEL_MOUNT_H
#define WIRESPAN_AGENT_KERNEL_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/*
 * Finds the first mount of a file system type ("cgroup2", "tracefs") in
 * /proc/self/mountinfo and stores where it is. 0; -ENOENT where none is
 * mounted; -ENAMETOOLONG; another negative errno where the list is unreadable.
 */
int mount_find(const char *type, char *ret_path, size_t size);

/*
 * Reads one line of a mountinfo file: false where it is malformed. `path` is
 * as written there, with \ooo for blanks.
 */
bool mount_parse(struct slice line, struct slice *ret_path, struct slice *ret_type);

/* Undoes \ooo and terminates. 0; -ENAMETOOLONG. */
int mount_unescape(struct slice path, char *ret_path, size_t size);

#endif
