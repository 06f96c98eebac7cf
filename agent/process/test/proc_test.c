// SPDX-License-Identifier: Apache-2.0
#include "agent/process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "base/test/guard.h"

/* A record's five strings. */
struct strings {
	struct slice executable, arguments, cgroup, environment, facts;
};

static union proc_record record;

static struct strings strings_of(const union proc_record *from)
{
	const struct record_process *process = &from->process;
	struct strings strings;
	size_t end;

	strings.executable = slice_of(process + 1, process->executable_length);
	strings.arguments = slice_of(strings.executable.data + strings.executable.length, process->arguments_length);
	strings.cgroup = slice_of(strings.arguments.data + strings.arguments.length, process->cgroup_length);
	strings.environment = slice_of(strings.cgroup.data + strings.cgroup.length, process->environment_length);
	strings.facts = slice_of(strings.environment.data + strings.environment.length, process->facts_length);
	end = strings.facts.data + strings.facts.length - from->bytes;
	assert_int_equal(process->header.size, (end + 7) / 8 * 8);
	for (; end < process->header.size; end++)
		assert_int_equal(from->bytes[end], 0);
	return strings;
}

static void assert_slice(struct slice slice, struct slice expected)
{
	assert_int_equal(slice.length, expected.length);
	assert_memory_equal(slice.data, expected.data, expected.length);
}

