// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/name.h"

#include "base/path.h"
#include "correlate/process/arguments.h"
#include "correlate/process/environment.h"
#include "correlate/process/executable.h"
#include "correlate/process/java.h"
#include "correlate/process/launcher.h"

/* How a command line is read: by the interpreter's options or by a reader of its own. */
struct interpreter {
	const char *name;    /* base name of the executable, without version */
	const char *runtime; /* process.runtime.name, NULL where the executable does not tell */
	struct interpreter_options options;
	struct slice (*read)(const struct argument_list *list, size_t from);
};

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define PYTHON_OPTIONS                                                       \
	{                                                                    \
		.value_flags = "WX", .code_flags = "c", .module_flags = "m", \
		.value_words = WORDS("--check-hash-based-pycs")              \
	}
#define SHELL_OPTIONS                                                                                   \
	{                                                                                               \
		.value_flags = "oO", .code_flags = "c", .value_words = WORDS("--rcfile", "--init-file") \
	}

static struct slice read_dotnet(const struct argument_list *list, size_t from);

static const struct interpreter interpreters[] = {
	{ "python", "cpython", PYTHON_OPTIONS, NULL },
	{ "pypy", "pypy", PYTHON_OPTIONS, NULL },
	{ "node",
	  "nodejs",
	  { .value_flags = "rC",
	    .code_flags = "ep",
	    .value_words = WORDS("--require", "--import", "--loader", "--experimental-loader", "--conditions",
				 "--env-file", "--title", "--icu-data-dir", "--openssl-config", "--input-type",
				 "--watch-path", "--inspect-port", "--max-http-header-size", "--diagnostic-dir"),
	    .code_words = WORDS("--eval", "--print", "--run"),
	    .commands = WORDS("inspect") },
	  NULL },
	{ "nodejs", "nodejs", { .value_flags = "rC", .code_flags = "ep" }, NULL },
	{ "deno",
	  "deno",
	  { .value_flags = "cL",
	    .value_words = WORDS("--config", "--import-map", "--log-level"),
	    .commands = WORDS("run", "serve", "task") },
	  NULL },
	{ "bun",
	  "bun",
	  { .value_flags = "rc",
	    .code_flags = "e",
	    .value_words = WORDS("--preload", "--config", "--cwd"),
	    .code_words = WORDS("--eval"),
	    .commands = WORDS("run", "x") },
	  NULL },
	{ "ruby",
	  NULL,
	  { .value_flags = "ICEr", .code_flags = "e", .value_words = WORDS("--encoding", "--external-encoding") },
	  NULL },
	{ "perl", NULL, { .value_flags = "IMmxi", .code_flags = "eE" }, NULL },
	{ "php", NULL, { .value_flags = "dcztS", .code_flags = "rBRE", .script_flags = "fF" }, NULL },
	{ "lua", NULL, { .value_flags = "l", .code_flags = "e" }, NULL },
	{ "luajit", NULL, { .value_flags = "l", .code_flags = "e" }, NULL },
	{ "sh", NULL, SHELL_OPTIONS, NULL },
	{ "bash", NULL, SHELL_OPTIONS, NULL },
	{ "dash", NULL, SHELL_OPTIONS, NULL },
	{ "ash", NULL, SHELL_OPTIONS, NULL },
	{ "zsh", NULL, SHELL_OPTIONS, NULL },
	{ "ksh", NULL, SHELL_OPTIONS, NULL },
	{ .name = "java", .read = java_application_name },
	{ .name = "dotnet", .runtime = ".NET", .read = read_dotnet },
	{ .name = "uwsgi", .read = launcher_uwsgi },
	{ .name = "uwsgi-core", .read = launcher_uwsgi },
};

static struct slice without_end(struct slice text, struct slice end)
{
	if (text.length > end.length && slice_equal(slice_from(text, text.length - end.length), end))
		text.length -= end.length;
	return text;
}

/* The interpreter of that executable name: "python3.11", "ruby2.7", "node"; NULL where it is none. */
static const struct interpreter *interpreter_find(struct slice name)
{
	if (name.length && name.data[0] == '-') /* a login shell's argv[0] */
		name = slice_from(name, 1);
	name = path_without_version(name);
	for (size_t i = 0; i < sizeof interpreters / sizeof interpreters[0]; i++)
		if (slice_equal(name, slice_of_string(interpreters[i].name)))
			return &interpreters[i];
	return NULL;
}

static struct slice read_dotnet(const struct argument_list *list, size_t from)
{
	for (size_t i = from; i < list->count; i++) {
		struct slice name = path_last(list->items[i]);
		struct slice stem = without_end(name, SLICE_LITERAL(".dll"));

		if (stem.length < name.length)
			return stem;
	}
	return slice_of(NULL, 0);
}

/* The application in a process title: "gunicorn: master [shop.wsgi]", "puma 6.4 (tcp://0:3000) [shop]". */
static struct slice title_application(const struct argument_list *list)
{
	struct slice title = list->count ? slice_trim(list->items[0]) : slice_of(NULL, 0);
	size_t begin = title.length;
	uint64_t number;

