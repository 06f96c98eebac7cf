// SPDX-License-Identifier: Apache-2.0
/*
 * Random conversations with random losses against what really happened: each
 * request's path and its response's status carry the same number, and each call
 * to the back end is known to be caused by one request. Whatever is lost, and wherever the agent joins, no span may
 * pair a request with another's response, and no link may name another cause.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

#define SESSIONS 4
#define EXCHANGES_MAX 600
#define PIPELINE 3
#define ROUNDS 1000

enum step { STEP_REQUEST, STEP_CALL, STEP_CALL_ANSWER, STEP_ANSWER };

/* A client's connection to the front end, and the front end's own to the back end. */
struct session {
	struct wire wire, back;
	enum step step;
	bool pipelines;
	unsigned int asked[PIPELINE]; /* numbers of the requests sent, in order */
	unsigned int asked_count;
	unsigned int call; /* number of the call under way */
	bool has_pipelined;
};

struct world {
	struct tape tape;
	struct session sessions[SESSIONS];
	unsigned int exchanges;           /* numbers given */
	unsigned int cause[EXCHANGES_MAX]; /* of a call: the request; 0 none */
	size_t loss_from; /* losses come once every client that pipelines has been seen to (pipeliners.h) */
	unsigned int joined_at; /* the number of the last exchange before the agent came; 0: it was there before all */
	uint64_t seed, random;
};

static uint64_t draw(struct world *world)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return world->random;
}

static bool chance(struct world *world, unsigned int percent)
{
	return draw(world) >> 20 & 0xffff ? draw(world) % 100 < percent : false;
}

/* 204 and 304 have no body: their numbers are not given. */
static unsigned int next_number(struct world *world)
{
	unsigned int number = ++world->exchanges;

	if (number == 4 || number == 104)
		number = ++world->exchanges;
	return number;
}

static void render_request(struct world *world, unsigned int number, char *text, size_t size)
{
	static const char *const forms[] = {
		"GET /r%u HTTP/1.1\r\nHost: h\r\n\r\n",
		"POST /r%u HTTP/1.1\r\nHost: h\r\nContent-Length: 36\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n..",
		"POST /r%u HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n",
	};

	snprintf(text, size, forms[draw(world) % 3], number);
}

static void render_response(struct world *world, unsigned int number, char *text, size_t size)
{
	static const char *const forms[] = {
		"HTTP/1.1 %u X\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 %u X\r\nContent-Length: 41\r\n\r\nHTTP/1.1 999 Evil\r\nContent-Length: 0\r\n\r\n.",
		"HTTP/1.1 %u X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n",
	};

	snprintf(text, size, forms[draw(world) % 3], 200 + number);
}

/* Moves the text in one call or several. */
static void move(struct world *world, struct wire_end *end, enum record_direction direction, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	while (length) {
		uint32_t piece = chance(world, 70) ? length : 1 + (uint32_t)(draw(world) % length);

		tape_move(&world->tape, end, direction, text, piece, piece, 0);
		text += piece;
		length -= piece;
	}
}

static void step_request(struct world *world, struct session *session)
{
	char text[PIPELINE * 256] = "";
	unsigned int count = session->pipelines ? 1 + (unsigned int)(draw(world) % PIPELINE) : 1;

	if (session->pipelines && !session->has_pipelined)
		count = PIPELINE;
	session->has_pipelined = true;
	session->asked_count = 0;
	while (session->asked_count < count) {
		unsigned int number = next_number(world);

		session->asked[session->asked_count++] = number;
		render_request(world, number, text + strlen(text), sizeof(text) - strlen(text));
	}
	move(world, &session->wire.client, RECORD_SEND, text);
	move(world, &session->wire.server, RECORD_RECEIVE, text);
	session->step = session->pipelines || chance(world, 40) ? STEP_ANSWER : STEP_CALL;
}

static void step_call(struct world *world, struct session *session)
{
	char text[256];

	session->call = next_number(world);
	world->cause[session->call] = session->asked[0];
	render_request(world, session->call, text, sizeof(text));
	move(world, &session->back.client, RECORD_SEND, text);
	move(world, &session->back.server, RECORD_RECEIVE, text);
	session->step = STEP_CALL_ANSWER;
}

static void step_call_answer(struct world *world, struct session *session)
{
	char text[256];

	render_response(world, session->call, text, sizeof(text));
	move(world, &session->back.server, RECORD_SEND, text);
	move(world, &session->back.client, RECORD_RECEIVE, text);
	session->step = chance(world, 30) ? STEP_CALL : STEP_ANSWER;
}

