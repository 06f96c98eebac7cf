/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The capturing program itself, compiled for the host, with the kernel's helpers played: included by tests
 * only, which each move bytes over connections and look at the records.
 */
#ifndef WIRESPAN_BPF_TRACE_TEST_CAPTURE_HARNESS_H
#define WIRESPAN_BPF_TRACE_TEST_CAPTURE_HARNESS_H

#include "bpf/test/host_kernel.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "bpf/trace/maps.bpf.c"
#include "bpf/trace/source.bpf.c"
#include "bpf/trace/fragment.bpf.c"
#include "bpf/trace/ignored.bpf.c"
#include "bpf/trace/protocol/recognise.bpf.c"
#include "bpf/trace/protocol/http1_steps.bpf.c"
#include "bpf/trace/protocol/http1.bpf.c"
#include "bpf/trace/protocol/redis.bpf.c"
#include "bpf/trace/capture.bpf.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct scratch test_scratch;
static __u64 test_counters[COUNTER_COUNT];
static union {
	struct record_data data;
	char bytes[RECORD_SIZE_MAX];
} test_record;
static bool test_reported;
static struct record_ignored test_ignored; /* the last one since a movement began; its kind is 0 where there is none */
static bool test_full; /* no record finds room */
static unsigned int test_reads, test_bytes_read; /* of the caller's memory, since a movement began */

void *bpf_map_lookup_elem(const void *map, const void *key)
{
	if (map == &counters)
		return &test_counters[*(const __u32 *)key];
	return map == &scratches ? &test_scratch : NULL;
}

long bpf_probe_read_user(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	test_reads++;
	test_bytes_read += size;
	return 0;
}

long bpf_ringbuf_output(void *map, void *data, __u64 size, __u64 flags)
{
	(void)map;
	(void)flags;
	assert_true(size <= sizeof(test_record));
	assert_int_equal(size % 8, 0);
	if (test_full)
		return -EAGAIN;
	if (((const struct record_header *)data)->kind == RECORD_IGNORED) {
		assert_int_equal(size, sizeof(test_ignored));
		assert_int_equal(test_ignored.header.kind, 0);
		memcpy(&test_ignored, data, size);
		return 0;
	}
	memcpy(&test_record, data, size);
	test_reported = true;
	return 0;
}

__u64 bpf_ringbuf_query(void *map, __u64 flags)
{
	(void)map;
	(void)flags;
	return 0;
}

__u64 bpf_get_current_pid_tgid(void)
{
	return 1ull << 32 | 1;
}

__u32 bpf_get_smp_processor_id(void)
{
	return 0;
}

__u64 bpf_ktime_get_ns(void)
{
	return 1;
}

static inline void move(struct connection *connection, __u32 direction, struct call_source source, __u32 length)
{
	struct movement movement = { .direction = direction, .length = length, .source = source };

	movement.start = connection->directions[direction].next ? connection->directions[direction].next : 1;
	test_reported = false;
	test_ignored.header.kind = 0;
	test_reads = test_bytes_read = 0;
	capture_movement(connection, &movement);
}

static inline struct call_source buffer_source(const char *bytes)
{
	return (struct call_source){ .kind = SOURCE_BUFFER, .address = (__u64)(uintptr_t)bytes };
}

/* Moves bytes over a connection that nothing is known of. */
static inline void begin_with(struct connection *connection, __u8 role, __u32 direction, const char *bytes,
			      size_t length)
{
	memset(connection, 0, sizeof(*connection));
	connection->identity.role = role;
	connection->last_direction = connection->first_direction = NO_DIRECTION;
	move(connection, direction, buffer_source(bytes), length);
}

#endif
