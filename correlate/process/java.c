// SPDX-License-Identifier: Apache-2.0
/* java: options that take values, jar names with versions, main classes. */
#include "correlate/process/java.h"

#include "base/ascii.h"
#include "correlate/process/executable.h"

static const char *const value_options[] = {
	"-cp",
	"-classpath",
	"--class-path",
	"-p",
	"--module-path",
	"--upgrade-module-path",
	"--add-modules",
	"--add-opens",
	"--add-exports",
	"--add-reads",
	"--limit-modules",
	"--source",
	"--describe-module",
	"-d",
	NULL,
};

static const char *const jar_options[] = { "-jar", NULL };
static const char *const module_options[] = { "-m", "--module", NULL };
static const char *const jar_extensions[] = { ".jar", ".war", ".java", NULL };
static const char *const generic_classes[] = { "Main", "Application", "Bootstrap", "Launcher", NULL };

/* What build tools put behind a version. */
static const char *const qualifiers[] = {
	"SNAPSHOT", "RELEASE", "FINAL", "GA", "all", "exec", "fat", "uber", "runner", "shaded", "standalone", NULL,
};

static const char *const stages[] = { "rc", "RC", "alpha", "beta", "m", "M", NULL };

static size_t find_last(struct slice text, char byte)
{
	size_t at = text.length;

	while (at > 0 && text.data[at - 1] != byte)
		at--;
	return at ? at - 1 : text.length;
}

/* "SNAPSHOT", "rc.1", "M2". */
static bool is_qualifier(struct slice part)
{
	size_t letters = part.length;

	while (letters > 0 && (ascii_is_digit(part.data[letters - 1]) || part.data[letters - 1] == '.'))
		letters--;
	return word_in(part, qualifiers) || word_in(slice_head(part, letters), stages);
}

/* "shop-1.2.3-SNAPSHOT" is "shop"; "log4j-bridge" and "shop-all" stay. */
static struct slice without_version(struct slice name)
{
	struct slice rest = name;

	for (;;) {
		size_t dash = find_last(rest, '-');
		struct slice part = slice_from(rest, dash + 1);

		if (dash == rest.length || dash == 0 || !part.length)
			return name;
		rest = slice_head(rest, dash);
		if (ascii_is_digit(part.data[0]))
			return rest;
		if (!is_qualifier(part))
			return name;
	}
}

static struct slice jar_name(struct slice path)
{
	struct slice name = process_executable_name(path);

	for (const char *const *extension = jar_extensions; *extension; extension++) {
		struct slice end = slice_of_string(*extension);

		if (name.length > end.length && slice_equal(slice_from(name, name.length - end.length), end))
			return without_version(slice_head(name, name.length - end.length));
	}
	return without_version(name);
}

/* The last component; of "com.acme.shop.Main" the one before. */
static struct slice class_name(struct slice class)
{
	size_t dot = find_last(class, '.');
	struct slice last = dot == class.length ? class : slice_from(class, dot + 1);

	if (dot != class.length && word_in(last, generic_classes))
		return class_name(slice_head(class, dot));
	return last;
}

/* "module/main.Class" or "module". */
static struct slice module_name(struct slice module)
{
	size_t slash = slice_find(module, '/');

	return class_name(slash < module.length ? slice_from(module, slash + 1) : module);
}

struct slice java_application_name(const struct argument_list *list, size_t from)
{
	for (size_t i = from; i < list->count; i++) {
		struct slice item = list->items[i];
		struct slice value = i + 1 < list->count ? list->items[i + 1] : slice_of(NULL, 0);

		if (word_in(item, jar_options))
			return jar_name(value);
		if (word_in(item, module_options))
			return module_name(value);
		if (slice_starts_with(item, SLICE_LITERAL("--module=")))
			return module_name(slice_from(item, strlen("--module=")));
		if (word_in(item, value_options)) {
			i++;
		} else if (item.length && item.data[0] != '-' && item.data[0] != '@') {
			bool source = slice_find(item, '/') < item.length ||
				      (item.length > 5 &&
				       slice_equal(slice_from(item, item.length - 5), SLICE_LITERAL(".java")));

			return source ? jar_name(item) : class_name(item);
		}
	}
	return slice_of(NULL, 0);
}
