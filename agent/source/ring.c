// SPDX-License-Identifier: Apache-2.0
#include "agent/source/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/give_way.h"
#include "bpf/config.h"

struct ring {
	struct source source;
	struct ring_buffer *buffer;
	int wakeups; /* epoll descriptor */
	uint32_t *sleeps;
	size_t size;
	/* How far it was read and written, each on a page of its own; the kernel's interface (bpf_ringbuf). */
	const unsigned long *consumed, *produced;
	/* Of the drain under way. */
	const struct record_sink *sink;
	int count;
	bool has_time;           /* to let others go first */
	unsigned long found_end; /* of what it found: pauses are not to keep it going */
	size_t pause_max;        /* most bytes that waited behind a pause */
};

#define RECORDS_AT_A_TIME 16 /* between two looks at how much waits: the kernel writes there all the time */
#define RECORD_TIME 1        /* µs that one takes, roughly */
#define LITTLE_SHARE 128     /* of the ring: a smaller part of it is little. In a ring of some KB nothing is. */

/* Ends libbpf's own loop, which goes on until the ring is empty; it has released the record by then. */
#define RING_ENOUGH (-ECANCELED)

static size_t ring_waiting(const struct ring *ring)
{
	return __atomic_load_n(ring->produced, __ATOMIC_ACQUIRE) - __atomic_load_n(ring->consumed, __ATOMIC_ACQUIRE);
}

static bool ring_has_little(const struct ring *ring)
{
	return ring_waiting(ring) < ring->size / LITTLE_SHARE;
}

static void ring_give_way(struct ring *ring)
{
	size_t waiting;

	ring->has_time = ring_has_little(ring) &&
			 (long)(ring->found_end - __atomic_load_n(ring->consumed, __ATOMIC_RELAXED)) > 0;
	if (!ring->has_time)
		return;
	give_way(RECORDS_AT_A_TIME * RECORD_TIME);
	waiting = ring_waiting(ring);
	if (waiting > ring->pause_max)
		ring->pause_max = waiting;
}

static int ring_accept(void *context, void *data, size_t size)
{
	struct ring *ring = context;

	if (ring->sink)
		ring->sink->accept(ring->sink->context, data, size);
	if (++ring->count % RECORDS_AT_A_TIME == 0 && ring->has_time)
		ring_give_way(ring);
	return ring->count == SOURCE_DRAIN_MAX ? RING_ENOUGH : 0;
}

static int ring_drain(struct source *source, const struct record_sink *sink)
{
	struct ring *ring = (struct ring *)source;
	int result;

	ring->sink = sink;
	ring->count = 0;
	ring->has_time = ring_has_little(ring);
	ring->found_end = __atomic_load_n(ring->produced, __ATOMIC_ACQUIRE);
	ring->pause_max = 0;
	give_way_allow(ring->has_time);
	result = ring_buffer__consume(ring->buffer);
	ring->sink = NULL;
	return result == RING_ENOUGH ? ring->count : result;
}

/*
 * Idle, the ring's own descriptor is ready as long as anything is in it, so a
 * record that slipped in before we said that we sleep is not slept over. For a
 * nap that would be no sleep at all under load: there, only a wake-up counts.
 */
static int ring_wait(struct source *source, int milliseconds, bool idle)
{
	struct ring *ring = (struct ring *)source;
	int descriptor = idle ? ring_buffer__epoll_fd(ring->buffer) : ring->wakeups;
	struct epoll_event event;
	int result;

	__atomic_store_n(ring->sleeps, idle ? AGENT_SLEEPS : AGENT_NAPS, __ATOMIC_SEQ_CST);
	result = epoll_wait(descriptor, &event, 1, milliseconds);
	__atomic_store_n(ring->sleeps, AGENT_AWAKE, __ATOMIC_SEQ_CST);
	return result < 0 && errno != EINTR ? -errno : 0;
}

/* Read one after the other while the kernel writes: at most all of it is full. */
static void ring_fill(const struct source *source, size_t *ret_used, size_t *ret_size)
{
	const struct ring *ring = (const struct ring *)source;
	size_t used = ring_waiting(ring);

	if (used < ring->pause_max)
		used = ring->pause_max;
	*ret_used = used < ring->size ? used : ring->size;
	*ret_size = ring->size;
}

/* libbpf's own view of the positions is not to be had before its version 1.3. */
static int ring_map_positions(struct ring *ring, int map_fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumed = mmap(NULL, page, PROT_READ, MAP_SHARED, map_fd, 0);
	void *produced = mmap(NULL, page, PROT_READ, MAP_SHARED, map_fd, (off_t)page);
	int error = consumed == MAP_FAILED || produced == MAP_FAILED ? -errno : 0;

	ring->consumed = consumed == MAP_FAILED ? NULL : consumed;
	ring->produced = produced == MAP_FAILED ? NULL : produced;
	return error;
}

static void ring_unmap(const unsigned long *position)
{
	if (position)
		munmap((void *)position, (size_t)sysconf(_SC_PAGESIZE));
}

/* A descriptor that becomes ready by a wake-up, not by data. */
static int ring_open_wakeups(int map_fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int descriptor = epoll_create1(EPOLL_CLOEXEC);

	if (descriptor < 0)
		return -errno;
	if (epoll_ctl(descriptor, EPOLL_CTL_ADD, map_fd, &event) < 0) {
		int error = -errno;

		close(descriptor);
		return error;
	}
	return descriptor;
}

int ring_open(int map_fd, size_t size, uint32_t *sleeps, struct ring **ret_ring)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	int error;

	if (!ring)
		return -ENOMEM;
	ring->source = (struct source){ .drain = ring_drain, .wait = ring_wait, .fill = ring_fill };
	ring->size = size;
	ring->sleeps = sleeps;
	ring->wakeups = ring_open_wakeups(map_fd);
	error = ring->wakeups < 0 ? ring->wakeups : ring_map_positions(ring, map_fd);
	if (!error) {
		ring->buffer = ring_buffer__new(map_fd, ring_accept, ring, NULL);
		error = ring->buffer ? 0 : -errno;
	}
	if (error) {
		ring_free(ring);
		return error;
	}
	*ret_ring = ring;
	return 0;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	ring_buffer__free(ring->buffer);
	ring_unmap(ring->consumed);
	ring_unmap(ring->produced);
	if (ring->wakeups >= 0)
		close(ring->wakeups);
	free(ring);
}

struct source *ring_source(struct ring *ring)
{
	return &ring->source;
}
