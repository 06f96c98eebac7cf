// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/service_name.h"

#include "correlate/process/environment.h"
#include "correlate/process/executable.h"
#include "correlate/process/launcher.h"
#include "correlate/process/manager.h"
#include "correlate/process/name.h"

/* What a service is made with, or every project has: it says less than whoever runs it calls it. */
static const char *const weak_names[] = {
	"api",    "app",     "application",       "asgi",       "backend", "bootstrap", "config",   "console",
	"core",   "daemon",  "docker-entrypoint", "entrypoint", "index",   "launch",    "launcher", "main",
	"manage", "program", "project",           "run",        "server",  "service",   "src",      "start",
	"web",    "wsgi",    "__main__",          "artisan",    NULL,
};

/* Tools that run an application from the directory where they are started. */
static const char *const tools[] = {
	"bundle",         "celery",    "daphne", "falcon",    "fastapi", "flask",   "granian", "gunicorn", "hypercorn",
	"next",           "nodemon",   "npm",    "passenger", "plackup", "puma",    "quart",   "rackup",   "rails",
	"sidekiq",        "streamlit", "thin",   "ts-node",   "tsx",     "unicorn", "uvicorn", "uwsgi",    "waitress",
	"waitress-serve", "yarn",      NULL,
};

/* Servers that come whole, with a language or a package: whoever starts one has it for something of their own. */
static const char *const generic_servers[] = {
	"http.server", "SimpleHTTPServer", "CGIHTTPServer", "xmlrpc.server", "wsgiref.simple_server",
	"aiohttp.web", "werkzeug.serving", "http-server",   "json-server",   "live-server",
	NULL,
};

/* Of these the directory is the better name, as of scripts that are called so by their path. */
static const char *const named_by_directory[] = {
	"artisan", "asgi", "config", "console", "index", "main", "manage", "wsgi", "__main__", NULL,
};

/* All parts of "app.main" are in the list. */
static bool parts_in(struct slice name, const char *const *list)
{
	while (name.length) {
		struct slice part = slice_head(name, slice_find(name, '.'));

		if (!word_in(part, list))
			return false;
		name = slice_from(name, part.length + 1);
	}
	return true;
}

static struct slice last_part(struct slice name)
{
	size_t begin = name.length;

	while (begin > 0 && name.data[begin - 1] != '.')
		begin--;
	return slice_from(name, begin);
}

/* As puma calls what lies in a release's directory. */
static bool is_number(struct slice name)
{
	uint64_t number;

	return slice_to_u64(name, &number);
}

static bool is_weak(struct slice name)
{
	return is_number(name) || word_in(name, tools) || word_in(name, generic_servers) || parts_in(name, weak_names);
}

/* Where it was started, if that means something: for a tool, or for what is found from there. */
static struct slice name_by_directory(const struct process_info *info, struct slice name)
{
	struct slice script = process_script(info);
	bool relative = !slice_starts_with(script, SLICE_LITERAL("/")) || !slice_equal(script_name(script), name);

	if (!word_in(name, tools) && !is_number(name) && !(relative && word_in(last_part(name), named_by_directory)))
		return slice_of(NULL, 0);
	return directory_name(environment_value(info->facts, SLICE_LITERAL("process.working_directory")));
}

/* "php-fpm8.2" is php-fpm; its title says of which pool the worker is: "php-fpm: pool shop". */
static struct slice php_pool(const struct process_info *info, char buffer[SERVICE_GUESS_MAX])
{
	struct slice fpm = SLICE_LITERAL("php-fpm"), title = SLICE_LITERAL("php-fpm: pool ");
	struct slice name = process_executable_name(info->executable), pool;

	if (!slice_starts_with(name, fpm))
		return slice_of(NULL, 0);
	for (size_t i = fpm.length; i < name.length; i++)
		if (name.data[i] != '.' && (name.data[i] < '0' || name.data[i] > '9'))
			return slice_of(NULL, 0);
	if (!slice_starts_with(info->arguments, title))
		return fpm;
	pool = slice_from(info->arguments, title.length);
	pool = slice_head(slice_trim(slice_head(pool, slice_find(pool, '\0'))), SERVICE_GUESS_MAX - fpm.length - 1);
	if (!pool.length)
		return fpm;
	memcpy(buffer, "php-fpm-", fpm.length + 1);
	memcpy(buffer + fpm.length + 1, pool.data, pool.length);
	return slice_of(buffer, fpm.length + 1 + pool.length);
}

bool service_name_in_title(const struct process_info *info)
{
	char buffer[SERVICE_GUESS_MAX];

	return php_pool(info, buffer).data == buffer || process_title_application(info).length;
}

struct slice service_name_guess(const struct process_info *info, char buffer[SERVICE_GUESS_MAX])
{
	struct slice name = php_pool(info, buffer), better;
	bool weak;

	if (name.length)
		return name;
	switch (process_command_name(info, &name)) {
	case COMMAND_APPLICATION:
		weak = is_weak(name);
		break;
	case COMMAND_RUNTIME:
		weak = true;
		break;
	default:
		weak = info->managed || is_weak(name);
	}
	if (!weak)
		return name;
	better = name_by_directory(info, name);
	if (!better.length)
		better = process_manager_name(info, buffer);
	return better.length ? better : name;
}