/* Answers the first request; a client that pipelines may have sent another by then. */
static void step_answer(struct world *world, struct session *session)
{
	char text[256];

	render_response(world, session->asked[0], text, sizeof(text));
	move(world, &session->wire.server, RECORD_SEND, text);
	move(world, &session->wire.client, RECORD_RECEIVE, text);
	memmove(&session->asked[0], &session->asked[1], sizeof(session->asked[0]) * (PIPELINE - 1));
	session->asked_count--;
	if (session->asked_count && session->asked_count < PIPELINE && chance(world, 50)) {
		unsigned int number = next_number(world);

		session->asked[session->asked_count++] = number;
		render_request(world, number, text, sizeof(text));
		move(world, &session->wire.client, RECORD_SEND, text);
		move(world, &session->wire.server, RECORD_RECEIVE, text);
	}
	if (!session->asked_count)
		session->step = STEP_REQUEST;
}

static void world_step(struct world *world)
{
	struct session *session = &world->sessions[draw(world) % SESSIONS];

	switch (session->step) {
	case STEP_REQUEST:
		step_request(world, session);
		break;
	case STEP_CALL:
		step_call(world, session);
		break;
	case STEP_CALL_ANSWER:
		step_call_answer(world, session);
		break;
	default:
		step_answer(world, session);
	}
}

/* The agent comes now: what was before it has not seen. `quiet`: nothing is under way, for all that the socket says. */
static void join_end(struct world *world, struct wire_end *end, bool quiet)
{
	tape_socket(&world->tape, end);
	if (quiet)
		world->tape.records[world->tape.count - 1]->flags =
			end->connection.role == RECORD_ROLE_SERVER ? RECORD_SOCKET_QUIET_SENT :
								     RECORD_SOCKET_QUIET_RECEIVED;
	end->connection.role = RECORD_ROLE_UNKNOWN;
	end->flags = RECORD_DATA_LATE;
	end->last = -1;
}

/* Some sockets say that they are quiet though a request is being worked on: its bytes have long been read. */
static void join(struct world *world)
{
	tape_done(&world->tape);
	for (unsigned int i = 0; i < SESSIONS; i++) {
		struct session *session = &world->sessions[i];
		bool front = session->step == STEP_REQUEST || chance(world, 50);
		bool back = session->step != STEP_CALL_ANSWER || chance(world, 50);

		join_end(world, &session->wire.client, front);
		join_end(world, &session->wire.server, front);
		join_end(world, &session->back.client, back);
		join_end(world, &session->back.server, back);
	}
	world->joined_at = world->exchanges;
}

/* Sessions of one round: threads that serve one connection each, or an event loop that serves all. */
static void world_init(struct world *world, uint64_t seed, bool late)
{
	bool loop;

	memset(world, 0, sizeof(*world));
	world->seed = seed;
	world->random = seed * 0x9e3779b97f4a7c15u + 1;
	for (int i = 0; i < 8; i++)
		draw(world);
	loop = chance(world, 50);
	tape_init(&world->tape);
	for (unsigned int i = 0; i < SESSIONS; i++) {
		struct session *session = &world->sessions[i];

		wire_init(&session->wire, 2 * i + 1);
		wire_init(&session->back, 2 * i + 2);
		session->wire.server.tid = loop ? 200 : 200 + i;
		session->back.client.tgid = 200;
		session->back.client.tid = session->wire.server.tid;
		session->back.server.tgid = session->back.server.tid = 300;
		session->pipelines = !late && chance(world, 25);
		session->step = STEP_REQUEST;
		if (session->pipelines) {
			session->wire.client.tgid = session->wire.client.tid = 101;
			session->wire.server.connection.remote_address[3] = 9;
			step_request(world, session);
		}
	}
	if (late) {
		while (world->tape.count < 40)
			world_step(world);
		join(world);
	}
	world->loss_from = world->tape.count;
	while (world->tape.count < 300 && world->exchanges < EXCHANGES_MAX - 2 * PIPELINE)
		world_step(world);
}

/* Records of different threads change places. */
static void shuffle(struct world *world)
{
	struct record_header **records = world->tape.records;

	for (size_t i = world->loss_from; i + 1 < world->tape.count; i++) {
		struct record_header *moved = records[i];

		if (moved->tid == records[i + 1]->tid || !chance(world, 30))
			continue;
		records[i] = records[i + 1];
		records[i + 1] = moved;
	}
}

/* Plays with losses, which are noticed with the next drain. */
static unsigned int play_lossy(struct world *world, struct engine *engine, unsigned int percent)
{
	unsigned int lost = 0;
	bool noticed = true;

	for (size_t i = 0; i < world->tape.count; i++) {
		const struct record_header *record = world->tape.records[i];

		if (i >= world->loss_from && chance(world, percent)) {
			lost++;
			noticed = false;
		} else {
			assert_int_equal(engine_record(engine, record, record->size), 0);
		}
		if (i % 16 == 15) {
			if (!noticed)
				engine_note_loss(engine, record->time);
			noticed = true;
			engine_advance(engine, record->time);
		}
	}
	if (!noticed)
		engine_note_loss(engine, world->tape.time);
	engine_advance(engine, world->tape.time + NSEC_PER_SEC);
	engine_finish(engine);
	return lost;
}

