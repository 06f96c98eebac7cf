// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

#include "agent/process/proc_file.h"
#include "agent/process/runtime.h"
#include "agent/process/runtime_elf.h"
#include "agent/process/runtime_java.h"
#include "base/test/guard.h"

/* What Go's linker puts into its executables: its version's length, and the version. */
__attribute__((section(".go.buildinfo"), used)) static const char build_info[] = "\xff Go buildinf:\x08\x02"
										 "\0\0\0\0\0\0\0\0"
										 "\0\0\0\0\0\0\0\0"
										 "\x08go1.22.1\x03xyz";

/* What runtimes have among their symbols and constants. */
__attribute__((visibility("default"), used)) const char wirespan_test_string[] = "3.1.2";
__attribute__((visibility("default"), used)) const unsigned long wirespan_test_number = 0x030b02f0;
__attribute__((visibility("default"), used)) const unsigned long wirespan_test_candidate = 0x030b02c1;
__attribute__((used)) static const char constant[] = "X-Test-By: Test/ X-Test-By: Test/8.2.29-1+deb";

static struct runtime runtime;

static void describe(pid_t pid)
{
	runtime_describe((uint32_t)pid, &runtime);
}

static void knows_go_by_its_section(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) { /* the second time it is remembered */
		describe(getpid());
		assert_true(runtime.shares_threads);
		assert_false(runtime.may_tell_more);
		assert_string_equal(runtime.name, "go");
		assert_string_equal(runtime.version, "go1.22.1");
	}
}

static void others_keep_their_threads(void **state)
{
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC /* closed by the exec */), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		execlp("sleep", "sleep", "60", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	describe(child);
	assert_false(runtime.shares_threads);
	assert_string_equal(runtime.name, "");
	assert_string_equal(runtime.version, "");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void nobody_has_no_runtime(void **state)
{
	(void)state;
	describe(0);
	assert_false(runtime.shares_threads);
	assert_string_equal(runtime.name, "");
}

static void versions_are_found_in_files(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char version[RUNTIME_VERSION_MAX] = "";

	(void)state;
	assert_true(fd >= 0);
	assert_true(elf_string_version(fd, "wirespan_test_string", version, sizeof(version)));
	assert_string_equal(version, "3.1.2");
	assert_true(elf_number_version(fd, "wirespan_test_number", version, sizeof(version)));
	assert_string_equal(version, "3.11.2");
	assert_true(elf_constant_version(fd, "X-Test-By: Test/", version, sizeof(version)));
	assert_string_equal(version, "8.2.29-1+deb");
	assert_false(elf_constant_version(fd, "X-Test-By: Test/", version, 4));
	assert_false(elf_number_version(fd, "wirespan_test_candidate", version, sizeof(version)));
	assert_false(elf_string_version(fd, "wirespan_test_missing", version, sizeof(version)));
	assert_string_equal(version, "8.2.29-1+deb");
	close(fd);
}

/* Whatever a file says that is no ELF file, or one cut short anywhere. */
static void damaged_files_tell_nothing(void **state)
{
	FILE *file = tmpfile();
	int fd = file ? fileno(file) : -1, whole = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char bytes[4096], version[RUNTIME_VERSION_MAX] = "";

	(void)state;
	assert_true(fd >= 0 && whole >= 0);
	assert_false(elf_go_version(fd, version, sizeof(version)));
	for (off_t size = 0; size < 64 * 1024; size += 64) {
		ssize_t length = pread(whole, bytes, sizeof(bytes), size / 4096 * 4096);

		assert_true(length >= 0 && pwrite(fd, bytes, (size_t)length, size / 4096 * 4096) == length);
		assert_int_equal(ftruncate(fd, size), 0);
		elf_go_version(fd, version, sizeof(version));
		elf_string_version(fd, "wirespan_test_string", version, sizeof(version));
		elf_constant_version(fd, "X-Test-By: Test/", version, sizeof(version));
	}
	fclose(file);
	close(whole);
}

#define HOLE (512l << 20)
#define HOLE_KIB (HOLE / 1024)

static long memory_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* A file of holes with so many sections (0: the first says it), names being the second, symbols the third. */
static void expect_cheap(uint16_t count, const Elf64_Shdr sections[3])
{
	const Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = count,
		.e_shstrndx = 1,
	};
	const size_t size = 3 * sizeof(sections[0]);
	char version[RUNTIME_VERSION_MAX] = "";
	FILE *file = tmpfile();
	int fd = file ? fileno(file) : -1;
	long before;

	assert_int_equal(ftruncate(fd, HOLE + 4096), 0);
	assert_int_equal(pwrite(fd, &header, sizeof(header), 0), sizeof(header));
	assert_int_equal(pwrite(fd, sections, size, sizeof(header)), size);
	before = memory_kib();
	assert_false(elf_go_version(fd, version, sizeof(version)));
	assert_false(elf_string_version(fd, "wirespan_test_string", version, sizeof(version)));
	assert_in_range(memory_kib() - before, 0, HOLE_KIB / 4);
	fclose(file);
}

