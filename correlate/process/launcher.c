// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/launcher.h"

#include "base/ascii.h"
#include "base/path.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *const script_extensions[] = {
	".py",  ".pyc", ".pyw", ".pyz", ".pex",  ".js",  ".mjs",  ".cjs", ".ts",   ".mts", ".cts", ".tsx",
	".jsx", ".rb",  ".ru",  ".pl",  ".psgi", ".php", ".phar", ".sh",  ".bash", ".lua", NULL,
};

/* Names that every project has, of files and of the directories they lie in. */
static const char *const generic_scripts[] = { "index",   "main",  "__main__", "manage", "artisan",
					       "console", "rails", "config",   NULL };
static const char *const generic_directories[] = { "app", "bin",    "build", "code",      "current",  "dist",
						   "lib", "public", "src",   "workspace", "releases", NULL };
static const char *const system_directories[] = { "",     ".",   "..",  "usr",          "local",
						  "opt",  "srv", "tmp", "sbin",         "home",
						  "root", "var", "www", "node_modules", "site-packages",
						  NULL };

/* Takes the last component off *path. */
static struct slice take_last(struct slice *path)
{
	struct slice last = path_last(*path);

	path->length -= last.length;
	while (path->length > 1 && path->data[path->length - 1] == '/')
		path->length--;
	return last;
}

static struct slice without_extension(struct slice name)
{
	for (const char *const *extension = script_extensions; *extension; extension++) {
		struct slice end = slice_of_string(*extension);

		if (name.length > end.length && slice_equal(slice_from(name, name.length - end.length), end))
			return slice_head(name, name.length - end.length);
	}
	return name;
}

/* "/dev/fd/3", "/proc/self/fd/3", "/dev/stdin": a descriptor, which says nothing of what it holds. */
static bool is_descriptor(struct slice path)
{
	struct slice name = take_last(&path);
	uint64_t number;

	if (slice_equal(path, SLICE_LITERAL("/dev")))
		return slice_equal(name, SLICE_LITERAL("stdin"));
	if (!slice_to_u64(name, &number) || !slice_equal(take_last(&path), SLICE_LITERAL("fd")))
		return false;
	if (slice_equal(path, SLICE_LITERAL("/dev")))
		return true;
	take_last(&path);
	return slice_equal(path, SLICE_LITERAL("/proc"));
}

struct slice script_name(struct slice path)
{
	if (is_descriptor(path))
		return slice_of(NULL, 0);
	while (path.length && path.data[path.length - 1] == '/')
		path.length--;
	struct slice name = without_extension(take_last(&path));
	struct slice directory;

	if (slice_equal(name, SLICE_LITERAL(".")) || slice_equal(name, SLICE_LITERAL("..")))
		return slice_of(NULL, 0);
	if (!word_in(name, generic_scripts))
		return name;
	directory = directory_name(path);
	return directory.length ? directory : name;
}

/* As a release's directory: "20240131120000". */
static bool is_number(struct slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (!ascii_is_digit(name.data[i]))
			return false;
	return true;
}

struct slice directory_name(struct slice path)
{
	struct slice name;

	do
		name = take_last(&path);
	while (name.length && (word_in(name, generic_directories) || is_number(name)));
	/* A home directory's name is its owner's. */
	return word_in(name, system_directories) || slice_equal(path, SLICE_LITERAL("/home")) ? slice_of(NULL, 0)
											      : name;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
	       (unsigned char)byte >= 0x80;
}

/* How many leading bytes of `text` are a dotted Python name. */
static size_t dotted_name(struct slice text)
{
	size_t length = 0;

	while (length < text.length &&
	       (is_letter(text.data[length]) || (length && ascii_is_digit(text.data[length])) ||
		(length && text.data[length] == '.')))
		length++;
	return length;
}

struct slice application_name(struct slice application)
{
	struct slice module = slice_head(application, slice_find(application, ':'));
	struct slice stem = without_extension(module);

