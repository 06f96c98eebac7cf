// SPDX-License-Identifier: Apache-2.0
/*
 * Lists the BPF programs of this machine, a line each: its name, how many
 * instructions it has, how many the verifier looked at (0: the kernel does not
 * tell), and how often it was skipped as it ran already on that CPU. Linked
 * statically, and by system call: it runs on any kernel.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int print_program(uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attributes = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
	int result;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	attributes = (union bpf_attr){ .info = { .bpf_fd = fd, .info_len = sizeof(info), .info = (uintptr_t)&info } };
	result = bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes);
	close(fd);
	if (result < 0)
		return -errno;
	printf("%s %zu %u %llu\n", info.name, info.xlated_prog_len / sizeof(struct bpf_insn), info.verified_insns,
	       (unsigned long long)info.recursion_misses);
	return 0;
}

int main(void)
{
	union bpf_attr attributes = { 0 };
	int error = 0;

	while (!error && bpf(BPF_PROG_GET_NEXT_ID, &attributes) == 0) {
		error = print_program(attributes.next_id);
		attributes = (union bpf_attr){ .start_id = attributes.next_id };
	}
	/* There is no next one. */
	if (!error && errno != ENOENT)
		error = -errno;
	if (error)
		fprintf(stderr, "programs: %s\n", strerror(-error));
	return error ? 1 : 0;
}
