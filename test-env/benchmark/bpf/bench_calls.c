// SPDX-License-Identifier: Apache-2.0
/*
 * What a send, a receive and a call that touches no socket take. Both ends of a
 * loopback connection are this thread's: nothing is waited for or woken.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "test-env/benchmark/bpf/option.h"

#define HEAD_SIZE 256 /* of every message, with its empty line */
#define SIZE_MAX_BYTES 65536
#define BLOCKS_MAX 10000
#define GETPPID_CALLS 5000 /* per block */
#define WARM_TRIPS 200

static const char usage[] = "usage: bench_calls [OPTIONS] tcp|getppid\n"
			    "\n"
			    "Times calls in blocks, with a pause between them.\n"
			    "  tcp      writes and reads HTTP/1.1 requests and responses, both ends in one thread\n"
			    "  getppid  that system call\n"
			    "\n"
			    "  --size BYTES     of each request and response, 256 (head only) to 65536 (default 256)\n"
			    "  --blocks NUMBER  default 20\n"
			    "  --trips NUMBER   requests with their responses in a block (default 100)\n"
			    "  --pause MS       between blocks, for whoever drains records (default 10)\n"
			    "  --cpu NUMBER     to run on; default: any\n"
			    "  --settle MS      before the first of them (default 200)\n"
			    "\n"
			    "Wall time of sends and receives, CPU time of getppid. Prints one line of JSON:\n"
			    "{\"send\": [ns per call, of each block], \"receive\": [...], \"calls\": how many in all}\n"
			    "or {\"getppid\": [...]}.\n";

struct options {
	bool tcp;
	uint64_t size, blocks, trips, pause, cpu, settle;
};

struct message {
	char bytes[SIZE_MAX_BYTES];
	size_t size;
};