	if (slice_find(module, '/') < module.length || stem.length < module.length)
		return script_name(module);
	return slice_head(module, dotted_name(module));
}

/* "module:attribute" or "module:factory(...)"; not "localhost:8000", "unix:/run/x.sock". */
static bool is_application(struct slice text)
{
	size_t colon = slice_find(text, ':');
	struct slice module = slice_head(text, colon);
	struct slice attribute = slice_from(text, colon + 1);
	size_t name = dotted_name(attribute);

	return module.length && dotted_name(module) == module.length && name && name + colon + 1 <= text.length &&
	       (name == attribute.length || attribute.data[name] == '(') && !word_in(module, WORDS("unix", "fd"));
}

static struct slice read_option(const struct argument_list *list, size_t from)
{
	return application_name(argument_list_option(list, from, WORDS("--app", "-A")));
}

/*
 * The argument that has an application's shape. Else ("gunicorn shop") the first
 * one that can be no option's value, where all options but these take one.
 */
static struct slice read_positional(const struct argument_list *list, size_t from)
{
	const char *const *switches = WORDS("--reload", "--preload", "--daemon", "-D", "--factory", "--debug");

	for (size_t i = from; i < list->count; i++)
		if (is_application(list->items[i]))
			return application_name(list->items[i]);
	for (size_t i = from; i < list->count; i++) {
		struct slice item = list->items[i];

		if (!slice_starts_with(item, SLICE_LITERAL("-")))
			return dotted_name(item) == item.length ? item : slice_of(NULL, 0);
		if (!word_in(item, switches) && slice_find(item, '=') == item.length)
			i++;
	}
	return slice_of(NULL, 0);
}

/* "fastapi run shop/main.py", "ts-node server.ts": the argument with a script's extension. */
static struct slice read_script(const struct argument_list *list, size_t from)
{
	for (size_t i = from; i < list->count; i++)
		if (without_extension(list->items[i]).length < list->items[i].length && list->items[i].data[0] != '-')
			return script_name(list->items[i]);
	return slice_of(NULL, 0);
}

/* "bundle exec puma". */
static struct slice read_bundle(const struct argument_list *list, size_t from)
{
	if (from + 1 < list->count && slice_equal(list->items[from], SLICE_LITERAL("exec")))
		return script_name(list->items[from + 1]);
	return slice_of(NULL, 0);
}

/* "puma --tag shop", "rackup /srv/shop/config.ru". */
static struct slice read_rack(const struct argument_list *list, size_t from)
{
	struct slice tag = argument_list_option(list, from, WORDS("--tag"));

	return tag.length ? tag : read_script(list, from);
}

struct slice launcher_uwsgi(const struct argument_list *list, size_t from)
{
	struct slice module = argument_list_option(list, from, WORDS("--module", "--wsgi", "-w"));

	if (module.length)
		return application_name(module);
	return application_name(argument_list_option(list, from, WORDS("--wsgi-file", "--file")));
}

static const struct {
	const char *name;
	struct slice (*read)(const struct argument_list *list, size_t from);
} launchers[] = {
	{ "flask", read_option },        { "quart", read_option },       { "celery", read_option },
	{ "gunicorn", read_positional }, { "uvicorn", read_positional }, { "hypercorn", read_positional },
	{ "daphne", read_positional },   { "granian", read_positional }, { "waitress-serve", read_positional },
	{ "waitress", read_positional }, { "fastapi", read_script },     { "streamlit", read_script },
	{ "ts-node", read_script },      { "tsx", read_script },         { "nodemon", read_script },
	{ "plackup", read_script },      { "bundle", read_bundle },      { "puma", read_rack },
	{ "rackup", read_rack },         { "unicorn", read_rack },
};

struct slice launcher_application(struct slice name, const struct argument_list *list, size_t from)
{
	for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
		if (!slice_equal(name, slice_of_string(launchers[i].name)))
			continue;
		struct slice application = launchers[i].read(list, from);

		return application.length ? application : name;
	}
	return name;
}
