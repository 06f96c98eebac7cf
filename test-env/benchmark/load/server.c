// SPDX-License-Identifier: Apache-2.0
/*
 * bench_server PORT MICROSECONDS [PROCESSES]: answers each request so much later, as if it had waited for a
 * database. More processes take more connections than one may have descriptors.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "test-env/benchmark/load/serve.h"

#define PROCESSES_MAX 64

/* Requests at work, the oldest first: all of them take the same time. A connection has one at a time. */
struct work {
	uint64_t delay; /* ns */
	uint64_t first, next;
	struct {
		uint64_t due;
		uint64_t connection;
	} requests[SERVE_CONNECTIONS_MAX];
};

static const struct slice response = SLICE_LITERAL("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
						   "Content-Length: 5\r\n\r\ndone\n");

static void work_begin(void *context, uint64_t connection, struct slice head, struct slice body)
{
	struct work *work = context;
	size_t place = work->next % SERVE_CONNECTIONS_MAX;

	(void)head;
	(void)body;
	if (work->delay == 0 || work->next - work->first == SERVE_CONNECTIONS_MAX) {
		serve_answer(connection, response);
		return;
	}
	work->requests[place].due = clock_monotonic() + work->delay;
	work->requests[place].connection = connection;
	work->next++;
}

static int64_t work_end(void *context)
{
	struct work *work = context;
	uint64_t now;

	while (work->first != work->next) {
		size_t place = work->first % SERVE_CONNECTIONS_MAX;

		now = clock_monotonic();
		if (work->requests[place].due > now)
			return (int64_t)(work->requests[place].due - now);
		serve_answer(work->requests[place].connection, response);
		work->first++;
	}
	return -1;
}

int main(int argc, char **argv)
{
	static struct work work;
	struct serve_handler handler = { .request = work_begin, .tick = work_end, .context = &work };
	unsigned long processes = argc == 4 ? strtoul(argv[3], NULL, 10) : 1;
	pid_t first = getpid();
	int error;

	if (argc < 3 || argc > 4 || processes < 1 || processes > PROCESSES_MAX) {
		fprintf(stderr, "usage: bench_server PORT MICROSECONDS [PROCESSES]\n");
		return 2;
	}
	work.delay = strtoull(argv[2], NULL, 10) * 1000;
	while (--processes > 0 && fork() != 0)
		;
	/* They end with the first. */
	if (getpid() != first && (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != first))
		return 1;
	error = serve(strtoul(argv[1], NULL, 10), &handler);
	fprintf(stderr, "bench_server: %s\n", strerror(-error));
	return 1;
}
