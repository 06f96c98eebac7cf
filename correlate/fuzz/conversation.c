// SPDX-License-Identifier: Apache-2.0
#include "correlate/fuzz/conversation.h"

#include <errno.h>
#include <string.h>

#include "correlate/fuzz/conversation_messages.h"

#define STEPS_MAX 64 /* each of the many bytes costs a record, when they come one by one */

/* The numbers of the requests that the line's server has read the head of and not yet answered in full. */
static uint64_t served(const struct conversation *conversation, const struct line *line)
{
	uint64_t numbers = 0;

	for (unsigned int i = 0; i < line->asked; i++) {
		const struct ask *ask = &conversation->asks[line->asks[i]];
		bool answered = ask->answer_end && ask->answer_end <= line->pipes[DOWN].sent;

		if (ask->head_end <= line->pipes[UP].read && !answered && !line->closed)
			numbers |= UINT64_C(1) << line->asks[i];
	}
	return numbers;
}

/* Requests that begin within the bytes now written have what their thread serves as possible causes. */
static void note_causes(struct conversation *conversation, struct line *line, uint64_t from, uint64_t to)
{
	uint64_t begin = 0;

	if (line != &conversation->lines[1])
		return;
	for (unsigned int i = 0; i < line->asked; i++) {
		struct ask *ask = &conversation->asks[line->asks[i]];

		if (begin >= from && begin < to)
			ask->causes = served(conversation, &conversation->lines[0]);
		begin = ask->end;
	}
}

/* Bytes of the pipe that one record can tell of: at most one hidden run in between. */
static uint32_t describable(const struct pipe *pipe, uint64_t from, uint64_t to, uint32_t *ret_head, uint32_t *ret_tail)
{
	uint64_t at = from, hidden_end;

	while (at < to && !pipe->hidden[at])
		at++;
	*ret_head = (uint32_t)(at - from);
	while (at < to && pipe->hidden[at])
		at++;
	hidden_end = at;
	while (at < to && !pipe->hidden[at])
		at++;
	*ret_tail = (uint32_t)(at - hidden_end);
	return (uint32_t)(at - from);
}

static void move(struct conversation *conversation, struct line *line, int which, bool write, uint32_t limit)
{
	struct pipe *pipe = &line->pipes[which];
	bool at_client = (which == UP) == write;
	struct wire_end *end = at_client ? &line->wire.client : &line->wire.server;
	uint64_t *from = write ? &pipe->sent : &pipe->read;
	uint64_t to = write ? pipe->length : pipe->sent;
	uint32_t head, tail, length;

	if (limit && to - *from > limit)
		to = *from + limit;
	if (to == *from || line->closed)
		return;
	length = describable(pipe, *from, to, &head, &tail);
	if (which == UP && write)
		note_causes(conversation, line, *from, *from + length);
	tape_move(&conversation->tape, end, write ? RECORD_SEND : RECORD_RECEIVE, pipe->text + *from, length, head, tail);
	*from += length;
}

static void move_all(struct conversation *conversation, struct line *line, int which)
{
	struct pipe *pipe = &line->pipes[which];

	while (pipe->read < pipe->length && !line->closed) {
		move(conversation, line, which, true, 0);
		move(conversation, line, which, false, 0);
	}
}

/* A client that doesn't pipeline has read the last response in full and sent all of its own. */
static bool may_ask(const struct line *line)
{
	const struct pipe *up = &line->pipes[UP], *down = &line->pipes[DOWN];

	if (line->over || line->tunnel || line->closed || line->asked == ASKS_MAX)
		return false;
	return line->pipelines || (line->asked == line->answered && down->read == down->length && up->sent == up->length);
}

static struct ask *next_unanswered(struct conversation *conversation, struct line *line)
{
	if (line->over || line->tunnel || line->closed || line->answered == line->asked)
		return NULL;
	return &conversation->asks[line->asks[line->answered]];
}

static void step_request(struct conversation *conversation, struct line *line, unsigned int form)
{
	struct ask *ask = &conversation->asks[conversation->count];

	if (!may_ask(line) || conversation->count == ASKS_MAX || line->pipes[UP].length > PIPE_MAX - MESSAGE_MAX)
		return;
	/* What follows an upgrade would belong to the new protocol. */
	if (line->asked && conversation->asks[line->asks[line->asked - 1]].upgrades)
		return;
	/* A client that pipelines would have to wait, too. */
	if (line->pipelines && form % REQUEST_FORMS == REQUEST_WAITS)
		form = 0;
	ask->line = (uint8_t)(line - conversation->lines);
	message_request(&line->pipes[UP], ask, conversation->count, form);
	line->asks[line->asked++] = conversation->count++;
}

static void step_answer(struct conversation *conversation, struct line *line, unsigned int form)
{
	struct ask *ask = next_unanswered(conversation, line);

	if (!ask || ask->head_end > line->pipes[UP].read || line->pipes[DOWN].length > PIPE_MAX - MESSAGE_MAX)
		return;
	message_answer(&line->pipes[DOWN], ask, line->asks[line->answered++], form);
	/* Its client sends the body all the same, or never. */
	conversation->doubtful |= ask->waits;
	if (ask->waits && (form & 16))
		message_awaited_body(&line->pipes[UP], ask, form >> 6);
	ask->waits = false;
	line->over = ask->answer_end == 0;
	line->tunnel = ask->status == 101;
	if (line->tunnel)
		message_tunnel(&line->pipes[DOWN]);
}