	if (slice_find(title, ' ') == title.length || title.data[title.length - 1] != ']')
		return slice_of(NULL, 0);
	while (begin > 0 && title.data[begin - 1] != '[')
		begin--;
	if (!begin)
		return slice_of(NULL, 0);
	title = slice_of(title.data + begin, title.length - begin - 1);
	/* A release's directory, as puma has it, may be called by a number. */
	return slice_to_u64(title, &number) ? title : application_name(title);
}

static struct slice interpreter_read(const struct interpreter *interpreter, const struct argument_list *list,
				     size_t from)
{
	struct slice target, name;
	size_t next;

	if (interpreter->read)
		return interpreter->read(list, from);
	switch (argument_list_target(list, from, &interpreter->options, &target, &next)) {
	case TARGET_SCRIPT:
		name = script_name(target);
		break;
	case TARGET_MODULE:
		name = without_end(target, SLICE_LITERAL(".__main__"));
		break;
	default:
		return title_application(list);
	}
	return launcher_application(name, list, next);
}

/*
 * Which interpreter runs, by the executable; by argv[0] where the executable is
 * the script itself, as exec reports one that begins with "#!".
 */
static const struct interpreter *process_interpreter(const struct process_info *info, const struct argument_list *list)
{
	const struct interpreter *interpreter = interpreter_find(process_executable_name(info->executable));

	if (interpreter || !list->count)
		return interpreter;
	interpreter = interpreter_find(path_last(list->items[0]));
	if (!info->executable.length)
		return interpreter;
	for (size_t i = 1; i < list->count; i++)
		if (slice_equal(list->items[i], info->executable))
			return interpreter;
	return NULL;
}

struct slice process_script(const struct process_info *info)
{
	const struct interpreter *interpreter;
	struct argument_list list;
	struct slice target;
	size_t next;

	argument_list_split(&list, info->arguments);
	interpreter = process_interpreter(info, &list);
	if (!interpreter || interpreter->read ||
	    argument_list_target(&list, 1, &interpreter->options, &target, &next) == TARGET_NONE)
		return slice_of(NULL, 0);
	return target;
}

/* busybox is what argv[0], or else argv[1], says. */
static struct slice applet_name(const struct argument_list *list, size_t *ret_next)
{
	struct slice busybox = SLICE_LITERAL("busybox");

	for (size_t i = 0; i < list->count && i < 2; i++) {
		struct slice name = path_last(list->items[i]);

		*ret_next = i + 1;
		if (name.length && !slice_equal(name, busybox))
			return name;
	}
	return busybox;
}

#define COMM_MAX 15 /* of the kernel's name for a process, which is cut */

/*
 * One file may be several programs by its links' names: Debian's redis-server is redis-check-rdb. It is the one that it
 * was run as. Whoever executes it may write anything into argv[0]; the kernel's own name, the executed link's, must agree.
 */
static struct slice program_name(const struct process_info *info, const struct argument_list *list)
{
	struct slice name = process_executable_name(info->executable);
	struct slice comm = environment_value(info->facts, SLICE_LITERAL("process.comm"));
	struct slice run_as = list->count ? list->items[0] : slice_of(NULL, 0);

	/* It may be a title: "redis-server *:6379", "mysqld: ready". */
	run_as = path_last(slice_head(run_as, slice_find(run_as, ' ')));
	run_as = slice_head(run_as, slice_find(run_as, ':'));
	if (!name.length || slice_equal(slice_head(name, COMM_MAX), comm))
		return name;
	return run_as.length && slice_equal(slice_head(run_as, COMM_MAX), comm) ? run_as : name;
}

struct slice process_title_application(const struct process_info *info)
{
	struct argument_list list;

	argument_list_split(&list, info->arguments);
	return title_application(&list);
}

enum command_kind process_command_name(const struct process_info *info, struct slice *ret_name)
{
	struct slice name = process_executable_name(info->executable);
	const struct interpreter *interpreter;
	struct argument_list list;
	size_t next = 1;

	argument_list_split(&list, info->arguments);
	if (slice_equal(name, SLICE_LITERAL("busybox"))) {
		name = applet_name(&list, &next);
		interpreter = interpreter_find(name);
	} else {
		interpreter = process_interpreter(info, &list);
		if (!interpreter)
			name = program_name(info, &list);
	}
	struct slice target = interpreter ? interpreter_read(interpreter, &list, next) : slice_of(NULL, 0);

	if (!name.length && list.count)
		name = path_last(list.items[0]);
	*ret_name = target.length ? target : name;
	return target.length ? COMMAND_APPLICATION : interpreter ? COMMAND_RUNTIME : COMMAND_PROGRAM;
}

struct slice process_runtime_name(const struct process_info *info)
{
	const struct interpreter *interpreter = interpreter_find(process_executable_name(info->executable));

	return slice_of_string(interpreter ? interpreter->runtime : NULL);
}