static void holes_are_not_loaded(void **state)
{
	const Elf64_Shdr names = { .sh_type = SHT_STRTAB, .sh_offset = 4096, .sh_size = 4096 };
	const Elf64_Shdr symbols = {
		.sh_type = SHT_DYNSYM, .sh_offset = 4096, .sh_size = 4096, .sh_link = 1, .sh_entsize = sizeof(Elf64_Sym)
	};
	Elf64_Shdr large_names = names, large_symbols = symbols;

	(void)state;
	large_names.sh_size = large_symbols.sh_size = HOLE;
	expect_cheap(3, (Elf64_Shdr[3]){ { 0 }, names, symbols });
	expect_cheap(3, (Elf64_Shdr[3]){ { 0 }, large_names, symbols });
	expect_cheap(3, (Elf64_Shdr[3]){ { 0 }, names, large_symbols });
	expect_cheap(0, (Elf64_Shdr[3]){ { .sh_size = HOLE / sizeof(Elf64_Shdr) }, names, symbols });
}

/* Which a link, or a mount of a container's, may lead to. */
static void only_files_of_a_disk_are_opened(void **state)
{
	char path[] = "/tmp/wirespan-test-XXXXXX";
	int fd = mkstemp(path), opened;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	opened = proc_root_open((uint32_t)getpid(), path);
	assert_true(opened >= 0);
	close(opened);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/proc/uptime", path), 0);
	assert_true(proc_root_open((uint32_t)getpid(), path) < 0);
	assert_int_equal(unlink(path), 0);
	assert_true(proc_root_open((uint32_t)getpid(), "/dev/null") < 0);
	assert_true(proc_root_open((uint32_t)getpid(), "/proc/uptime") < 0);
	close(fd);
}

static void expect_release(const char *text, const char *name, const char *version)
{
	char *copy = guard_copy(text, strlen(text));

	runtime = (struct runtime){ .shares_threads = false };
	java_read_release(slice_of(copy, strlen(text)), &runtime);
	assert_string_equal(runtime.name, name);
	assert_string_equal(runtime.version, version);
	guard_free(copy, strlen(text));
}

static void javas_release_is_read(void **state)
{
	char long_version[256] = "JAVA_VERSION=\"";

	(void)state;
	expect_release(
		"IMPLEMENTOR=\"Debian\"\nJAVA_RUNTIME_VERSION=\"17.0.15+6-Debian-1\"\nJAVA_VERSION=\"17.0.15\"\n",
		"OpenJDK Runtime Environment", "17.0.15+6-Debian-1");
	/* Two products of one name. */
	expect_release("JAVA_VERSION=\"1.8.0_401\"\nIMPLEMENTOR=\"Oracle Corporation\"", "", "1.8.0_401");
	expect_release("XJAVA_VERSION=\"1\"\nJAVA_VERSION=1\nJAVA_VERSION", "", "");
	expect_release("JAVA_VERSION=\"17", "", "17");
	expect_release("", "", "");
	memset(long_version + strlen(long_version), '1', sizeof(long_version) - 1 - strlen(long_version));
	expect_release(long_version, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_go_by_its_section),    cmocka_unit_test(others_keep_their_threads),
		cmocka_unit_test(nobody_has_no_runtime),      cmocka_unit_test(versions_are_found_in_files),
		cmocka_unit_test(damaged_files_tell_nothing), cmocka_unit_test(javas_release_is_read),
		cmocka_unit_test(holes_are_not_loaded),         cmocka_unit_test(only_files_of_a_disk_are_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