/* What a block's calls took. */
struct block {
	uint64_t send, receive; /* ns */
	uint64_t sends, receives;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A head of HEAD_SIZE bytes and a body up to `size`. */
static void message_init(struct message *message, const char *start_line, size_t size)
{
	int length = snprintf(message->bytes, HEAD_SIZE,
			      "%s\r\nHost: bench\r\nContent-Length: %zu\r\nX-Fill: ", start_line, size - HEAD_SIZE);

	memset(message->bytes + length, 'x', HEAD_SIZE - length - strlen("\r\n\r\n"));
	memcpy(message->bytes + HEAD_SIZE - strlen("\r\n\r\n"), "\r\n\r\n", strlen("\r\n\r\n"));
	memset(message->bytes + HEAD_SIZE, 'y', size - HEAD_SIZE);
	message->size = size;
}

/* A connection over loopback: [0] connected, [1] accepted. */
static void connection_open(int ret_ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	ret_ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0 ||
	    connect(ret_ends[0], (struct sockaddr *)&address, length) < 0)
		fail("connect");
	ret_ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (ret_ends[1] < 0)
		fail("accept");
	for (int i = 0; i < 2; i++)
		setsockopt(ret_ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	close(listener);
}

/* A message from one end to the other. */
static void pass(int from, int to, const struct message *message, struct block *block)
{
	static char received[SIZE_MAX_BYTES];
	uint64_t begin = clock_monotonic(), sent;

	if (write(from, message->bytes, message->size) != (ssize_t)message->size)
		fail("write");
	sent = clock_monotonic();
	block->sends++;
	block->send += sent - begin;
	for (size_t have = 0; have < message->size; block->receives++) {
		ssize_t got = read(to, received, message->size - have);

		if (got <= 0)
			fail("read");
		have += got;
	}
	block->receive += clock_monotonic() - sent;
}

static void trips(const int ends[2], const struct message messages[2], uint64_t count, struct block *block)
{
	for (uint64_t i = 0; i < count; i++) {
		pass(ends[0], ends[1], &messages[0], block);
		pass(ends[1], ends[0], &messages[1], block);
	}
}

static void print_series(const char *name, const double *values, uint64_t count)
{
	printf("\"%s\": [", name);
	for (uint64_t i = 0; i < count; i++)
		printf("%s%.1f", i ? ", " : "", values[i]);
	printf("]");
}

static void rest(uint64_t milliseconds)
{
	nanosleep(&(struct timespec){ .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * NSEC_PER_MSEC },
		  NULL);
}

static void bench_tcp(const struct options *options)
{
	static double sends[BLOCKS_MAX], receives[BLOCKS_MAX];
	static struct message messages[2];
	struct block total = { 0 };
	int ends[2];

	message_init(&messages[0], "POST /bench HTTP/1.1", options->size);
	message_init(&messages[1], "HTTP/1.1 200 OK", options->size);
	connection_open(ends);
	for (uint64_t i = 0; i < WARM_TRIPS; i += options->trips) {
		trips(ends, messages, options->trips, &total);
		rest(options->pause);
	}
	for (uint64_t i = 0; i < options->blocks; i++) {
		struct block block = { 0 };

		trips(ends, messages, options->trips, &block);
		sends[i] = (double)block.send / (double)block.sends;
		receives[i] = (double)block.receive / (double)block.receives;
		total.sends += block.sends;
		total.receives += block.receives;
		rest(options->pause);
	}
	printf("{");
	print_series("send", sends, options->blocks);
	printf(", ");
	print_series("receive", receives, options->blocks);
	printf(", \"calls\": %" PRIu64 "}\n", total.sends + total.receives);
}

/* CPU time: too dear to ask for around a single call, but blind to what others do meanwhile. */
static uint64_t thread_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static void bench_getppid(const struct options *options)
{
	static double calls[BLOCKS_MAX];

	for (uint64_t i = 0; i < options->blocks; i++) {
		uint64_t begin = thread_time();

		for (int call = 0; call < GETPPID_CALLS; call++)
			syscall(SYS_getppid);
		calls[i] = (double)(thread_time() - begin) / GETPPID_CALLS;
	}
	printf("{");
	print_series("getppid", calls, options->blocks);
	printf("}\n");
}

static bool options_parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' },         { "size", required_argument, NULL, 's' },
		{ "blocks", required_argument, NULL, 'b' }, { "trips", required_argument, NULL, 't' },
		{ "pause", required_argument, NULL, 'p' },  { "cpu", required_argument, NULL, 'c' },
		{ "settle", required_argument, NULL, 'w' }, { NULL, 0, NULL, 0 },
	};
	bool good = true;
	int option;

	while (good && (option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		good = (option == 's' && option_number(optarg, HEAD_SIZE, SIZE_MAX_BYTES, &options->size)) ||
		       (option == 'b' && option_number(optarg, 1, BLOCKS_MAX, &options->blocks)) ||
		       (option == 't' && option_number(optarg, 1, UINT32_MAX, &options->trips)) ||
		       (option == 'p' && option_number(optarg, 0, 60000, &options->pause)) ||
		       (option == 'c' && option_number(optarg, 0, CPU_SETSIZE - 1, &options->cpu)) ||
		       (option == 'w' && option_number(optarg, 0, 60000, &options->settle));
	}
	if (!good || optind != argc - 1)
		return false;
	options->tcp = strcmp(argv[optind], "tcp") == 0;
	return options->tcp || strcmp(argv[optind], "getppid") == 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.size = HEAD_SIZE, .blocks = 20, .trips = 100, .pause = 10, .cpu = CPU_SETSIZE, .settle = 200
	};
	cpu_set_t cpus;

	if (!options_parse(argc, argv, &options)) {
		fputs(usage, stderr);
		return 2;
	}
	if (options.cpu < CPU_SETSIZE) {
		CPU_ZERO(&cpus);
		CPU_SET(options.cpu, &cpus);
		if (sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
			fail("sched_setaffinity");
	}
	/*
	 * Until an agent has judged this process, it has to keep what it sees of its sockets; those of a service are
	 * opened long after that.
	 */
	rest(options.settle);
	if (options.tcp)
		bench_tcp(&options);
	else
		bench_getppid(&options);
	return 0;
}
