// SPDX-License-Identifier: Apache-2.0
/*
 * Connections as the engine is told of them, made up by the input: commands and replies, whole, in pieces, with holes,
 * with garbage, with records lost, older than the agent or not. Of no argument anything comes out, and nothing answers
 * more than was asked.
 */
#include <stdlib.h>

#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARK "s3cr3t"
#define RECORDS_MAX 400 /* two of them a step */

static const char *const commands[] = {
	"*2\r\n$3\r\nGET\r\n$6\r\n" MARK "\r\n",
	"*3\r\n$3\r\nSET\r\n$6\r\n" MARK "\r\n$6\r\n" MARK "\r\n*1\r\n$4\r\nPING\r\n",
	"INCR " MARK "\r\n",
	"*2\r\n$4\r\nAUTH\r\n$6\r\n" MARK "\r\n",
	"*3\r\n$9\r\nSUBSCRIBE\r\n$6\r\n" MARK "\r\n$1\r\na\r\n",
	"UNSUBSCRIBE\r\n",
	"UNSUBSCRIBE a " MARK "\r\n",
	"PSUBSCRIBE a\r\n",
	"SSUBSCRIBE a\r\n",
	"SUNSUBSCRIBE\r\n",
	"MULTI\r\n",
	"EXEC\r\n",
	"DISCARD\r\n",
	"SELECT 3\r\n",
	"HELLO 3 AUTH a " MARK "\r\n",
	"INFO\r\n",
	"CLIENT REPLY OFF\r\n",
	"CLIENT REPLY SKIP\r\n",
	"CLIENT REPLY ON\r\n",
	"MONITOR\r\n",
	"RESET\r\n",
	"SHUTDOWN\r\n",
	"PSYNC ? -1\r\n",
	"SYNC\r\n",
	"REPLCONF ACK 1\r\n",
	"SCRIPT DEBUG YES\r\n",
	"BLPOP a 0\r\n",
	MARK "\r\n",
	"\r\n",
	"*0\r\n",
	"*2\r\n$3\r\nGE",
	"T\r\n$6\r\n" MARK "\r\n",
};

static const char *const replies[] = {
	"+OK\r\n",
	"$6\r\n" MARK "\r\n",
	":1\r\n",
	"-ERR no " MARK "\r\n",
	"-NOPERM " MARK "\r\n",
	"+QUEUED\r\n",
	"*2\r\n$1\r\na\r\n-WRONGTYPE " MARK "\r\n",
	"*3\r\n$9\r\nsubscribe\r\n$6\r\n" MARK "\r\n:1\r\n",
	"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n",
	"*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n",
	"*3\r\n$11\r\nunsubscribe\r\n$6\r\n" MARK "\r\n:0\r\n",
	"*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$6\r\n" MARK "\r\n",
	">3\r\n$10\r\npsubscribe\r\n$1\r\na\r\n:1\r\n",
	">3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n",
	">3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0\r\n",
	"%2\r\n+server\r\n+valkey\r\n+proto\r\n:3\r\n",
	"+1339518083.107412 [0 1.2.3.4:5] \"get\" \"" MARK "\"\r\n",
	"+RESET\r\n",
	"+FULLRESYNC 8de1787ba490483314a4d30f1c628bc5025eb761 0\r\n",
	"_\r\n",
	"|1\r\n+a\r\n:1\r\n",
	"$20\r\n0123",
	"4567890123456789\r\n",
	"HTTP/1.1 400\r\n",
};

struct input {
	const uint8_t *data;
	size_t size, at;
};

static uint8_t next(struct input *input)
{
	return input->at < input->size ? input->data[input->at++] : 0;
}

static bool shows(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (slice_starts_with(slice_from(text, i), SLICE_LITERAL(MARK)))
			return true;
	return false;
}

static void accept_span(void *context, const struct span *span)
{
	size_t *count = context;

	++*count;
	if (shows(span->name) || shows(span->error_type) || span->end < span->start)
		abort();
	for (size_t i = 0; i < span->attribute_count; i++)
		if (span->attributes[i].type == ATTRIBUTE_STRING && shows(span->attributes[i].string))
			abort();
}

/* A call at both ends, of which perhaps a part in the middle is not copied, or one record is lost. */
static void move(struct tape *tape, struct wire *wire, enum record_direction client, const char *text, uint8_t how)
{
	uint32_t length = (uint32_t)strlen(text), copied = length, tail = 0;

	if (how & 1 && length > 4) {
		copied = length / 2;
		tail = how & 2 ? 2 : 0;
	}
	tape_move(tape, &wire->client, client, text, length, copied, tail);
	tape_move(tape, &wire->server, !client, text, length, length, 0);
	for (size_t i = 1; i <= 2; i++) {
		struct record_data *record = (struct record_data *)tape->records[tape->count - i];

		record->recognised = RECOGNISED_REDIS;
		if (how & 4 && (how >> 3 & 1) == i - 1) {
			free(record);
			tape->records[tape->count - i] = NULL;
		}
	}
}

static void step(struct tape *tape, struct wire *wire, struct input *input)
{
	uint8_t what = next(input), how = next(input);

	/* Seldom anything but whole. */
	how = how < 200 ? 0 : how;
	if (what < 96)
		move(tape, wire, RECORD_SEND, commands[what % (sizeof(commands) / sizeof(commands[0]))], how);
	else if (what < 232)
		move(tape, wire, RECORD_RECEIVE, replies[what % (sizeof(replies) / sizeof(replies[0]))], how);
	else if (what < 248)
		tape_wait(tape, (uint64_t)(what - 231) * 50 * NSEC_PER_MSEC);
	else
		tape_state(tape, what & 1 ? &wire->client : &wire->server,
			   what & 2 ? RECORD_STATE_CLOSED | RECORD_STATE_GONE : RECORD_STATE_PEER_CLOSED, 0);
}

static void join_late(struct tape *tape, struct wire *wire, bool quiet)
{
	tape_socket(tape, &wire->client);
	tape_socket(tape, &wire->server);
	if (quiet) {
		tape->records[0]->flags |= RECORD_SOCKET_QUIET_RECEIVED;
		tape->records[1]->flags |= RECORD_SOCKET_QUIET_SENT;
	}
	wire->client.flags = wire->server.flags = RECORD_DATA_LATE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { .data = data, .size = size };
	size_t spans = 0;
	struct engine_options options = { .seed = 1, .sink = { accept_span, &spans }, .request_timeout = NSEC_PER_SEC };
	struct engine *engine = engine_new(&options);
	static struct tape tape;
	struct wire wire;
	uint8_t option = next(&input);

	if (!engine)
		abort();
	tape_init(&tape);
	wire_init(&wire, 1);
	if (option & 1)
		join_late(&tape, &wire, option & 2);
	while (input.at < input.size && tape.count < RECORDS_MAX)
		step(&tape, &wire, &input);
	tape_play(&tape, engine);
	engine_free(engine);
	tape_done(&tape);
	/* A command that arrives has at least three bytes; a record here holds two at most. */
	if (spans > 2 * tape.count + 2 * RECORDS_MAX)
		abort();
	return 0;
}
