/* SPDX-License-Identifier: Apache-2.0 */
/* Reading of /proc/PID. */
#ifndef WIRESPAN_AGENT_PROCESS_PROC_FILE_H
#define WIRESPAN_AGENT_PROCESS_PROC_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads at most `size` bytes of /proc/PID/NAME; how many, or negative errno. */
ssize_t proc_file_read(uint32_t pid, const char *name, char *buffer, size_t size);

/* Where the link /proc/PID/NAME leads, terminated, without " (deleted)"; its length, or negative errno. */
ssize_t proc_link_read(uint32_t pid, const char *name, char *target, size_t size);

/*
 * Opens a regular file of a disk by the path that it has for the process, and that leads nowhere outside of its
 * root. The descriptor or negative errno.
 */
int proc_root_open(uint32_t pid, const char *path);

#endif
