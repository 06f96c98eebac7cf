// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/features_try.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* The few instructions that the attempts need. */
#define MOVE_NUMBER(register, number) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = register, .imm = number }
#define MOVE(to, from) { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from }
#define LOAD_WORD(to, from, at) { .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = to, .src_reg = from, .off = at }
#define LOAD_MAP(to, fd) \
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = to, .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd }, { .imm = 0 }
#define SKIP_IF_ZERO(register, count) { .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = register, .off = count }
#define CALL(helper) { .code = BPF_JMP | BPF_CALL, .imm = helper }
#define CALL_KERNEL(id) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id }
#define CALL_FUNCTION(distance) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = distance }
#define RETURN_0 MOVE_NUMBER(BPF_REG_0, 0), { .code = BPF_JMP | BPF_EXIT }

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int closed(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int try_map(enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries)
{
	return closed(bpf_map_create(type, "wirespan_try", key_size, value_size, entries, NULL));
}

int try_ring_buffer(const struct btf *vmlinux, const char *argument)
{
	(void)vmlinux;
	(void)argument;
	return try_map(BPF_MAP_TYPE_RINGBUF, 0, 0, (uint32_t)sysconf(_SC_PAGESIZE));
}

int try_hash(const struct btf *vmlinux, const char *argument)
{
	(void)vmlinux;
	(void)argument;
	return try_map(BPF_MAP_TYPE_HASH, 8, 8, 1);
}

int try_lru_hash(const struct btf *vmlinux, const char *argument)
{
	(void)vmlinux;
	(void)argument;
	return try_map(BPF_MAP_TYPE_LRU_HASH, 8, 8, 1);
}

/* A map of storage per socket; the kernel wants its key and value described: both are int. Its descriptor. */
static int create_socket_storage(void)
{
	struct btf *btf = btf__new_empty();
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	int result;

	if (!btf)
		return -errno;
	result = btf__add_int(btf, "int", sizeof(int), BTF_INT_SIGNED);
	if (result > 0) {
		options.btf_key_type_id = (uint32_t)result;
		options.btf_value_type_id = (uint32_t)result;
		result = btf__load_into_kernel(btf);
	}
	if (result == 0) {
		options.btf_fd = (uint32_t)btf__fd(btf);
		result = bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "wirespan_try", sizeof(int), sizeof(int), 0, &options);
	}
	btf__free(btf);
	return result;
}

static int try_program(enum bpf_attach_type type, int btf_id, const struct bpf_insn *program, size_t length)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = type, .attach_btf_id = (uint32_t)btf_id);

	if (btf_id < 0)
		return btf_id;
	return closed(bpf_prog_load(BPF_PROG_TYPE_TRACING, "wirespan_try", "GPL", program, length, &options));
}

/* What a program for the tracepoint names as its type; a negative errno where the kernel does not have it. */
static int tracepoint_type(const struct btf *vmlinux, const char *tracepoint)
{
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", tracepoint);
	return btf__find_by_name_kind(vmlinux, type, BTF_KIND_TYPEDEF);
}

static int try_at_tracepoint(const struct btf *vmlinux, const char *tracepoint, const struct bpf_insn *program,
			     size_t length)
{
	if (!vmlinux)
		return -ENODATA;
	return try_program(BPF_TRACE_RAW_TP, tracepoint_type(vmlinux, tracepoint), program, length);
}

int try_tracepoint(const struct btf *vmlinux, const char *argument)
{
	const struct bpf_insn program[] = { RETURN_0 };

	return try_at_tracepoint(vmlinux, argument, program, COUNT(program));
}

int try_socket_storage(const struct btf *vmlinux, const char *argument)
{
	int map = create_socket_storage();
	const struct bpf_insn program[] = {
		LOAD_WORD(BPF_REG_2, BPF_REG_1, 0), /* the first argument: the socket */
		LOAD_MAP(BPF_REG_1, map),
		MOVE_NUMBER(BPF_REG_3, 0),
		MOVE_NUMBER(BPF_REG_4, BPF_SK_STORAGE_GET_F_CREATE),
		CALL(BPF_FUNC_sk_storage_get),
		RETURN_0,
	};
	int result;

	(void)argument;
	if (map < 0)
		return map;
	result = try_at_tracepoint(vmlinux, "inet_sock_set_state", program, COUNT(program));
	close(map);
	return result;
}