static void step_interim(struct conversation *conversation, struct line *line, unsigned int form)
{
	struct ask *ask = next_unanswered(conversation, line);

	if (!ask || ask->head_end > line->pipes[UP].read || line->pipes[DOWN].length > PIPE_MAX - MESSAGE_MAX)
		return;
	message_interim(&line->pipes[DOWN], form);
	if (!ask->waits || !(form & 1))
		return;
	move_all(conversation, line, DOWN);
	message_awaited_body(&line->pipes[UP], ask, form >> 1);
}

static void tell_state(struct conversation *conversation, struct line *line, bool client, uint16_t flags, int error)
{
	struct record_state *record = tape_state(&conversation->tape, client ? &line->wire.client : &line->wire.server,
						 flags, error);
	const struct pipe *in = &line->pipes[client ? DOWN : UP];

	record->receive_end += in->sent - in->read;
}

/* Who was reset has the socket still, perhaps, and reads what had come; or the server fails to send. */
static void step_reset(struct conversation *conversation, struct line *line, unsigned int how)
{
	bool client_first = how & 1;
	uint16_t held = how & 8 ? RECORD_STATE_HELD : 0;

	tell_state(conversation, line, client_first, RECORD_STATE_GONE | RECORD_STATE_RESET | held, 0);
	tell_state(conversation, line, !client_first, RECORD_STATE_GONE | RECORD_STATE_RESET | held, ECONNRESET);
	if (!held)
		return;
	if (how & 4)
		move(conversation, line, client_first ? UP : DOWN, false, 0);
	if (how & 16)
		tell_state(conversation, line, false, RECORD_STATE_REFUSED, ECONNRESET);
	tell_state(conversation, line, client_first, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
	tell_state(conversation, line, !client_first, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
}

/* In order, the server first or the client; or by a reset. */
static void step_close(struct conversation *conversation, struct line *line, unsigned int how)
{
	bool client_first = how & 1;

	if (line->closed)
		return;
	if (how & 2) {
		step_reset(conversation, line, how);
	} else {
		if (how & 4)
			move_all(conversation, line, DOWN);
		tell_state(conversation, line, client_first, RECORD_STATE_CLOSED, 0);
		tell_state(conversation, line, !client_first, RECORD_STATE_PEER_CLOSED, 0);
		tell_state(conversation, line, !client_first, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
		tell_state(conversation, line, client_first, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	}
	line->closed = true;
}

static void step(struct conversation *conversation, unsigned int what, unsigned int how)
{
	struct line *line = &conversation->lines[what >> 3 & 1];

	switch (what & 7) {
	case 0:
		step_request(conversation, line, how);
		break;
	case 1:
		step_answer(conversation, line, how);
		break;
	case 2:
		step_interim(conversation, line, how);
		break;
	case 3:
		if ((how & 0xe0) == 0xe0)
			step_close(conversation, line, how);
		break;
	default:
		move(conversation, line, what >> 1 & 1, what & 1, how);
	}
	if (what & 16)
		move_all(conversation, line, what >> 5 & 1);
}

/* Three requests at once: both ends are seen to pipeline. */
static void show_pipelining(struct conversation *conversation, struct line *line)
{
	for (unsigned int i = 0; i < 3; i++)
		step_request(conversation, line, 0);
	move(conversation, line, UP, true, 0);
	move(conversation, line, UP, false, 0);
	for (unsigned int i = 0; i < 3; i++)
		step_answer(conversation, line, 0);
	move_all(conversation, line, DOWN);
}

void conversation_make(struct conversation *conversation, const uint8_t *data, size_t size)
{
	unsigned int flags = size ? data[0] : 0;

	memset(conversation, 0, sizeof(*conversation));
	tape_init(&conversation->tape);
	for (unsigned int i = 0; i < LINES; i++) {
		struct line *line = &conversation->lines[i];

		wire_init(&line->wire, i + 1);
		line->wire.client.connection.local_address[3] = line->wire.server.connection.remote_address[3] = (uint8_t)(10 + i);
		line->pipelines = flags >> i & 1;
		if (flags & 4)
			line->wire.client.connection.role = line->wire.server.connection.role = RECORD_ROLE_UNKNOWN;
	}
	conversation->lines[1].wire.client.tgid = conversation->lines[1].wire.client.tid = 200;
	conversation->lines[1].wire.server.tgid = conversation->lines[1].wire.server.tid = 300;
	for (unsigned int i = 0; i < LINES; i++)
		if (conversation->lines[i].pipelines)
			show_pipelining(conversation, &conversation->lines[i]);
	conversation->loss_from = conversation->tape.count;
	for (size_t i = 1; i + 1 < size && i < 2 * STEPS_MAX; i += 2)
		step(conversation, data[i], data[i + 1]);
}

void conversation_done(struct conversation *conversation)
{
	tape_done(&conversation->tape);
}
