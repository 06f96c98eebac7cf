/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to a file descriptor that may block for long (a pipe nobody reads):
 * another thread can end the waiting. The descriptor's own flags are left
 * alone, others may share them. SIGPIPE must be blocked or ignored.
 */
#ifndef WIRESPAN_OTLP_WRITER_H
#define WIRESPAN_OTLP_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct writer {
	int fd;
	int cancel_fd;
	int timeout_ms; /* for one wait; -1 (after init): none. The owner may set it */
	bool waits; /* neither a regular file nor a block device */
};

/* `fd` stays the caller's. 0 or negative errno. */
int writer_init(struct writer *writer, int fd);
void writer_done(struct writer *writer);
/* Writes all. 0; -ECANCELED after writer_cancel (part may be written); -ETIMEDOUT; else negative errno. */
int writer_write(struct writer *writer, struct slice data);
/* From any thread; for good. */
void writer_cancel(struct writer *writer);

#endif
