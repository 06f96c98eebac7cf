// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/mount.h"

#include <errno.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

static void lines_are_read(void **state)
{
	static const char line[] =
		"41 31 0:31 / /sys/fs/cgroup/unified rw,relatime shared:9 master:1 - cgroup2 cgroup2 rw\n";
	struct slice path, type;

	(void)state;
	assert_true(mount_parse(SLICE_LITERAL(line), &path, &type));
	assert_true(slice_equal(path, SLICE_LITERAL("/sys/fs/cgroup/unified")));
	assert_true(slice_equal(type, SLICE_LITERAL("cgroup2")));
	assert_true(mount_parse(SLICE_LITERAL("1 2 0:3 / /x rw - tmpfs"), &path, &type));
	assert_true(slice_equal(type, SLICE_LITERAL("tmpfs")));
}

static void every_cut_is_survived(void **state)
{
	static const char line[] = "1 2 0:3 / /a rw,relatime - tmpfs";
	const size_t complete = strlen(line) - strlen("tmpfs");
	struct slice path, type;

	(void)state;
	for (size_t length = 0; length <= strlen(line); length++) {
		char *copy = guard_copy(line, length);

		assert_int_equal(mount_parse(slice_of(copy, length), &path, &type), length > complete);
		guard_free(copy, length);
	}
}

static void escapes_are_undone(void **state)
{
	char path[16];
	char *cut = guard_copy("/a\\04", 5);

	(void)state;
	assert_int_equal(mount_unescape(SLICE_LITERAL("/a\\040b\\134"), path, sizeof(path)), 0);
	assert_string_equal(path, "/a b\\");
	assert_int_equal(mount_unescape(slice_of(cut, 5), path, sizeof(path)), 0);
	assert_string_equal(path, "/a\\04");
	assert_int_equal(mount_unescape(SLICE_LITERAL("0123456789abcde"), path, sizeof(path)), 0);
	assert_int_equal(mount_unescape(SLICE_LITERAL("0123456789abcdef"), path, sizeof(path)), -ENAMETOOLONG);
	assert_int_equal(mount_unescape(SLICE_LITERAL(""), path, 0), -ENAMETOOLONG);
	guard_free(cut, 5);
}

static void what_is_mounted_is_found(void **state)
{
	char path[4096], tiny[2];

	(void)state;
	assert_int_equal(mount_find("proc", path, sizeof(path)), 0);
	assert_string_equal(path, "/proc");
	assert_int_equal(mount_find("proc", tiny, sizeof(tiny)), -ENAMETOOLONG);
	assert_int_equal(mount_find("no such type", path, sizeof(path)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(every_cut_is_survived),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(what_is_mounted_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
