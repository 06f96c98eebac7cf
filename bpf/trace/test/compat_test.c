/* SPDX-License-Identifier: GPL-2.0 */
/* What 32-bit code says of its calls, as the kernel programs read it; compiled for the host. */
#include "bpf/test/host_kernel.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "bpf/trace/maps.bpf.c"
#include "bpf/trace/call.bpf.c"
#include "bpf/trace/source.bpf.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define BYTES "0123456789abcdef"

/* Pointers of 32-bit code are 32 bits wide. */
struct memory {
	char bytes[sizeof(BYTES)];
	__u32 arguments[4];
	struct compat_iovec vectors[6];
	struct compat_messages messages[2];
};

static struct scratch test_scratch;
static struct memory *memory;

void *bpf_map_lookup_elem(const void *map, const void *key)
{
	(void)key;
	return map == &scratches ? &test_scratch : NULL;
}

/* The first page is not there. */
long bpf_probe_read_user(void *to, __u32 size, const void *from)
{
	if ((uintptr_t)from < 4096)
		return -EFAULT;
	memcpy(to, from, size);
	return 0;
}

__u32 bpf_get_smp_processor_id(void)
{
	return 0;
}

static __u32 address_of(const void *pointer)
{
	assert_true((uintptr_t)pointer <= UINT32_MAX);
	return (uintptr_t)pointer;
}

static int set_up(void **state)
{
	(void)state;
	memory = mmap((void *)0x10000000, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -1;
	memcpy(memory->bytes, BYTES, sizeof(BYTES));
	/* Buffers of 1, 2, 3 ... bytes. */
	for (__u32 i = 0, at = 0; i < 6; at += ++i)
		memory->vectors[i] = (struct compat_iovec){ address_of(memory->bytes) + at, i + 1 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(memory, sizeof(*memory));
}

static struct call_registers read_call(unsigned long number, unsigned long first, unsigned long second)
{
	const struct pt_regs registers = {
		.orig_ax = number,
		.bx = first,
		.cx = second,
		.dx = 3,
		.si = 4,
		.di = 5,
		.cs = 0x23,
	};
	struct call_registers call;

	call_registers_read(&registers, &call);
	assert_true(call.compat);
	return call;
}

static void calls_have_the_64_bit_ones_numbers(void **state)
{
	static const struct {
		long compat, native;
	} calls[] = {
		{ 3, CALL_READ },
		{ 4, CALL_WRITE },
		{ 145, CALL_READV },
		{ 146, CALL_WRITEV },
		{ 187, CALL_SENDFILE },
		{ 239, CALL_SENDFILE },
		{ 313, CALL_SPLICE_CALL },
		{ 369, CALL_SENDTO },
		{ 370, CALL_SENDMSG },
		{ 371, CALL_RECVFROM },
		{ 372, CALL_RECVMSG },
		{ 337, CALL_RECVMMSG },
		{ 417, CALL_RECVMMSG },
		{ 345, CALL_SENDMMSG },
		{ 378, CALL_PREADV2 },
		{ 379, CALL_PWRITEV2 },
		/* 64-bit code's, others, and what is none */
		{ 0, -1 },
		{ 1, -1 },
		{ 20, -1 },
		{ 44, -1 },
		{ CALL_NUMBER_MAX, -1 },
		{ -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct call_registers call = read_call(calls[i].compat, 1, 0xffffffff00000002);

		assert_int_equal(call.number, calls[i].native);
		assert_int_equal(call.arguments[0], 1);
		assert_int_equal(call.arguments[1], 2);
		assert_int_equal(call.arguments[2], 3);
		assert_int_equal(call.arguments[3], 4);
	}
}

static void socketcall_names_another_call(void **state)
{
	static const long native[32] = {
		[9] = CALL_SENDTO,   [10] = CALL_RECVFROM, [11] = CALL_SENDTO,	 [12] = CALL_RECVFROM,
		[16] = CALL_SENDMSG, [17] = CALL_RECVMSG,  [19] = CALL_RECVMMSG, [20] = CALL_SENDMMSG,
	};
	const __u32 arguments[] = { 11, 12, 13, 14 };

	(void)state;
	memcpy(memory->arguments, arguments, sizeof(arguments));
	for (unsigned int which = 0; which < 40; which++) {
		struct call_registers call = read_call(COMPAT_SOCKETCALL, which, address_of(memory->arguments));

		assert_int_equal(call.number, which < 32 && native[which] ? native[which] : -1);
		assert_int_equal(call.arguments[0], 11);
		assert_int_equal(call.arguments[3], 14);
	}
	assert_int_equal(read_call(COMPAT_SOCKETCALL, 0xffffffff, address_of(memory->arguments)).number, -1);
	/* Arguments that are not there; and no other number stands for socketcall's calls. */
	assert_int_equal(read_call(COMPAT_SOCKETCALL, 9, 16).arguments[1], 0);
	assert_int_equal(read_call(COMPAT_SOCKET_SEND, 1, 2).number, -1);
}

static void read_back(__u32 offset, __u32 size)
{
	test_scratch.vector_index = test_scratch.vector_offset = 0;
	memset(test_scratch.bytes, 0, sizeof(BYTES));
	assert_int_equal(source_read(0, offset, size), size);
	assert_memory_equal(test_scratch.bytes, BYTES + offset, size);
}

static void all_parts_are_read(__u32 total)
{
	for (__u32 offset = 0; offset < total; offset++) {
		for (__u32 size = 1; offset + size <= total; size++)
			read_back(offset, size);
	}
}

static void vectors_are_narrow(void **state)
{
	struct call_registers call = read_call(COMPAT_WRITEV, 7, address_of(memory->vectors));

	(void)state;
	call.arguments[2] = 5;
	source_from_call(SOURCE_VECTOR, &call, &test_scratch.source);
	all_parts_are_read(15);
}

static void a_message_is_narrow(void **state)
{
	struct compat_message *message = &memory->messages[0].message;
	struct call_registers call = read_call(COMPAT_SENDMSG, 7, address_of(message));

	(void)state;
	message->iov = address_of(memory->vectors);
	message->iov_count = 5;
	source_from_call(SOURCE_MESSAGE, &call, &test_scratch.source);
	assert_int_equal(test_scratch.source.kind, SOURCE_VECTOR);
	all_parts_are_read(15);
	call.arguments[1] = 16;
	source_from_call(SOURCE_MESSAGE, &call, &test_scratch.source);
	assert_int_equal(source_read(0, 0, 1), 0);
}

static void messages_are_narrow(void **state)
{
	struct compat_messages *messages = memory->messages;
	struct call_registers call = read_call(COMPAT_SENDMMSG, 7, address_of(messages));

	(void)state;
	messages[0].message.iov = address_of(memory->vectors);
	messages[0].message.iov_count = 3;
	messages[0].length = 6;
	messages[1].message.iov = address_of(memory->vectors + 3);
	messages[1].message.iov_count = 2;
	messages[1].length = 9;
	call.arguments[2] = 2;
	source_from_call(SOURCE_MESSAGES, &call, &test_scratch.source);
	assert_int_equal(messages_length(), 15);
	all_parts_are_read(15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_have_the_64_bit_ones_numbers),
		cmocka_unit_test(socketcall_names_another_call),
		cmocka_unit_test(vectors_are_narrow),
		cmocka_unit_test(a_message_is_narrow),
		cmocka_unit_test(messages_are_narrow),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
