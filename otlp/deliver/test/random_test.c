// SPDX-License-Identifier: Apache-2.0
/*
 * Random answers, bounds, failures of memory and disk, damage, crashes and
 * restarts: whatever comes, every span ends in exactly one number, none is taken
 * twice, and those that are taken come in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "otlp/deliver/test/fake_collector.h"
#include "otlp/spool/format.h"
#include "otlp/spool/test/sample.h"

#define RUNS 150
#define STEPS 150

static struct fake_collector collector;
static uint64_t random_state;
static unsigned int memory_faults; /* one allocation in so many fails; 0: none */
static unsigned int disk_faults;

struct world {
	char directory[SAMPLE_PATH_MAX];
	bool spooling;
	struct otlp_config config;
	size_t queue_bytes, span_size;
	uint64_t spool_bytes;
	struct output *output;
	uint64_t given, found; /* by this output: to it, and by it on disk */
	uint64_t total, lost;  /* over all outputs: given, and lost by those that are gone */
	bool healthy;
};

static uint64_t dice(uint64_t sides)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (random_state >> 33) % sides;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
int __wrap_fsync(int fd);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned int flags);

void *__wrap_malloc(size_t size)
{
	return memory_faults && dice(memory_faults) == 0 ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return memory_faults && dice(memory_faults) == 0 ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return memory_faults && dice(memory_faults) == 0 ? NULL : __real_realloc(memory, size);
}

int __wrap_fsync(int fd)
{
	(void)fd;
	errno = EIO;
	return disk_faults && dice(disk_faults) == 0 ? -1 : 0;
}

/* The same each time, so that what fails once fails again. */
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned int flags)
{
	(void)flags;
	memset(bytes, (int)dice(256), length);
	return (ssize_t)length;
}

static const struct world *current;

static struct fake_answer answer_randomly(struct fake_collector *self, const struct transport_request *request)
{
	static const char *const causes[] = { "HTTP 503", "cannot connect", "time-out" };
	struct fake_answer answer = { .latency = dice(300) * NSEC_PER_MSEC, .cause = causes[dice(3)] };
	uint64_t kind = dice(100);

	(void)self;
	(void)request;
	if (current->healthy || kind < 40)
		return answer;
	if (kind < 45)
		answer.rejected = (int64_t)dice(5);
	else if (kind < 90)
		answer.verdict = TRANSPORT_RETRY;
	else if (kind < 95)
		answer.verdict = TRANSPORT_REFUSED;
	else
		answer.verdict = TRANSPORT_TOO_LARGE;
	if (dice(4) == 0)
		answer.retry_after = dice(20) * NSEC_PER_SEC;
	return answer;
}

static void open_output(struct world *world)
{
	unsigned int faults = memory_faults;

	for (;; memory_faults = 0) {
		struct delivery_options options = {
			.config = &world->config,
			.version = "1",
			.queue_bytes = world->queue_bytes,
			.clock = fake_clock,
			.warn = fake_warn,
			.context = &collector,
		};
		int result = 0;

		if (world->spooling)
			result = spool_open(world->directory, world->spool_bytes, &options.spool);
		if (result == 0) {
			unsigned int before = memory_faults;

			memory_faults = 0;
			options.transport = fake_transport_new(&collector);
			memory_faults = before;
			result = output_delivery_new(&options, &world->output);
		}
		if (result == 0)
			break;
		assert_int_equal(result, -ENOMEM);
	}
	memory_faults = faults;
	world->given = 0;
	/* What the spool dropped at once because the bound is another is counted already. */
	world->found = delivery_stats(world->output).spool_spans + fake_lost(world->output);
}

/* The heart: nothing is lost without a name, nothing counts twice. */
static void check_sum(const struct world *world)
{
	struct delivery_stats stats = delivery_stats(world->output);

	assert_int_equal(world->given + world->found,
			 stats.spans_delivered + fake_lost(world->output) + stats.queue_spans + stats.spool_spans);
}

