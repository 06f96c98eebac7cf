// SPDX-License-Identifier: Apache-2.0
/* What the agent is measured against: its hooks with other programs. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/clock.h"
#include "bpf/config.h"
#include "bpf/record.h"
#include "test-env/benchmark/bpf/hooks.h"
#include "test-env/benchmark/bpf/option.h"

#include "bpf/hooks.skel.h"

#define DRAIN_INTERVAL (2 * NSEC_PER_MSEC) /* as the agent's */
#define SECTION_PREFIX "tp_btf/"

static const char usage[] =
	"usage: bench_hooks [OPTIONS] empty|submit|copy\n"
	"\n"
	"Attaches to what the agent attaches to, until SIGINT or SIGTERM. Needs root.\n"
	"  empty   programs that do nothing\n"
	"  submit  sends and receives look the socket up and submit a record (drained every 2 ms)\n"
	"  copy    the same, and the record holds time, thread and the bytes that were moved\n"
	"\n"
	"  --hooks socket|syscall  the sockets' own tracepoints (default) or the system calls'\n"
	"  --record BYTES          size of a record (default 384)\n"
	"  --ring-size BYTES       of the buffer (default 4194304): a power of two\n"
	"\n"
	"Says \"bench_hooks: ready\" on standard error once attached; at its end how many records came, and how\n"
	"many found no room: \"bench_hooks: records NUMBER\", \"bench_hooks: lost NUMBER\".\n";

enum load { LOAD_ALWAYS, LOAD_EMPTY, LOAD_RECORDS };
enum way { WAY_BOTH, WAY_SOCKET, WAY_SYSCALL };

struct choice {
	const char *program;
	enum load load;
	enum way way;
};

/* A program that isn't among these is attached in any case. */
static const struct choice choices[] = {
	{ "empty_received", LOAD_EMPTY, WAY_SOCKET },      { "empty_sent", LOAD_EMPTY, WAY_SOCKET },
	{ "empty_send_begins", LOAD_ALWAYS, WAY_SOCKET },  { "empty_spliced", LOAD_ALWAYS, WAY_SOCKET },
	{ "empty_call_begins", LOAD_ALWAYS, WAY_SYSCALL }, { "empty_call_ends", LOAD_EMPTY, WAY_SYSCALL },
	{ "submit_received", LOAD_RECORDS, WAY_SOCKET },   { "submit_sent", LOAD_RECORDS, WAY_SOCKET },
	{ "submit_call_ended", LOAD_RECORDS, WAY_SYSCALL },
};

struct options {
	enum load load;
	enum way way;
	struct hooks_config hooks;
	uint32_t ring_size;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static bool option_way(const char *text, enum way *ret_way)
{
	*ret_way = strcmp(text, "socket") == 0 ? WAY_SOCKET : WAY_SYSCALL;
	return *ret_way == WAY_SOCKET || strcmp(text, "syscall") == 0;
}

static bool option_mode(const char *text, struct options *options)
{
	options->load = strcmp(text, "empty") == 0 ? LOAD_EMPTY : LOAD_RECORDS;
	options->hooks.copies = strcmp(text, "copy") == 0;
	return options->load == LOAD_EMPTY || options->hooks.copies || strcmp(text, "submit") == 0;
}

static bool options_parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "hooks", required_argument, NULL, 'k' },
		{ "record", required_argument, NULL, 'r' },
		{ "ring-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t record = options->hooks.record_size, ring = options->ring_size;
	bool good = true;
	int option;

	while (good && (option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		good = (option == 'k' && option_way(optarg, &options->way)) ||
		       (option == 'r' &&
			option_number(optarg, sizeof(struct record_data) + sizeof(struct record_fragment),
				      HOOKS_RECORD_MAX, &record)) ||
		       (option == 's' && option_number(optarg, 4096, 1u << 30, &ring));
	}
	options->hooks.record_size = (uint32_t)record;
	options->ring_size = (uint32_t)ring;
	return good && optind == argc - 1 && option_mode(argv[optind], options);
}

static bool program_wanted(const struct bpf_program *program, const struct options *options)
{
	const char *hook = bpf_program__section_name(program) + strlen(SECTION_PREFIX);

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(bpf_program__name(program), choices[i].program) != 0)
			continue;
		if ((choices[i].load != LOAD_ALWAYS && choices[i].load != options->load) ||
		    choices[i].way != options->way)
			return false;
	}
	/* What a kernel lacks, the agent leaves out, too. */
	return libbpf_find_vmlinux_btf_id(hook, BPF_TRACE_RAW_TP) > 0;
}

static int hooks_load(struct hooks_bpf *skeleton, const struct options *options)
{
	struct bpf_program *program;
	int error = bpf_map__set_max_entries(skeleton->maps.ring, options->ring_size);

	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, program_wanted(program, options));
	bpf_map__set_autocreate(skeleton->maps.sockets, options->way == WAY_SOCKET);
	skeleton->rodata->hooks = options->hooks;
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.scratches, libbpf_num_possible_cpus());
	if (!error)
		error = hooks_bpf__load(skeleton);
	return error ? error : hooks_bpf__attach(skeleton);
}

static int count_record(void *context, void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(uint64_t *)context;
	return 0;
}

static int hooks_run(const struct hooks_bpf *skeleton)
{
	uint64_t records = 0;
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(skeleton->maps.ring), count_record, &records, NULL);

	if (!ring)
		return -errno;
	fputs("bench_hooks: ready\n", stderr);
	while (!stop) {
		nanosleep(&(struct timespec){ .tv_nsec = DRAIN_INTERVAL }, NULL);
		(void)ring_buffer__consume(ring); /* fails only where its callback does */
	}
	fprintf(stderr, "bench_hooks: records %" PRIu64 "\nbench_hooks: lost %" PRIu64 "\n", records,
		(uint64_t)skeleton->bss->lost);
	ring_buffer__free(ring);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { .way = WAY_SOCKET, .hooks.record_size = 384, .ring_size = RING_SIZE_DEFAULT };
	struct sigaction action = { .sa_handler = on_signal };
	struct hooks_bpf *skeleton;
	int error;

	if (!options_parse(argc, argv, &options)) {
		fputs(usage, stderr);
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	skeleton = hooks_bpf__open();
	error = skeleton ? hooks_load(skeleton, &options) : -errno;
	if (!error)
		error = hooks_run(skeleton);
	if (error)
		fprintf(stderr, "bench_hooks: %s\n", strerror(-error));
	hooks_bpf__destroy(skeleton);
	return error ? 1 : 0;
}
