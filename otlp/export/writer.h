/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to a file descriptor that may block for long (a pipe nobody reads):
 * another thread can end the waiting, and can put another file in the place of
 * this one. The descriptor's own flags are left alone, others may share them.
 * SIGPIPE must be blocked or ignored.
 */
#ifndef WIRESPAN_OTLP_EXPORT_WRITER_H
#define WIRESPAN_OTLP_EXPORT_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct writer {
	int fd;
	int terminal; /* the same opened by the writer itself, so as never to block; -1: not needed, or not possible */
	int cancel_fd;
	int timeout_ms; /* for one writer_write; -1 (after init): none. The owner may set it */
	bool waits; /* neither a regular file nor a block device */
	bool unread; /* the last write timed out: the next one does not wait. The owner may clear it */
	atomic_int next_fd; /* to take the place of what is open as `fd`; -1: none */
	/* Told of each write that failed, but for those that were cancelled. NULL: nobody is. The owner may set it */
	void (*failed)(void *context, int error);
	void *context;
};

/* `fd` stays the caller's, as a number: see writer_replace. 0 or negative errno. */
int writer_init(struct writer *writer, int fd);
void writer_done(struct writer *writer);
/* Writes all. 0; -ECANCELED after writer_cancel, -ETIMEDOUT (part may be written); else negative errno. */
int writer_write(struct writer *writer, struct slice data);
/* From any thread; for good. */
void writer_cancel(struct writer *writer);

/*
 * From any thread: a file of the same kind, which is the writer's, to write to under the old number from
 * the next writer_renew on.
 */
void writer_replace(struct writer *writer, int fd);
/* Between two things that belong together: goes on in the next file. Whether there is one. */
bool writer_renew(struct writer *writer);

#endif
