// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "agent/kernel/libbpf_log.h"
#include "agent/source/ring.h"
#include "base/log.h"
#include "bpf/trace/call_layout.h"
#include "bpf/config.h"
#include "bpf/trace/connection.h"

#include "bpf/tracing.skel.h"

struct capture {
	struct tracing_bpf *skeleton;
	struct ring *ring;
	int cpus;
};

static const char *const kernel_counter_names[COUNTER_LOSSES] = {
	[COUNTER_RING_FULL_REQUEST_HEAD] = "ring_full_request_head",
	[COUNTER_RING_FULL_RESPONSE_HEAD] = "ring_full_response_head",
	[COUNTER_RING_FULL_OTHER] = "ring_full_other",
	[COUNTER_CONNECTION_MAP_FULL] = "connection_map_full",
	[COUNTER_PROCESS_MAP_FULL] = "process_map_full",
	[COUNTER_UNREADABLE] = "unreadable",
};

const char *kernel_counter_name(enum kernel_counter counter)
{
	return kernel_counter_names[counter];
}

/* One of the two, or none (bpf/steady.h). */
static void choose(const struct capture_options *options, struct bpf_program *plain, struct bpf_program *steady,
		   bool wanted)
{
	bpf_program__set_autoload(plain, wanted && !options->steady);
	bpf_program__set_autoload(steady, wanted && options->steady);
}

/* The programs and maps that the other way of attaching would need are left out. */
static void capture_choose(struct tracing_bpf *skeleton, const struct capture_options *options)
{
	bool by_socket = options->mode == CAPTURE_SOCKET_TRACEPOINTS;
	bool by_address = !by_socket;
	typeof(skeleton->progs) *progs = &skeleton->progs;

	choose(options, progs->socket_received, progs->socket_received_steady, by_socket);
	choose(options, progs->socket_sent, progs->socket_sent_steady, by_socket);
	choose(options, progs->socket_spliced, progs->socket_spliced_steady, by_socket);
	choose(options, progs->send_begins_at, progs->send_begins_at_steady, by_socket && options->send_begin);
	choose(options, progs->call_begins, progs->call_begins_steady, by_address || !options->send_begin);
	choose(options, progs->call_ends, progs->call_ends_steady, by_address);
	choose(options, progs->connection_state, progs->connection_state_steady, true);
	choose(options, progs->socket_destroyed, progs->socket_destroyed_steady, true);
	bpf_program__set_autoload(progs->find_sockets, options->find_sockets && options->socket_cookie);
	bpf_map__set_autocreate(skeleton->maps.socket_connections, by_socket);
	bpf_map__set_autocreate(skeleton->maps.address_connections, by_address);
	skeleton->rodata->config.socket_storage = by_socket;
	skeleton->rodata->config.socket_cookie = options->socket_cookie;
	skeleton->rodata->config.socket_send_begin = by_socket && options->send_begin;
}

static int capture_size(struct tracing_bpf *skeleton, const struct capture_options *options, int cpus)
{
	int error = bpf_map__set_max_entries(skeleton->maps.ring, options->ring_size);

	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.scratches, cpus);
	skeleton->rodata->config.agent = getpid();
	skeleton->rodata->config.ring_high = options->ring_size / 4;
	skeleton->rodata->config.filter_ports = options->port_count > 0;
	return error;
}

static int capture_set_ports(struct tracing_bpf *skeleton, const struct capture_options *options)
{
	int fd = bpf_map__fd(skeleton->maps.ports);

	for (size_t i = 0; i < options->port_count; i++) {
		uint32_t index = options->ports[i] / 64;
		uint64_t word = 0;
		int error = bpf_map_lookup_elem(fd, &index, &word);

		word |= UINT64_C(1) << (options->ports[i] % 64);
		if (!error)
			error = bpf_map_update_elem(fd, &index, &word, BPF_ANY);
		if (error)
			return error;
	}
	return 0;
}

static int capture_load(struct capture *capture, const struct capture_options *options)
{
	int error;

	capture->skeleton = tracing_bpf__open();
	if (!capture->skeleton)
		return -errno;
	capture_choose(capture->skeleton, options);
	error = capture_size(capture->skeleton, options, capture->cpus);
	if (!error)
		error = tracing_bpf__load(capture->skeleton);
	if (!error)
		error = capture_set_ports(capture->skeleton, options);
	if (!error)
		error = ring_open(bpf_map__fd(capture->skeleton->maps.ring), options->ring_size,
				  &capture->skeleton->bss->agent_sleeps, &capture->ring);
	return error;
}

