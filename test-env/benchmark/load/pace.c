// SPDX-License-Identifier: Apache-2.0
/* bench_pace: an open-loop HTTP/1.1 client in one thread. */
#include "test-env/benchmark/load/pace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/slice.h"

#define EVENTS 256
#define RESPONSE_MAX 16384
#define REQUEST_MAX 1024
#define DRAIN_MAX (2 * NSEC_PER_SEC) /* how long answers are awaited after the schedule's end */

struct connection {
	int fd;
	uint32_t have;      /* bytes of the response */
	uint64_t scheduled; /* when the open request was to be made */
	char response[RESPONSE_MAX];
};

struct pace {
	struct pace_options options;
	struct pace_result result;
	struct connection *connections;
	uint32_t idle[PACE_CONNECTIONS_MAX]; /* a queue: each has its turn */
	uint64_t idle_first, idle_next;
	int epoll;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static void idle_put(struct pace *pace, uint32_t connection)
{
	pace->idle[pace->idle_next++ % PACE_CONNECTIONS_MAX] = connection;
}

static bool idle_any(const struct pace *pace)
{
	return pace->idle_first != pace->idle_next;
}

static int connection_open(struct pace *pace, uint32_t index)
{
	struct connection *connection = &pace->connections[index];
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(pace->options.port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };

	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    fcntl(connection->fd, F_SETFL, O_NONBLOCK) ||
	    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) ||
	    epoll_ctl(pace->epoll, EPOLL_CTL_ADD, connection->fd, &event))
		return -errno;
	idle_put(pace, index);
	return 0;
}

/* When the next request is to be made. */
static uint64_t next_scheduled(const struct pace *pace, uint64_t now)
{
	if (pace->options.rate == 0)
		return now;
	return pace->result.begin + (uint64_t)((double)pace->result.sent * (double)NSEC_PER_SEC / pace->options.rate);
}

static bool schedule_ended(const struct pace *pace, uint64_t now)
{
	return stopped || (pace->options.requests_max && pace->result.sent >= pace->options.requests_max) ||
	       next_scheduled(pace, now) >= pace->result.begin + pace->options.duration;
}

static int request_send(struct pace *pace, uint64_t scheduled)
{
	struct connection *connection = &pace->connections[pace->idle[pace->idle_first++ % PACE_CONNECTIONS_MAX]];
	char number[24] = "", request[REQUEST_MAX];
	int length;

	if (pace->options.distinct)
		snprintf(number, sizeof(number), "%" PRIu64, pace->result.sent);
	length = snprintf(request, sizeof(request), "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
			  pace->options.path, number, pace->options.port);
	if (length >= (int)sizeof(request))
		return -ENAMETOOLONG;
	connection->scheduled = scheduled;
	connection->have = 0;
	pace->result.sent++;
	return send(connection->fd, request, length, MSG_NOSIGNAL) == length ? 0 : errno ? -errno : -EIO;
}

/* All that is due and finds a connection; ns until the next is due, -1 where that depends on an answer. */
static int64_t requests_send(struct pace *pace, int *ret_error)
{
	*ret_error = 0;
	while (idle_any(pace) && !*ret_error) {
		uint64_t now = clock_monotonic(), scheduled = next_scheduled(pace, now);

		if (schedule_ended(pace, now))
			return -1;
		if (scheduled > now)
			return (int64_t)(scheduled - now);
		*ret_error = request_send(pace, scheduled);
	}
	return -1;
}

/* The response's length with its body; 0: its head is not all there. */
static size_t response_length(struct slice bytes)
{
	static const char field[] = "\r\nContent-Length:";
	const char *end = memmem(bytes.data, bytes.length, "\r\n\r\n", 4);
	const char *length;

	if (!end)
		return 0;
	length = memmem(bytes.data, end - bytes.data, field, sizeof(field) - 1);
	return end + 4 - bytes.data + (length ? strtoul(length + sizeof(field) - 1, NULL, 10) : 0);
}

static void answer_count(struct pace *pace, const struct connection *connection)
{
	struct pace_result *result = &pace->result;
	uint64_t now = clock_monotonic(), latency = now - connection->scheduled, interval;

	result->answered++;
	result->elapsed = now - result->begin;
	if (memcmp(connection->response, "HTTP/1.1 200", 12) != 0)
		result->failed++;
	if (connection->scheduled - result->begin >= pace->options.warm_up) {
		histogram_add(&result->latency, latency);
		windows_add(&result->windows, result->elapsed, latency);
	}
	interval = pace->options.interval ? result->elapsed / pace->options.interval : PACE_INTERVALS_MAX;
	if (interval >= PACE_INTERVALS_MAX)
		return;
	result->intervals[interval].answered++;
	if (latency > result->intervals[interval].slowest)
		result->intervals[interval].slowest = latency;
}

static int response_read(struct pace *pace, uint32_t index)
{
	struct connection *connection = &pace->connections[index];
	ssize_t got = recv(connection->fd, connection->response + connection->have, RESPONSE_MAX - connection->have, 0);
	size_t length;

	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got <= 0)
		return got < 0 ? -errno : -ECONNRESET;
	connection->have += got;
	length = response_length(slice_of(connection->response, connection->have));
	if (length > RESPONSE_MAX)
		return -EMSGSIZE;
	if (length == 0 || connection->have < length)
		return connection->have < RESPONSE_MAX ? 0 : -EMSGSIZE;
	answer_count(pace, connection);
	idle_put(pace, index);
	return 0;
}

static int responses_read(struct pace *pace, int64_t wait)
{
	struct timespec timeout = { .tv_sec = wait / (int64_t)NSEC_PER_SEC, .tv_nsec = wait % (int64_t)NSEC_PER_SEC };
	struct epoll_event events[EVENTS];
	int error = 0, count = epoll_pwait2(pace->epoll, events, EVENTS, &timeout, NULL);

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count && !error; i++)
		error = response_read(pace, events[i].data.u32);
	return error;
}

static int pace_run(struct pace *pace)
{
	uint64_t last = UINT64_MAX;
	int error = 0;

	pace->result.begin = clock_monotonic();
	while (!error) {
		int64_t wait = requests_send(pace, &error);
		uint64_t now = clock_monotonic();

		if (last == UINT64_MAX && schedule_ended(pace, now))
			last = now + DRAIN_MAX;
		if (error || now > last || (last != UINT64_MAX && pace->result.answered == pace->result.sent))
			break;
		error = responses_read(pace, wait < 0 ? (int64_t)NSEC_PER_SEC : wait);
	}
	windows_end(&pace->result.windows, pace->options.duration);
	return error;
}

int main(int argc, char **argv)
{
	static struct pace pace;
	int error = 0;

	if (!pace_options_read(argc, argv, &pace.options))
		return 2;
	pace.connections = calloc(pace.options.connections, sizeof(*pace.connections));
	pace.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!pace.connections || pace.epoll < 0)
		error = -ENOMEM;
	signal(SIGTERM, on_signal);
	/* A request is due when the schedule says, not 50 µs later. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	for (uint32_t i = 0; i < pace.options.connections && !error; i++)
		error = connection_open(&pace, i);
	if (!error)
		error = pace_run(&pace);
	if (error)
		fprintf(stderr, "bench_pace: %s\n", strerror(-error));
	else
		pace_report(&pace.options, &pace.result);
	free(pace.connections);
	return error ? 1 : 0;
}
