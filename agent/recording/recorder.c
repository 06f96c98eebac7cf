// SPDX-License-Identifier: Apache-2.0
#include "agent/recording/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/process/host.h"
#include "agent/recording/writer.h"
#include "base/clock.h"
#include "base/log.h"

struct recorder {
	const char *path;
	struct recording_writer *writer;
	int fd;
	bool said; /* that it cannot be written */
};

static void copy_text(char *target, size_t size, struct slice text)
{
	text = slice_head(text, size - 1);
	if (text.length)
		memcpy(target, text.data, text.length);
}

static void describe_host(struct recording_header *header)
{
	struct host host = { 0 };

	host_init(&host);
	copy_text(header->kernel_release, sizeof(header->kernel_release), slice_of_string(host.names.release));
	copy_text(header->machine, sizeof(header->machine), slice_of_string(host.names.machine));
	copy_text(header->boot_id, sizeof(header->boot_id), slice_of_string(host.boot_id));
	copy_text(header->host_name, sizeof(header->host_name), slice_of_string(host.names.nodename));
	copy_text(header->host_id, sizeof(header->host_id), slice_of_string(host.id));
}

static int recorder_begin(struct recorder *recorder, enum capture_mode mode, const struct selection *selection)
{
	struct clock_reading now = clock_read();
	struct recording_header header = {
		.hooks = mode == CAPTURE_SOCKET_TRACEPOINTS ? RECORDING_HOOKS_SOCKET : RECORDING_HOOKS_SYSCALL,
		.monotonic = now.monotonic,
		.wall = now.wall,
		.boottime = now.boot,
		.agent_version = WIRESPAN_VERSION,
	};

	if (getrandom(&header.id, sizeof(header.id), 0) != sizeof(header.id))
		return -errno;
	if (selection->include_telemetry)
		header.flags |= RECORDING_INCLUDES_TELEMETRY;
	if (selection->include_instrumented)
		header.flags |= RECORDING_INCLUDES_INSTRUMENTED;
	describe_host(&header);
	return recording_writer_new(recorder->fd, &header, &recorder->writer);
}

/*
 * Always a new file: one that is there may be somebody else's to read, and may be dear to them unless it
 * is empty. Or a device, but nothing whose reader could make us wait.
 */
static int open_file(const char *path)
{
	int flags = O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
	struct stat status;
	int fd;

	if (lstat(path, &status) < 0 || S_ISREG(status.st_mode)) {
		if (stat(path, &status) == 0 && status.st_size > 0)
			return -EEXIST;
		unlink(path);
		flags |= O_CREAT | O_EXCL;
	} else if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
		return -ESPIPE;
	}
	fd = open(path, flags, 0600);
	return fd < 0 ? -errno : fd;
}

static const char *refusal(int error)
{
	switch (error) {
	case -ESPIPE:
		return "it is a pipe or socket, not a file";
	case -EEXIST:
		return "it is there already, and a recording is neither written over nor added to; "
		       "remove it or give another name";
	default:
		return strerror(-error);
	}
}

int recorder_open(const char *path, enum capture_mode mode, const struct selection *selection,
		  struct recorder **ret_recorder)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int error;

	if (!recorder)
		return -ENOMEM;
	recorder->path = path;
	recorder->fd = open_file(path);
	error = recorder->fd < 0 ? recorder->fd : recorder_begin(recorder, mode, selection);
	if (error) {
		log_error("cannot record to '%s': %s", path, refusal(error));
		recorder_close(recorder);
		return error;
	}
	*ret_recorder = recorder;
	return 0;
}

static void recorder_check(struct recorder *recorder)
{
	int error = recording_writer_error(recorder->writer);

	if (!error || recorder->said)
		return;
	log_error("cannot record to '%s': %s; tracing goes on, what cannot be written is counted", recorder->path,
		  strerror(-error));
	recorder->said = true;
}

void recorder_record(struct recorder *recorder, const void *record, size_t size)
{
	recording_writer_record(recorder->writer, record, size);
}

void recorder_advance(struct recorder *recorder, uint64_t time)
{
	recording_writer_advance(recorder->writer, time);
	recorder_check(recorder);
}

void recorder_note_loss(struct recorder *recorder, uint64_t time)
{
	recording_writer_note_loss(recorder->writer, time);
}

void recorder_finish(struct recorder *recorder, const struct counter *captured, size_t count)
{
	(void)recording_writer_finish(recorder->writer, captured, count);
	recorder_check(recorder);
}

uint64_t recorder_lost(const struct recorder *recorder)
{
	return recorder ? recording_writer_lost(recorder->writer) : 0;
}

int recorder_close(struct recorder *recorder)
{
	int error = 0;

	if (!recorder)
		return 0;
	if (recorder->writer)
		error = recording_writer_error(recorder->writer);
	recording_writer_free(recorder->writer);
	if (recorder->fd >= 0 && close(recorder->fd) < 0 && !error) {
		error = -errno;
		log_error("cannot record to '%s': %s", recorder->path, strerror(-error));
	}
	free(recorder);
	return error;
}