static void give(struct world *world, uint64_t count)
{
	static struct resource resource = { .references = 1 };

	for (uint64_t i = 0; i < count && world->total < FAKE_SPANS_MAX; i++) {
		unsigned int faults = memory_faults;
		struct span span = { .resource = &resource, .start = world->total };
		struct span *clone;

		span.end = span.start + dice(world->span_size);
		memory_faults = 0;
		clone = span_clone(&span);
		memory_faults = faults;
		assert_int_equal(output_spans(world->output, &clone, 1, fake_clock()), 0);
		world->total++;
		world->given++;
	}
}

/* A bit of some file's body, not of the head: what is damaged can still be counted. */
static void damage(const struct world *world)
{
	DIR *entries = opendir(world->directory);
	unsigned int faults = memory_faults;
	const struct dirent *entry;

	memory_faults = 0;
	while ((entry = readdir(entries))) {
		uint64_t sequence;
		bool finished;
		size_t length;
		uint8_t *data;

		if (!spool_name_read(entry->d_name, &sequence, &finished) || dice(4))
			continue;
		data = sample_read(world->directory, entry->d_name, &length);
		if (length > SPOOL_HEAD_SIZE)
			data[SPOOL_HEAD_SIZE + dice(length - SPOOL_HEAD_SIZE)] ^= 1;
		sample_write(world->directory, entry->d_name, data, length);
		free(data);
		break;
	}
	closedir(entries);
	memory_faults = faults;
}

static void end_output(struct world *world, bool flush)
{
	struct delivery_stats stats;

	if (flush) {
		output_cancel(world->output);
		output_flush(world->output);
		assert_int_equal(delivery_stats(world->output).queue_spans, 0);
		check_sum(world);
	}
	stats = delivery_stats(world->output);
	world->lost += fake_lost(world->output) + stats.queue_spans;
	output_free(world->output);
}

static void step(struct world *world)
{
	uint64_t kind = dice(100);

	if (kind < 50)
		give(world, dice(60));
	else if (kind < 55)
		world->healthy = !world->healthy;
	else if (world->spooling && kind < 57)
		damage(world);
	else if (kind >= 98) {
		end_output(world, dice(2));
		open_output(world);
	}
	fake_run(world->output, dice(3000) * NSEC_PER_MSEC);
	check_sum(world);
}

static void begin(struct world *world, uint64_t seed)
{
	random_state = seed;
	fake_collector_init(&collector);
	collector.answer = answer_randomly;
	collector.size_limit = dice(2) ? 0 : 100 * 1000 + dice(100 * 1000);
	*world = (struct world){ .config = fake_config(), .spooling = dice(2) };
	world->config.signals[OTLP_TRACES].gzip = dice(2);
	world->config.batch_spans = 1 + dice(100);
	world->queue_bytes = 1000 + dice(300 * 1000);
	world->span_size = 1 + dice(8000);
	world->spool_bytes = dice(3) ? 64u << 20 : 40 * SPOOL_BLOCK + dice(4u << 20);
	current = world;
	sample_directory_make(world->directory);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct world world;

		begin(&world, seed);
		memory_faults = dice(2) ? 0 : 20 + (unsigned int)dice(400);
		disk_faults = dice(2) ? 0 : 2 + (unsigned int)dice(100);
		open_output(&world);
		for (int i = 0; i < STEPS; i++)
			step(&world);
		world.healthy = true;
		memory_faults = disk_faults = 0;
		fake_run(world.output, 30 * NSEC_PER_SEC);
		while (delivery_stats(world.output).spool_spans)
			fake_run(world.output, 30 * NSEC_PER_SEC);
		assert_int_equal(output_flush(world.output), 0);
		end_output(&world, true);
		assert_int_equal(world.total, collector.spans_taken + world.lost);
		for (uint64_t i = 0; i < world.total; i++)
			assert_true(collector.taken[i] <= 1);
		assert_false(collector.disordered);
		assert_false(collector.overlapped);
		sample_directory_remove(world.directory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
