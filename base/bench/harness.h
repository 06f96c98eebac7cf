/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What micro-benchmarks share. Each case is repeated in blocks of at least some
 * milliseconds; its result is one line of JSON on standard output:
 *
 *   {"name": "http1/head/curl", "ns": 74.1, "low": 73.8, "high": 80.0, "bytes": 83, "allocations": 0.000}
 *
 * per item: the median block's CPU time and that of the quickest and the slowest,
 * bytes read or written, and how often this program (not the libraries it is
 * linked with at run time) asked for memory.
 */
#ifndef WIRESPAN_BASE_BENCH_HARNESS_H
#define WIRESPAN_BASE_BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_BLOCKS_MAX 31

struct bench_options {
	unsigned int blocks; /* 1 to BENCH_BLOCKS_MAX */
	uint64_t block_time; /* ns that a block is to take at least; 0: one step is a block */
};

struct bench_case {
	const char *name;
	void (*step)(void *context);
	void *context;
	size_t items; /* that a step works on, > 0 */
	size_t bytes; /* that a step reads or writes; 0: not told */
};

/*
 * Takes --quick (a third of the blocks), --smoke (each step once: does it work?) and --help. The
 * index of the first argument after them; > argc after help; -EINVAL for any other option. `usage`
 * is what follows the program's name.
 */
int bench_options_parse(int argc, char **argv, const char *usage, struct bench_options *ret_options);

void bench_run(const struct bench_options *options, const struct bench_case *bench_case);

/* main() of a program that takes no arguments of its own. Its exit status. */
int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count);

/* Ends the program where something did not work that always does: nothing would have been measured. */
void bench_require(bool works, const char *what);

/* Keeps the optimiser from leaving out what made `*result`. */
static inline void bench_keep(const void *result)
{
	__asm__ volatile("" : : "r"(result) : "memory");
}

#endif