int capture_open(const struct capture_options *options, struct capture **ret_capture)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int error;

	if (!capture)
		return -ENOMEM;
	libbpf_set_print(libbpf_log);
	capture->cpus = libbpf_num_possible_cpus();
	error = capture->cpus < 0 ? capture->cpus : capture_load(capture, options);
	if (error) {
		log_error("cannot load the kernel programs: %s; `wirespan check` tells what this system lacks, "
			  "--verbose what the kernel said",
			  strerror(-error));
		capture_free(capture);
		return error;
	}
	*ret_capture = capture;
	return 0;
}

void capture_free(struct capture *capture)
{
	if (!capture)
		return;
	ring_free(capture->ring);
	tracing_bpf__destroy(capture->skeleton);
	free(capture);
}

int capture_attach(struct capture *capture)
{
	int error = tracing_bpf__attach(capture->skeleton);

	if (error)
		log_error("cannot attach the kernel programs: %s; `wirespan check` tells what this system lacks",
			  strerror(-error));
	return error;
}

void capture_detach(struct capture *capture)
{
	tracing_bpf__detach(capture->skeleton);
}

uint32_t capture_lost_records(const struct capture *capture)
{
	return __atomic_load_n(&capture->skeleton->bss->records_lost, __ATOMIC_RELAXED);
}

struct source *capture_source(struct capture *capture)
{
	return ring_source(capture->ring);
}

int capture_find_sockets(struct capture *capture, const struct record_sink *sink)
{
	struct bpf_link *link = capture->skeleton->links.find_sockets;
	struct record_socket records[64];
	ssize_t size;
	int iterator;

	if (!link)
		return -EOPNOTSUPP;
	iterator = bpf_iter_create(bpf_link__fd(link));
	if (iterator < 0)
		return iterator;
	while ((size = read(iterator, records, sizeof(records))) > 0 || (size < 0 && errno == EAGAIN)) {
		for (size_t i = 0; size > 0 && i < size / sizeof(records[0]); i++)
			sink->accept(sink->context, &records[i], sizeof(records[i]));
	}
	close(iterator);
	return size < 0 ? -errno : 0;
}

static int capture_tell(struct capture *capture, uint32_t pid, bool trace, uint64_t flags)
{
	uint32_t verdict = trace ? VERDICT_TRACE : VERDICT_IGNORE;
	int error = bpf_map_update_elem(bpf_map__fd(capture->skeleton->maps.processes), &pid, &verdict, flags);

	if (!trace)
		__atomic_add_fetch(&capture->skeleton->bss->verdicts_round, 1, __ATOMIC_SEQ_CST);
	return error;
}

int capture_judge(struct capture *capture, uint32_t pid, bool trace)
{
	return capture_tell(capture, pid, trace, BPF_ANY);
}

int capture_judge_found(struct capture *capture, uint32_t pid, bool trace)
{
	int error = capture_tell(capture, pid, trace, BPF_NOEXIST);

	return error == -EEXIST ? 0 : error;
}

void capture_forget(struct capture *capture, uint32_t pid)
{
	(void)bpf_map_delete_elem(bpf_map__fd(capture->skeleton->maps.processes), &pid);
}

int capture_counters(const struct capture *capture, uint64_t ret_counts[COUNTER_COUNT])
{
	int fd = bpf_map__fd(capture->skeleton->maps.counters);
	uint64_t *values = calloc(capture->cpus, sizeof(*values));
	int error = values ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < COUNTER_COUNT && !error; i++) {
		error = bpf_map_lookup_elem(fd, &i, values);
		ret_counts[i] = 0;
		for (int cpu = 0; cpu < capture->cpus && !error; cpu++)
			ret_counts[i] += values[cpu];
	}
	free(values);
	return error;
}

uint64_t capture_recursion_misses(const struct capture *capture)
{
	struct bpf_program *program;
	uint64_t misses = 0;

	bpf_object__for_each_program(program, capture->skeleton->obj) {
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);
		int fd = bpf_program__fd(program);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
			misses += info.recursion_misses;
	}
	return misses;
}

/* What the kernel says in /proc/self/fdinfo; 0 where it does not. */
static uint64_t map_bytes(int fd)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file) && sscanf(line, "memlock: %llu", &bytes) != 1)
		;
	fclose(file);
	return bytes;
}

uint64_t capture_map_bytes(const struct capture *capture)
{
	struct bpf_map *map;
	uint64_t bytes = 0;

	bpf_object__for_each_map(map, capture->skeleton->obj) {
		if (bpf_map__fd(map) >= 0)
			bytes += map_bytes(bpf_map__fd(map));
	}
	return bytes;
}

int capture_mark(const struct capture *capture)
{
	return bpf_map__fd(capture->skeleton->maps.message_calls);
}