int try_socket_cookie(const struct btf *vmlinux, const char *argument)
{
	const struct bpf_insn program[] = {
		LOAD_WORD(BPF_REG_1, BPF_REG_1, 0),
		CALL(BPF_FUNC_get_socket_cookie),
		RETURN_0,
	};

	(void)argument;
	return try_at_tracepoint(vmlinux, "inet_sock_set_state", program, COUNT(program));
}

int try_task_pt_regs(const struct btf *vmlinux, const char *argument)
{
	const struct bpf_insn program[] = {
		CALL(BPF_FUNC_get_current_task_btf),
		MOVE(BPF_REG_1, BPF_REG_0),
		CALL(BPF_FUNC_task_pt_regs),
		RETURN_0,
	};

	(void)argument;
	return try_at_tracepoint(vmlinux, "inet_sock_set_state", program, COUNT(program));
}

/*
 * Describes two functions, int main(void *context) and int called(void), both
 * global: the verifier checks each by itself. 0 or a negative errno.
 */
static int describe_functions(struct btf *btf, uint32_t ret_types[2])
{
	int number = btf__add_int(btf, "int", sizeof(int), BTF_INT_SIGNED);
	int pointer = btf__add_ptr(btf, 0);
	int main_type = btf__add_func_proto(btf, number);
	int error = btf__add_func_param(btf, "context", pointer);
	int called_type = btf__add_func_proto(btf, number);
	int main_function = btf__add_func(btf, "main", BTF_FUNC_GLOBAL, main_type);
	int called_function = btf__add_func(btf, "called", BTF_FUNC_GLOBAL, called_type);

	/* One that failed makes those fail that refer to it. */
	if (error || main_function < 0 || called_function < 0)
		return error ? error : main_function < 0 ? main_function : called_function;
	ret_types[0] = (uint32_t)main_function;
	ret_types[1] = (uint32_t)called_function;
	return btf__load_into_kernel(btf);
}

/* Functions of the kernel came with Linux 5.13, this one with 6.11, calls of our own inside with 6.15. */
int try_preempt_disable(const struct btf *vmlinux, const char *argument)
{
	int disable = vmlinux ? btf__find_by_name_kind(vmlinux, "bpf_preempt_disable", BTF_KIND_FUNC) : -ENODATA;
	int enable = vmlinux ? btf__find_by_name_kind(vmlinux, "bpf_preempt_enable", BTF_KIND_FUNC) : -ENODATA;
	const struct bpf_insn program[] = {
		CALL_KERNEL(disable),
		CALL_FUNCTION(3),
		CALL_KERNEL(enable),
		RETURN_0,
		RETURN_0, /* the function */
	};
	struct bpf_func_info functions[] = { { .insn_off = 0 }, { .insn_off = 5 } };
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_RAW_TP, .func_info = functions,
		    .func_info_cnt = COUNT(functions), .func_info_rec_size = sizeof(functions[0]));
	uint32_t types[2] = { 0 };
	struct btf *btf;
	int result;

	(void)argument;
	if (disable < 0 || enable < 0)
		return disable < 0 ? disable : enable;
	btf = btf__new_empty();
	if (!btf)
		return -errno;
	result = describe_functions(btf, types);
	if (result == 0) {
		functions[0].type_id = types[0];
		functions[1].type_id = types[1];
		options.prog_btf_fd = (uint32_t)btf__fd(btf);
		options.attach_btf_id = (uint32_t)tracepoint_type(vmlinux, "inet_sock_set_state");
		result = closed(bpf_prog_load(BPF_PROG_TYPE_TRACING, "wirespan_try", "GPL", program, COUNT(program),
					      &options));
	}
	btf__free(btf);
	return result;
}

static int try_in_iterator(const struct btf *vmlinux, const struct bpf_insn *program, size_t length)
{
	if (!vmlinux)
		return -ENODATA;
	return try_program(BPF_TRACE_ITER, btf__find_by_name_kind(vmlinux, "bpf_iter_task_file", BTF_KIND_FUNC),
			   program, length);
}

int try_task_file_iterator(const struct btf *vmlinux, const char *argument)
{
	const struct bpf_insn program[] = { RETURN_0 };

	(void)argument;
	return try_in_iterator(vmlinux, program, COUNT(program));
}

int try_sock_from_file(const struct btf *vmlinux, const char *argument)
{
	const struct bpf_insn program[] = {
		LOAD_WORD(BPF_REG_1, BPF_REG_1, 24), /* of meta, task, fd and file the last */
		SKIP_IF_ZERO(BPF_REG_1, 1),
		CALL(BPF_FUNC_sock_from_file),
		RETURN_0,
	};

	(void)argument;
	return try_in_iterator(vmlinux, program, COUNT(program));
}
