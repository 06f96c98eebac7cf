/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts what sockets do, as the records that the kernel would make: both ends
 * of a connection, positions, turns and times by themselves. A tape holds the records;
 * a test plays it, whole or with records left out or moved.
 */
#ifndef WIRESPAN_CORRELATE_TEST_RECORD_BUILDER_H
#define WIRESPAN_CORRELATE_TEST_RECORD_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "bpf/record.h"
#include "correlate/engine.h"

#define TAPE_MAX 4096
#define TAPE_START UINT64_C(1000000000)
#define TAPE_STEP UINT64_C(10000) /* ns from record to record */

struct tape {
	struct record_header *records[TAPE_MAX];
	size_t count;
	uint64_t time; /* of the last record */
};

void tape_init(struct tape *tape);
void tape_done(struct tape *tape);

/* One end of a connection. */
struct wire_end {
	struct record_connection connection;
	uint64_t position[2]; /* by enum record_direction: of the next byte */
	bool began[2];
	int last;             /* direction of the last record, -1 none */
	uint32_t tgid, tid;   /* who makes the calls */
	uint16_t flags;       /* added to every data record */
};

struct wire {
	struct wire_end client, server;
};

/* Ends with cookies 2 * number and 2 * number + 1, mirrored addresses, positions of their own; processes 100 and 200. */
void wire_init(struct wire *wire, unsigned int number);

/* A call that moved bytes, of which all is copied. */
struct record_data *tape_send(struct tape *tape, struct wire_end *end, const char *text);
struct record_data *tape_receive(struct tape *tape, struct wire_end *end, const char *text);
/* A call that moved `length` bytes, of which the first `copied` and the last `tail` are copied. */
struct record_data *tape_move(struct tape *tape, struct wire_end *end, enum record_direction direction,
			      const char *bytes, uint32_t length, uint32_t copied, uint32_t tail);
struct record_state *tape_state(struct tape *tape, const struct wire_end *end, uint16_t flags, int error);
/* Its connection is older than the agent. */
void tape_socket(struct tape *tape, const struct wire_end *end);
/* It is not read: it speaks that. */
struct record_ignored *tape_ignored(struct tape *tape, const struct wire_end *end, enum recognised recognised);
void tape_process(struct tape *tape, uint32_t pid, const char *executable);
void tape_fork(struct tape *tape, uint32_t parent, uint32_t child);
void tape_exit(struct tape *tape, uint32_t pid);
/* The wall clock is so much ahead of the monotonic one. */
void tape_clock(struct tape *tape, uint64_t ahead);
/* Time passes. */
void tape_wait(struct tape *tape, uint64_t ns);

/* A request and its response, as both ends see them. */
void tape_request(struct tape *tape, struct wire *wire, const char *request);
void tape_response(struct tape *tape, struct wire *wire, const char *response);

/* Gives every record but those that are NULL to the engine; advances its time with them, and by a second at the end. */
void tape_play(const struct tape *tape, struct engine *engine);

/* A sink that keeps clones. */
struct span_list {
	struct span *spans[TAPE_MAX];
	size_t count;
};
struct span_sink span_list_sink(struct span_list *list);
void span_list_done(struct span_list *list);
/* The only span of that kind whose path is `path` (server: url.path; client: url.full ends with it); NULL where none. */
const struct span *span_list_find(const struct span_list *list, enum span_kind kind, const char *path);

#endif