/* Starts `path`, which sleeps until its standard input ends; returns when it runs. */
static pid_t child_start(const char *path, char *const *environment, int *ret_input)
{
	int input[2], started[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(pipe2(started, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(input[0], STDIN_FILENO);
		execve(path, (char *[]){ "a name", "-", NULL }, environment);
		_exit(127);
	}
	close(input[0]);
	close(started[1]);
	/* The kernel closes the other end when the program has begun. */
	assert_int_equal(read(started[0], &byte, 1), 0);
	close(started[0]);
	*ret_input = input[1];
	return pid;
}

static void child_end(pid_t pid, int input)
{
	close(input);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A process that is gone. */
static pid_t gone_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void this_process_is_described(void **state)
{
	uint64_t now = clock_monotonic();
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
	struct strings strings;

	(void)state;
	assert_int_equal(proc_read(getpid(), &record), 0);
	strings = strings_of(&record);
	assert_int_equal(record.process.header.kind, RECORD_PROCESS);
	assert_int_equal(record.process.header.flags, RECORD_PROCESS_FOUND);
	assert_int_equal(record.process.header.tgid, getpid());
	assert_int_equal(record.process.header.tid, getpid());
	assert_int_equal(record.process.parent_tgid, getppid());
	assert_true(record.process.header.time >= now);
	assert_true(record.process.start_time > 0 && record.process.start_time <= clock_boot());
	assert_slice(strings.executable, slice_of(path, length));
	assert_true(strings.arguments.length > 0);
	assert_int_equal(strings.arguments.data[strings.arguments.length - 1], 0);
	assert_true(strings.cgroup.length == 0 || strings.cgroup.data[0] == '/');
}

static void only_otel_variables_are_kept(void **state)
{
	char *environment[] = { "PATH=/bin",   "OTEL_SERVICE_NAME=shop",           "XOTEL_A=b", "OTEL=x",
				"OTEL_EMPTY=", "OTEL_RESOURCE_ATTRIBUTES=a=b,c=d", NULL };
	struct strings strings;
	int input;
	pid_t pid = child_start("/bin/cat", environment, &input);

	(void)state;
	assert_int_equal(proc_read(pid, &record), 0);
	strings = strings_of(&record);
	assert_int_equal(record.process.parent_tgid, getpid());
	assert_slice(strings.arguments, SLICE_LITERAL("a name\0-\0"));
	assert_slice(strings.environment,
		     SLICE_LITERAL("OTEL_SERVICE_NAME=shop\0OTEL_EMPTY=\0OTEL_RESOURCE_ATTRIBUTES=a=b,c=d\0"));
	child_end(pid, input);
}

static void copy_file(const char *from, const char *to)
{
	int source = open(from, O_RDONLY | O_CLOEXEC), target = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	char buffer[4096];
	ssize_t size;

	assert_true(source >= 0 && target >= 0);
	while ((size = read(source, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(target, buffer, size), size);
	close(source);
	close(target);
}

static void the_directory_is_a_fact(void **state)
{
	char directory[PATH_MAX], expected[PATH_MAX + 64];
	int length;

	(void)state;
	assert_non_null(getcwd(directory, sizeof(directory)));
	length = snprintf(expected, sizeof(expected), "process.working_directory=%s", directory);
	assert_int_equal(proc_read(getpid(), &record), 0);
	assert_slice(slice_head(strings_of(&record).facts, (size_t)length + 1), slice_of(expected, (size_t)length + 1));
}

/* A link's name, that its file does not have. */
static void the_kernels_name_is_a_fact(void **state)
{
	struct slice expected = SLICE_LITERAL("process.comm=another-name-of\0"), facts;
	char *environment[] = { NULL };
	char path[PATH_MAX] = "/tmp/proc_test.XXXXXX";
	int input;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(path));
	strcat(path, "/another-name-of-cat");
	assert_int_equal(symlink("/bin/cat", path), 0);
	pid = child_start(path, environment, &input);
	assert_int_equal(proc_read(pid, &record), 0);
	facts = strings_of(&record).facts;
	assert_true(facts.length > expected.length);
	assert_slice(slice_from(facts, facts.length - expected.length), expected);
	child_end(pid, input);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

/* They name a process; it is supervisord's, and not a child of such a one, if that is its parent. */
static void supervisords_variables_are_facts(void **state)
{
	char *environment[] = { "SUPERVISOR_ENABLED=1", "SUPERVISOR_PROCESS_NAME=shop_00", "SUPERVISOR_GROUP_NAME=shop",
				"SUPERVISOR_SERVER_URL=http://bob:secret@a", NULL };
	struct slice expected = SLICE_LITERAL("SUPERVISOR_PROCESS_NAME=shop_00\0SUPERVISOR_GROUP_NAME=shop\0");
	struct slice facts;
	char name[16];
	int input;
	pid_t pid = child_start("/bin/cat", environment, &input);

	(void)state;
	assert_int_equal(proc_read(pid, &record), 0);
	facts = strings_of(&record).facts;
	assert_slice(slice_head(facts, expected.length), expected);
	assert_true(
		slice_starts_with(slice_from(facts, expected.length), SLICE_LITERAL("process.working_directory=/")));
	assert_false(record.process.header.flags & RECORD_PROCESS_MANAGED);
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_int_equal(prctl(PR_SET_NAME, "supervisord"), 0);
	assert_int_equal(proc_read(pid, &record), 0);
	assert_true(record.process.header.flags & RECORD_PROCESS_MANAGED);
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
	child_end(pid, input);
}

static void an_sdk_is_seen(void **state)
{
	char *environment[] = { "LD_PRELOAD=", "PYTHONPATH=/x/opentelemetry/instrumentation/auto_instrumentation",
				NULL };
	char path[PATH_MAX] = "/tmp/proc_test.XXXXXX";
	int input;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(path));
	strcat(path, "/python3");
	copy_file("/bin/cat", path);
	pid = child_start(path, environment, &input);
	assert_int_equal(proc_read(pid, &record), 0);
	assert_true(record.process.header.flags & RECORD_PROCESS_SDK);
	assert_int_equal(strings_of(&record).environment.length, 0);
	child_end(pid, input);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void variables_without_room_are_left_out_whole(void **state)
{
	char large[RECORD_ENVIRONMENT_MAX] = "OTEL_LARGE=", other[200] = "OTEL_OTHER=";
	char *environment[] = { large, other, "OTEL_SMALL=1", NULL };
	struct strings strings;
	pid_t pid;
	int input;

	(void)state;
	memset(large + strlen(large), 'x', sizeof(large) - 100 - strlen(large));
	memset(other + strlen(other), 'y', sizeof(other) - 1 - strlen(other));
	pid = child_start("/bin/cat", environment, &input);
	assert_int_equal(proc_read(pid, &record), 0);
	strings = strings_of(&record);
	assert_int_equal(strings.environment.length, strlen(large) + 1 + sizeof("OTEL_SMALL=1"));
	assert_memory_equal(strings.environment.data, large, strlen(large) + 1);
	assert_string_equal(strings.environment.data + strlen(large) + 1, "OTEL_SMALL=1");
	child_end(pid, input);
}

static void a_replaced_program_keeps_its_name(void **state)
{
	char directory[] = "/tmp/proc_test.XXXXXX", path[PATH_MAX];
	char *resolved;
	pid_t pid;
	int input;

	(void)state;
	assert_non_null(mkdtemp(directory));
	resolved = realpath(directory, NULL);
	assert_non_null(resolved);
	snprintf(path, sizeof(path), "%s/cat", resolved);
	free(resolved);
	copy_file("/bin/cat", path);
	pid = child_start(path, (char *[]){ NULL }, &input);
	unlink(path);
	rmdir(directory);
	assert_int_equal(proc_read(pid, &record), 0);
	assert_slice(strings_of(&record).executable, slice_of_string(path));
	child_end(pid, input);
}

static void who_is_gone_is_not_described(void **state)
{
	(void)state;
	assert_int_equal(proc_read(gone_pid(), &record), -ENOENT);
}

/* Without privileges: another user's executable may not be read, its arguments may. */
static void who_may_not_be_looked_into_is_described_by_its_arguments(void **state)
{
	struct strings strings;
	int status = 0;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		if (setresuid(65534, 65534, 65534) != 0 || proc_read(getppid(), &record) != 0)
			_exit(1);
		strings = strings_of(&record);
		_exit(strings.executable.length == 0 && strings.arguments.length > 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A record as the kernel makes it. */
static size_t kernel_record(union proc_record *made, pid_t pid, const struct strings *strings)
{
	struct slice parts[] = { strings->executable, strings->arguments, strings->cgroup, strings->environment };
	size_t size = sizeof(made->process);

	memset(made, 0, sizeof(*made));
	made->process.header = (struct record_header){ .kind = RECORD_PROCESS, .tgid = pid, .tid = pid };
	made->process.executable_length = parts[0].length;
	made->process.arguments_length = parts[1].length;
	made->process.cgroup_length = parts[2].length;
	made->process.environment_length = parts[3].length;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		memcpy(made->bytes + size, parts[i].data, parts[i].length);
		size += parts[i].length;
	}
	made->process.header.size = (size + 7) / 8 * 8;
	return size;
}

static const struct strings short_lived = { SLICE_LITERAL("bin/tool"), SLICE_LITERAL("tool\0-v\0"),
					    SLICE_LITERAL("c/bb/a.slice/"), SLICE_LITERAL("OTEL_A=b\0"),
					    SLICE_LITERAL("") };

static void a_short_lived_process_keeps_what_the_kernel_said(void **state)
{
	union proc_record made;
	struct strings strings;

	(void)state;
	kernel_record(&made, gone_pid(), &short_lived);
	assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
	strings = strings_of(&record);
	assert_int_equal(record.process.header.tgid, made.process.header.tgid);
	assert_slice(strings.executable, short_lived.executable);
	assert_slice(strings.arguments, short_lived.arguments);
	assert_slice(strings.cgroup, SLICE_LITERAL("/a.slice/bb/c"));
	assert_slice(strings.environment, short_lived.environment);
}

static void cgroups_are_turned_round(void **state)
{
	static const struct {
		struct slice given, expected;
	} cgroups[] = {
		{ SLICE_LITERAL(""), SLICE_LITERAL("") },
		{ SLICE_LITERAL("/"), SLICE_LITERAL("/") },
		{ SLICE_LITERAL("a/"), SLICE_LITERAL("/a") },
		{ SLICE_LITERAL("session-1.scope/user.slice/"), SLICE_LITERAL("/user.slice/session-1.scope") },
		{ SLICE_LITERAL("c/b/a"), SLICE_LITERAL("/b/c") }, /* cut */
		{ SLICE_LITERAL("a"), SLICE_LITERAL("") },
	};
	pid_t pid = gone_pid();

	(void)state;
	for (size_t i = 0; i < sizeof(cgroups) / sizeof(cgroups[0]); i++) {
		struct strings strings = short_lived;
		union proc_record made;

		strings.cgroup = cgroups[i].given;
		kernel_record(&made, pid, &strings);
		assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
		assert_slice(strings_of(&record).cgroup, cgroups[i].expected);
	}
}

static void a_relative_executable_is_resolved(void **state)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
	union proc_record made;

	(void)state;
	kernel_record(&made, getpid(), &short_lived);
	assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
	assert_slice(strings_of(&record).executable, slice_of(path, length));
}

static void the_longer_environment_is_taken(void **state)
{
	char large[1024] = "OTEL_RESOURCE_ATTRIBUTES=a=";
	char *environment[] = { large, "OTEL_A=b", NULL };
	struct strings strings = short_lived;
	union proc_record made;
	pid_t pid;
	int input;

	(void)state;
	memset(large + strlen(large), 'x', sizeof(large) - 1 - strlen(large));
	pid = child_start("/bin/cat", environment, &input);
	kernel_record(&made, pid, &strings); /* which has no room for the first variable */
	assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
	assert_int_equal(strings_of(&record).environment.length, sizeof(large) + sizeof("OTEL_A=b"));
	assert_memory_equal(strings_of(&record).environment.data, large, sizeof(large));
	child_end(pid, input);

	pid = child_start("/bin/cat", (char *[]){ "OTEL_=", NULL }, &input); /* as if it had been written over */
	kernel_record(&made, pid, &strings);
	assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
	assert_slice(strings_of(&record).environment, short_lived.environment);
	child_end(pid, input);
}

/* By the time we look, the process may have executed another program: the kernel's absolute name stands. */
static void another_program_is_not_mistaken(void **state)
{
	struct strings strings = short_lived;
	union proc_record made;

	(void)state;
	strings.executable = SLICE_LITERAL("/no/such/tool");
	kernel_record(&made, getpid(), &strings);
	assert_int_equal(proc_complete(&made.process, made.process.header.size, &record), 0);
	assert_slice(strings_of(&record).executable, strings.executable);
}

static void malformed_records_are_refused(void **state)
{
	union proc_record made;
	size_t size = kernel_record(&made, gone_pid(), &short_lived);

	(void)state;
	for (size_t length = 0; length <= size; length++) {
		char *copy = guard_copy(made.bytes, length);
		/* What ends at the guard page may begin unaligned: not where the fields are reached. */
		const struct record_process *cut = length < sizeof(*cut) || length % 8 == 0 ? (void *)copy
											    : &made.process;

		assert_int_equal(proc_complete(cut, length, &record), length < size ? -EBADMSG : 0);
		guard_free(copy, length);
	}
	made.process.executable_length = RECORD_EXECUTABLE_MAX;
	assert_int_equal(proc_complete(&made.process, sizeof(made), &record), -EBADMSG);
	made.process.executable_length = 0;
	made.process.arguments_length = RECORD_ARGUMENTS_MAX + 1;
	assert_int_equal(proc_complete(&made.process, sizeof(made), &record), -EBADMSG);
	made.process.arguments_length = 0;
	made.process.cgroup_length = RECORD_CGROUP_MAX + 1;
	assert_int_equal(proc_complete(&made.process, sizeof(made), &record), -EBADMSG);
	made.process.cgroup_length = 0;
	made.process.environment_length = RECORD_ENVIRONMENT_MAX + 1;
	assert_int_equal(proc_complete(&made.process, sizeof(made), &record), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_process_is_described),
		cmocka_unit_test(only_otel_variables_are_kept),
		cmocka_unit_test(the_directory_is_a_fact),
		cmocka_unit_test(the_kernels_name_is_a_fact),
		cmocka_unit_test(supervisords_variables_are_facts),
		cmocka_unit_test(an_sdk_is_seen),
		cmocka_unit_test(variables_without_room_are_left_out_whole),
		cmocka_unit_test(a_replaced_program_keeps_its_name),
		cmocka_unit_test(who_is_gone_is_not_described),
		cmocka_unit_test(who_may_not_be_looked_into_is_described_by_its_arguments),
		cmocka_unit_test(a_short_lived_process_keeps_what_the_kernel_said),
		cmocka_unit_test(cgroups_are_turned_round),
		cmocka_unit_test(a_relative_executable_is_resolved),
		cmocka_unit_test(the_longer_environment_is_taken),
		cmocka_unit_test(another_program_is_not_mistaken),
		cmocka_unit_test(malformed_records_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
