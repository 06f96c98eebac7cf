// SPDX-License-Identifier: Apache-2.0
#include "agent/process/runtime_java.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/process/proc_file.h"

#define RELEASE_MAX 4096

/* Who builds OpenJDK under its own name; Oracle's two differ by a licence, others by their virtual machine. */
static const char *const openjdk_vendors[] = { "Debian",       "Ubuntu",          "Eclipse Adoptium",
					       "AdoptOpenJDK", "Amazon.com Inc.", "Azul Systems, Inc.",
					       "BellSoft",     "Microsoft",       "Red Hat, Inc.",
					       "SAP SE",       "Alpine" };

/* The value of a line KEY="value". */
static struct slice release_value(struct slice text, struct slice key)
{
	while (text.length) {
		struct slice line = slice_head(text, slice_find(text, '\n'));
		struct slice value = slice_from(line, key.length + 2);

		text = slice_from(text, line.length + 1);
		if (slice_starts_with(line, key) &&
		    slice_starts_with(slice_from(line, key.length), SLICE_LITERAL("=\"")))
			return slice_head(value, slice_find(value, '"'));
	}
	return slice_of(NULL, 0);
}

static void copy(char *target, size_t size, struct slice text)
{
	if (text.length < size)
		snprintf(target, size, "%.*s", (int)text.length, text.data ? text.data : "");
}

void java_read_release(struct slice text, struct runtime *runtime)
{
	struct slice version = release_value(text, SLICE_LITERAL("JAVA_RUNTIME_VERSION"));
	struct slice vendor = release_value(text, SLICE_LITERAL("IMPLEMENTOR"));

	if (!version.length)
		version = release_value(text, SLICE_LITERAL("JAVA_VERSION"));
	copy(runtime->version, sizeof(runtime->version), version);
	for (size_t i = 0; i < sizeof(openjdk_vendors) / sizeof(openjdk_vendors[0]); i++)
		if (slice_equal(vendor, slice_of_string(openjdk_vendors[i])))
			copy(runtime->name, sizeof(runtime->name), SLICE_LITERAL("OpenJDK Runtime Environment"));
}

static struct slice parent_directory(struct slice path)
{
	while (path.length && path.data[path.length - 1] != '/')
		path.length--;
	return slice_head(path, path.length ? path.length - 1 : 0);
}

void java_describe(uint32_t pid, struct slice executable, struct runtime *runtime)
{
	struct slice home = parent_directory(parent_directory(executable));
	char path[PATH_MAX], text[RELEASE_MAX];
	ssize_t length;
	int fd;

	if (!home.length || home.length > RELEASE_MAX / 2)
		return;
	snprintf(path, sizeof(path), "%.*s/release", (int)home.length, home.data);
	fd = proc_root_open(pid, path);
	if (fd < 0)
		return;
	length = pread(fd, text, sizeof(text), 0);
	close(fd);
	if (length > 0)
		java_read_release(slice_of(text, (size_t)length), runtime);
}
