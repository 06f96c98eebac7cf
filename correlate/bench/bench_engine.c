// SPDX-License-Identifier: Apache-2.0
/*
 * What the engine costs per exchange (a request and its response, at one end), from a recording that
 * is in memory by then, or from a conversation made up: alone, and with a copy of each span, which is
 * what the exporter is given.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/recording/reader.h"
#include "base/bench/harness.h"
#include "base/buffer.h"
#include "bpf/record.h"
#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

#define RECORDING_BYTES_MAX (2ul << 30)
#define SCRIPT_WIRES 16
#define SCRIPT_TURNS (TAPE_MAX / SCRIPT_WIRES / 4 - 1) /* an exchange is four records, and there are others */
#define SCRIPT_ADVANCE 200                             /* records between two drains */

/* Of a recording_item, with where its record stands among all. */
struct item {
	enum recording_item_kind kind;
	uint32_t size;
	size_t offset;
	uint64_t time;
};

struct recording {
	struct recording_header header;
	struct buffer items, records;
	uint64_t spans; /* of the replay under way */
};

static void count_span(void *context, const struct span *span)
{
	struct recording *recording = context;

	bench_keep(span);
	recording->spans++;
}

static void copy_span(void *context, const struct span *span)
{
	struct span *clone = span_clone(span);

	bench_require(clone, "span_clone");
	span_free(clone);
	count_span(context, span);
}

/* The wall clock, as `wirespan replay` tells it. */
static void tell_clock(struct engine *engine, const struct recording_header *header)
{
	const struct record_clock clock = {
		.header = { .kind = RECORD_CLOCK, .size = sizeof(clock), .time = header->monotonic },
		.wall = header->wall,
		.boottime = header->boottime,
	};

	engine_record(engine, &clock, sizeof(clock));
}

static void replay(struct recording *recording, void (*accept)(void *, const struct span *))
{
	const struct engine_options options = { .sink = { accept, recording }, .seed = 1, .infer_routes = true };
	const struct item *items = (const struct item *)recording->items.data;
	struct engine *engine = engine_new(&options);

	bench_require(engine, "engine_new");
	recording->spans = 0;
	tell_clock(engine, &recording->header);
	for (size_t i = 0; i < recording->items.length / sizeof(*items); i++) {
		const struct item *item = &items[i];

		if (item->kind == RECORDING_ITEM_RECORD)
			(void)engine_record(engine, recording->records.data + item->offset, item->size);
		else if (item->kind == RECORDING_ITEM_LOSS)
			engine_note_loss(engine, item->time);
		else
			engine_advance(engine, item->time);
	}
	engine_finish(engine);
	engine_free(engine);
}

/* Not inlined: callgrind counts between its begin and its end. */
static __attribute__((noinline)) void engine_step(void *context)
{
	replay(context, count_span);
}

static void copy_step(void *context)
{
	replay(context, copy_span);
}

static int recording_take(struct recording *recording, const struct recording_item *item)
{
	const struct item taken = { item->kind, (uint32_t)item->size, recording->records.length, item->time };
	int error = buffer_append(&recording->items, &taken, sizeof(taken));

	if (!error && item->kind == RECORDING_ITEM_RECORD)
		error = buffer_append(&recording->records, item->record, item->size);
	return error;
}

static int recording_read(struct recording *recording, const char *path)
{
	FILE *file = fopen(path, "re");
	struct recording_reader *reader = NULL;
	struct recording_item item;
	int result = file ? recording_reader_new(file, &reader) : -errno;

	if (!result)
		recording->header = *recording_reader_header(reader);
	while (!result && (result = recording_reader_next(reader, &item)) > 0)
		result = recording_take(recording, &item);
	recording_reader_free(reader);
	if (file)
		fclose(file);
	return result;
}

/* Requests and responses on some connections, both ends traced. */
static void script_play(struct tape *tape)
{
	struct wire wires[SCRIPT_WIRES];

	tape_init(tape);
	tape_process(tape, 100, "/usr/bin/wrk");
	tape_process(tape, 200, "/usr/sbin/nginx");
	for (unsigned int i = 0; i < SCRIPT_WIRES; i++)
		wire_init(&wires[i], i + 1);
	for (unsigned int i = 0; i < SCRIPT_TURNS * SCRIPT_WIRES; i++) {
		tape_request(tape, &wires[i % SCRIPT_WIRES], "GET /shop/cart HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
		tape_response(tape, &wires[i % SCRIPT_WIRES],
			      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
			      "Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok");
	}
}

static int recording_script(struct recording *recording)
{
	struct tape tape;
	int error = 0;

	script_play(&tape);
	recording->header.monotonic = recording->header.wall = TAPE_START;
	for (size_t i = 0; i < tape.count && !error; i++) {
		const struct record_header *record = tape.records[i];

		error = recording_take(recording,
				       &(struct recording_item){ RECORDING_ITEM_RECORD, record, record->size, 0 });
		if (!error && i % SCRIPT_ADVANCE == 0)
			error = recording_take(recording, &(struct recording_item){ .kind = RECORDING_ITEM_ADVANCE,
										    .time = record->time });
	}
	tape_done(&tape);
	return error;
}

static void bench(const struct bench_options *options, struct recording *recording)
{
	size_t records_size = recording->records.length;

	replay(recording, count_span);
	printf("{\"name\": \"recording\", \"exchanges\": %" PRIu64 ", \"items\": %zu, \"bytes\": %zu}\n",
	       recording->spans, recording->items.length / sizeof(struct item), records_size);
	bench_require(recording->spans > 0, "a recording without exchanges");
	bench_run(options,
		  &(struct bench_case){ "engine/exchange", engine_step, recording, recording->spans, records_size });
	bench_run(options, &(struct bench_case){ "engine/exchange_copied", copy_step, recording, recording->spans,
						 records_size });
}

int main(int argc, char **argv)
{
	struct recording recording = { 0 };
	struct bench_options options;
	int index = bench_options_parse(argc, argv, " [RECORDING]", &options);
	int error;

	if (index != argc && index != argc - 1)
		return index == argc + 1 ? 0 : 2;
	buffer_init(&recording.items, RECORDING_BYTES_MAX);
	buffer_init(&recording.records, RECORDING_BYTES_MAX);
	error = index < argc ? recording_read(&recording, argv[index]) : recording_script(&recording);
	if (error)
		fprintf(stderr, "bench_engine: %s: %s\n", index < argc ? argv[index] : "script", strerror(-error));
	else
		bench(&options, &recording);
	buffer_done(&recording.items);
	buffer_done(&recording.records);
	return error ? 1 : 0;
}
