/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP conversations made from a fuzzer's input, as the records that both ends
 * of one or two connections would give, and what is true of them. The second
 * connection's client is the thread that serves the first.
 */
#ifndef WIRESPAN_CORRELATE_FUZZ_CONVERSATION_H
#define WIRESPAN_CORRELATE_FUZZ_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/test/record_builder.h"

#define LINES 2
#define ASKS_MAX 24
#define PIPE_MAX 4096

/* One request. Its number is in its path ("/r7") and in its response's status. */
struct ask {
	const char *method;
	uint64_t head_end, end; /* in its pipe: where its head and where it ends */
	uint64_t answer_end;    /* where its response ends in the other pipe; 0: not answered, or no end before the close */
	int status;             /* 0: not answered */
	uint64_t causes;        /* bits 1 << number: the requests that its client's thread was serving when it began */
	uint8_t line;
	bool upgrades;
	bool waits; /* for 100 (Continue) */
};

/* What one end sends: written to the kernel up to `sent`, read by the other end up to `read`. */
struct pipe {
	char text[PIPE_MAX];
	bool hidden[PIPE_MAX]; /* content that is not copied */
	uint64_t length, sent, read;
};

enum { UP, DOWN };

struct line {
	struct wire wire;
	struct pipe pipes[2];
	unsigned int asks[ASKS_MAX]; /* numbers */
	unsigned int asked, answered;
	bool pipelines;
	bool over;    /* a close-delimited response: nothing follows but the close */
	bool tunnel;
	bool closed;
};

struct conversation {
	struct tape tape;
	struct line lines[LINES];
	struct ask asks[ASKS_MAX];
	unsigned int count;  /* of asks; numbers begin with 0 */
	bool doubtful;       /* a body was refused: whether what comes before a close is a request can't be known */
	size_t loss_from;    /* records before it show who pipelines; the engine has to know it (pipeliners.h) */
};

/* Input: flags, then two bytes per step. */
void conversation_make(struct conversation *conversation, const uint8_t *data, size_t size);
void conversation_done(struct conversation *conversation);

#endif
