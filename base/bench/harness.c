// SPDX-License-Identifier: Apache-2.0
#include "base/bench/harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define BLOCKS 15
#define BLOCKS_QUICK 5
#define BLOCK_TIME (10 * NSEC_PER_MSEC)

/* The link options of this library lead every call of the program's own here. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static uint64_t allocations;

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocations++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	allocations++;
	return __real_realloc(memory, size);
}

/* CPU time: what others do meanwhile counts less. */
static uint64_t thread_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static uint64_t run_block(const struct bench_case *bench_case, uint64_t steps)
{
	uint64_t begin = thread_time();

	for (uint64_t i = 0; i < steps; i++)
		bench_case->step(bench_case->context);
	return thread_time() - begin;
}

/* How many steps take that time; what is measured later is warm by then. */
static uint64_t steps_for(const struct bench_case *bench_case, uint64_t time)
{
	uint64_t steps = 1;

	while (run_block(bench_case, steps) < time)
		steps *= 2;
	return steps;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

void bench_run(const struct bench_options *options, const struct bench_case *bench_case)
{
	uint64_t steps = options->block_time ? steps_for(bench_case, options->block_time) : 1;
	double times[BENCH_BLOCKS_MAX], items = (double)(steps * bench_case->items);
	uint64_t allocations_before = allocations;

	for (unsigned int i = 0; i < options->blocks; i++)
		times[i] = (double)run_block(bench_case, steps) / items;
	qsort(times, options->blocks, sizeof(times[0]), compare);
	printf("{\"name\": \"%s\", \"ns\": %.1f, \"low\": %.1f, \"high\": %.1f, ", bench_case->name,
	       times[options->blocks / 2], times[0], times[options->blocks - 1]);
	if (bench_case->bytes)
		printf("\"bytes\": %.1f, ", (double)bench_case->bytes / (double)bench_case->items);
	printf("\"allocations\": %.3f}\n", (double)(allocations - allocations_before) / items / options->blocks);
	fflush(stdout);
}

int bench_options_parse(int argc, char **argv, const char *usage, struct bench_options *ret_options)
{
	int index = 1;

	*ret_options = (struct bench_options){ .blocks = BLOCKS, .block_time = BLOCK_TIME };
	for (; index < argc && strncmp(argv[index], "--", 2) == 0; index++) {
		if (strcmp(argv[index], "--quick") == 0) {
			ret_options->blocks = BLOCKS_QUICK;
		} else if (strcmp(argv[index], "--smoke") == 0) {
			*ret_options = (struct bench_options){ .blocks = 1 };
		} else {
			bool help = strcmp(argv[index], "--help") == 0;

			fprintf(help ? stdout : stderr, "usage: %s [--quick | --smoke]%s\n", argv[0], usage);
			return help ? argc + 1 : -EINVAL;
		}
	}
	return index;
}

int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count)
{
	struct bench_options options;
	int index = bench_options_parse(argc, argv, "", &options);

	if (index < 0 || index < argc)
		return 2;
	for (size_t i = 0; i < count && index == argc; i++)
		bench_run(&options, &cases[i]);
	return 0;
}

void bench_require(bool works, const char *what)
{
	if (works)
		return;
	fprintf(stderr, "bench: %s does not work\n", what);
	exit(1);
}
