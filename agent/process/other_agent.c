// SPDX-License-Identifier: Apache-2.0
#include "agent/process/other_agent.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define NAME_MAX_KERNEL 16 /* TASK_COMM_LEN */
#define PATH_TEXT_MAX 64 /* of a path in /proc */
/* The kernel takes back what nobody holds any more when it gets round to it. */
#define GOING_TIME (300 * NSEC_PER_MSEC)

static int map_info(int fd, struct bpf_map_info *ret_info)
{
	uint32_t size = sizeof(*ret_info);

	memset(ret_info, 0, size);
	return bpf_obj_get_info_by_fd(fd, ret_info, &size) < 0 ? -errno : 0;
}

/* Whether there is a line in the file that begins with `key`, and the first such ends with `value` (NULL: with anything). */
static bool file_says(const char *path, const char *key, const char *value)
{
	FILE *file = fopen(path, "re");
	char line[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		found = !value || strcmp(line + strlen(key) + strspn(line + strlen(key), "\t "), value) == 0;
		break;
	}
	if (file)
		fclose(file);
	return found;
}

/* Whether a descriptor of the process is that map, or any where it is 0. */
static bool process_holds(const char *pid, uint32_t map)
{
	char path[PATH_TEXT_MAX], id[16];
	struct dirent *entry;
	bool found = false;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo", pid);
	snprintf(id, sizeof(id), "%u", map);
	directory = opendir(path);
	while (directory && !found && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "/proc/%.16s/fdinfo/%.16s", pid, entry->d_name);
		found = file_says(path, "map_id:", map ? id : NULL);
	}
	if (directory)
		closedir(directory);
	return found;
}

/* A process of our name that holds the map, or any map where it is 0; 0: there is none, but us. */
static pid_t find_holder(uint32_t map)
{
	char path[PATH_TEXT_MAX], name[NAME_MAX_KERNEL] = "";
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	pid_t pid = 0;

	prctl(PR_GET_NAME, name);
	while (processes && !pid && (entry = readdir(processes))) {
		pid_t candidate = (pid_t)strtol(entry->d_name, NULL, 10);

		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (candidate > 0 && candidate != getpid() && file_says(path, "", name) &&
		    process_holds(entry->d_name, map))
			pid = candidate;
	}
	if (processes)
		closedir(processes);
	return pid;
}

/* Of several the youngest. 0: there is none; 1: *ret_pid holds it, 0: nobody of our name does; -EPERM without CAP_SYS_ADMIN. */
static int find_other(int map, pid_t *ret_pid)
{
	struct bpf_map_info own, info;
	int error = map_info(map, &own);
	uint32_t id = 0, found = 0;

	if (error)
		return error;
	while (bpf_map_get_next_id(id, &id) == 0) {
		int fd = bpf_map_get_fd_by_id(id);

		/* It may be gone by now. */
		if (fd < 0 && errno == EPERM)
			return -EPERM;
		if (fd < 0)
			continue;
		error = map_info(fd, &info);
		close(fd);
		if (!error && info.id != own.id && info.type == own.type && strcmp(info.name, own.name) == 0)
			found = id;
	}
	if (errno != ENOENT)
		return -errno;
	if (found)
		*ret_pid = find_holder(found);
	return found ? 1 : 0;
}

void other_agent_tell(int map)
{
	char holder[32] = "";
	pid_t pid = 0;
	int found = find_other(map, &pid);

	if (found > 0 && !pid) {
		nanosleep(&(struct timespec){ .tv_nsec = GOING_TIME }, NULL);
		found = find_other(map, &pid);
	}
	/* Without CAP_SYS_ADMIN the kernel lists no maps, but /proc shows those of processes. */
	if (found < 0) {
		pid = find_holder(0);
		found = pid > 0;
	}
	if (!found)
		return;
	if (pid)
		snprintf(holder, sizeof(holder), " (process %d)", (int)pid);
	log_warning("another agent traces on this host%s: what both select makes spans twice, and costs "
		    "the applications twice", holder);
}