static unsigned int number_of(const struct span *span)
{
	const struct attribute *url = span_attribute(span, span->kind == SPAN_KIND_SERVER ? "url.path" : "url.full");
	uint64_t number = 0;
	const char *at;

	assert_non_null(url);
	at = memrchr(url->string.data, '/', url->string.length);
	assert_non_null(at);
	if (at[1] != 'r')
		fail_msg("a body was taken for a request");
	assert_true(slice_to_u64(slice_from(url->string, (size_t)(at + 2 - url->string.data)), &number));
	return (unsigned int)number;
}

static const struct span *find_id(const struct span_list *spans, const uint8_t id[8])
{
	for (size_t i = 0; i < spans->count; i++)
		if (!memcmp(spans->spans[i]->span_id, id, 8))
			return spans->spans[i];
	return NULL;
}

static void check_span(const struct world *world, const struct span_list *spans, const struct span *span)
{
	unsigned int number = number_of(span);
	const struct attribute *status = span_attribute(span, "http.response.status_code");
	const struct span *parent = find_id(spans, span->parent_span_id);

	if (status && status->integer != 200 + number)
		fail_msg("seed %lu: request %u was paired with response %d", (unsigned long)world->seed, number,
			 (int)status->integer - 200);
	assert_true(span->start <= span->end);
	if (!parent)
		return;
	assert_memory_equal(parent->trace_id, span->trace_id, 16);
	if (span->kind == SPAN_KIND_SERVER && (parent->kind != SPAN_KIND_CLIENT || number_of(parent) != number))
		fail_msg("server %u was linked to %u", number, number_of(parent));
	if (span->kind == SPAN_KIND_CLIENT &&
	    (parent->kind != SPAN_KIND_SERVER || number_of(parent) != world->cause[number]))
		fail_msg("call %u was linked to %u instead of %u", number, number_of(parent), world->cause[number]);
}

/* What losses of `percent` leave over, in all rounds. */
struct totals {
	unsigned long spans, links, exchanges;
};

static void run_round(uint64_t seed, unsigned int percent, bool shuffled, bool late, struct totals *totals)
{
	static struct world world;
	static struct span_list spans;
	struct engine_options options = { .sink = span_list_sink(&spans), .seed = seed };
	struct engine *engine = engine_new(&options);
	unsigned int lost;

	assert_non_null(engine);
	world_init(&world, seed, late);
	if (shuffled)
		shuffle(&world);
	lost = play_lossy(&world, engine, percent);
	for (size_t i = 0; i < spans.count; i++) {
		check_span(&world, &spans, spans.spans[i]);
		totals->links += find_id(&spans, spans.spans[i]->parent_span_id) != NULL;
	}
	totals->spans += spans.count;
	totals->exchanges += 2 * (world.exchanges - world.joined_at);
	if (!lost && !late)
		for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
			if (loss != LOSS_OPEN_AT_EXIT && loss != LOSS_PARENT_UNKNOWN && engine_losses(engine)->count[loss])
				fail_msg("%s though no record was", loss_name(loss));
	engine_free(engine);
	span_list_done(&spans);
	tape_done(&world.tape);
}

static void nothing_wrong(unsigned int percent, bool shuffled, bool late, unsigned int least_spans)
{
	struct totals totals = { 0 };

	for (uint64_t seed = 1; seed <= ROUNDS; seed++)
		run_round(seed * 100 + percent, percent, shuffled, late, &totals);
	print_message("%u %% lost: %lu spans and %lu links of %lu ends\n", percent, totals.spans, totals.links,
		      totals.exchanges);
	assert_true(totals.spans * 100 >= totals.exchanges * least_spans);
}

static void no_loss(void **state)
{
	(void)state;
	nothing_wrong(0, false, false, 90);
}

static void no_loss_but_disorder(void **state)
{
	(void)state;
	nothing_wrong(0, true, false, 90);
}

static void few_losses(void **state)
{
	(void)state;
	nothing_wrong(2, false, false, 60);
}

static void many_losses(void **state)
{
	(void)state;
	nothing_wrong(10, true, false, 20);
}

static void most_lost(void **state)
{
	(void)state;
	nothing_wrong(40, true, false, 0);
}

static void joined_late(void **state)
{
	(void)state;
	nothing_wrong(0, false, true, 90);
}

static void joined_late_with_losses(void **state)
{
	(void)state;
	nothing_wrong(10, true, true, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_loss),
		cmocka_unit_test(no_loss_but_disorder),
		cmocka_unit_test(few_losses),
		cmocka_unit_test(many_losses),
		cmocka_unit_test(most_lost),
		cmocka_unit_test(joined_late),
		cmocka_unit_test(joined_late_with_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
