// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/process/environment.h"
#include "correlate/process/process.h"
#include "correlate/process/title.h"

#define ID "3f4e8a1bb4a0c6f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899"

/* Executable, arguments separated by "|", and the name they give. */
static const struct {
	const char *executable, *arguments, *name;
} commands[] = {
	/* plain */
	{ "/usr/sbin/nginx", "nginx: worker process", "nginx" },
	{ "/usr/bin/curl", "curl|http://x/", "curl" },
	{ "/opt/shop/shopd (deleted)", "shopd", "shopd" },
	{ "", "/opt/x/tool|-v", "tool" },
	{ "", "", "unknown_service" },
	{ "/", "", "unknown_service" },
	{ "/usr/sbin/php-fpm8.2", "php-fpm8.2|--nodaemonize", "php-fpm" },
	{ "/usr/sbin/php-fpm8.2", "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)", "php-fpm" },
	{ "/usr/sbin/php-fpm8.2", "php-fpm: pool www      ", "php-fpm-www" },
	{ "/usr/local/sbin/php-fpm", "php-fpm: pool shop||", "php-fpm-shop" },
	{ "/usr/sbin/php-fpm", "php-fpm: pool ", "php-fpm" },
	{ "/usr/sbin/php-fpm-exporter", "php-fpm-exporter", "php-fpm-exporter" },
	/* Python */
	{ "/usr/bin/python3.11", "python3|-u|app.py", "app" },
	{ "/usr/bin/python3.11", "python3|/srv/shop/frontend.py|--port|80", "frontend" },
	{ "/usr/bin/python3", "python3|-W|ignore|-X|dev|-bb|app.py", "app" },
	{ "/usr/bin/python3", "python3|-Wignore|--check-hash-based-pycs|always|--|app.py", "app" },
	{ "/usr/bin/python3", "python3|-m|pkg.mod|x.py", "pkg.mod" },
	{ "/usr/bin/python3", "python3|-um|http.server|8000", "http.server" },
	{ "/usr/bin/python3", "python3|-mhttp.server", "http.server" },
	{ "/usr/bin/python3", "python3|-m|shop.__main__", "shop" },
	{ "/usr/bin/python3", "python3|-c|import x", "python3" },
	{ "/usr/bin/python3.11", "python3", "python3.11" },
	{ "/usr/bin/python3", "python3|-", "python3" },
	{ "/usr/bin/python3", "python3|.", "python3" },
	{ "/usr/bin/python3", "python3|/srv/shop/", "shop" },
	{ "/usr/bin/pypy3", "pypy3|app.py", "app" },
	{ "/usr/bin/python3", "python3|manage.py|runserver", "manage" },
	{ "/usr/bin/python3", "python3|/srv/shop/manage.py|runserver", "shop" },
	{ "/usr/bin/python3", "python3|/srv/shop/src/main.py", "shop" },
	{ "/usr/bin/python3", "python3|/usr/src/app/main.py", "main" },
	{ "./app.py", "/usr/bin/python3|./app.py", "app" },
	{ "/bin/tool", "python3|x.py", "tool" },
	{ "/usr/bin/python3.11", "python3|-m|flask|--app|frontend|run|--port|8000", "frontend" },
	{ "/usr/bin/python3.11", "/usr/bin/python3|/usr/bin/flask|--app|front/end.py:app|run", "end" },
	{ "/usr/bin/python3", "python3|/usr/bin/flask|--app=shop:create_app('x')|run", "shop" },
	{ "/usr/bin/python3", "python3|/usr/bin/flask|-A|shop.web|run", "shop.web" },
	{ "/usr/bin/python3", "python3|/usr/bin/flask|run", "flask" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|-w|4|-b|127.0.0.1:8000|shop.wsgi:application", "shop.wsgi" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|frontend:create_app()|--bind|localhost:80", "frontend" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|--bind|unix:web.sock|frontend:app", "frontend" },
	{ "/usr/bin/python3", "python3|-m|gunicorn|-w|4|--reload|shop", "shop" },
	{ "/usr/bin/python3", "python3|-m|gunicorn|-c|conf.py", "gunicorn" },
	{ "/usr/bin/python3", "gunicorn: master [shop.wsgi:application]||", "shop.wsgi" },
	{ "/usr/bin/python3", "gunicorn: worker [frontend]", "frontend" },
	{ "/usr/bin/python3", "python3|-m|uvicorn|--host|0.0.0.0|shop.main:app", "shop.main" },
	{ "/usr/bin/python3", "python3|/usr/local/bin/hypercorn|-b|[::1]:80|shop:app", "shop" },
	{ "/usr/bin/python3", "python3|/usr/local/bin/daphne|-p|80|shop.asgi:application", "shop.asgi" },
	{ "/usr/bin/python3", "python3|/usr/bin/celery|-A|shop.tasks|worker", "shop.tasks" },
	{ "/usr/bin/python3", "python3|/usr/bin/fastapi|run|shop/api.py", "api" },
	{ "/usr/bin/uwsgi", "uwsgi|--http|:80|--module|shop.wsgi:app", "shop.wsgi" },
	{ "/usr/bin/uwsgi", "uwsgi|--wsgi-file=/srv/front.py", "front" },
	{ "/usr/bin/uwsgi-core", "uwsgi|-w|shop", "shop" },
	{ "/usr/bin/uwsgi", "uwsgi|--ini|x.ini", "uwsgi" },
	/* JavaScript */
	{ "/usr/bin/node", "node|--require|x|server.js", "server" },
	{ "/usr/bin/node", "node|-r|./trace.js|--max-old-space-size=512|/srv/shop/server.mjs", "server" },
	{ "/usr/bin/node", "node|/srv/shop/dist/index.js", "shop" },
	{ "/usr/bin/node", "node|index.js", "index" },
	{ "/usr/bin/node", "node|-e|1", "node" },
	{ "/usr/bin/node", "node|/srv/x/node_modules/.bin/ts-node|api.ts", "api" },
	{ "/usr/bin/deno", "deno|run|-A|--config|d.json|api.ts", "api" },
	{ "/usr/bin/bun", "bun|run|api.ts", "api" },
	/* Java */
	{ "/usr/lib/jvm/bin/java", "java|-Xmx1g|-jar|/srv/shop-1.2.3.jar|--x", "shop" },
	{ "/usr/bin/java", "java|-jar|shop-api-2.0.0-SNAPSHOT.jar", "shop-api" },
	{ "/usr/bin/java", "java|-jar|shop-1.0-rc.1-exec.jar", "shop" },
	{ "/usr/bin/java", "java|-jar|log4j-bridge.jar", "log4j-bridge" },
	{ "/usr/bin/java", "java|-jar|shop-all.jar", "shop-all" },
	{ "/usr/bin/java", "java|-cp|a.jar:b.jar|-Dx=y|com.acme.Shop|arg", "Shop" },
	{ "/usr/bin/java", "java|-cp|a|com.acme.shop.Main", "shop" },
	{ "/usr/bin/java", "java|-p|mods|-m|acme.shop/com.acme.Shop", "Shop" },
	{ "/usr/bin/java", "java|Hello.java", "Hello" },
	{ "/usr/bin/java", "java|@options", "java" },
	{ "/usr/bin/java", "java|-jar", "java" },
	/* others */
	{ "/usr/bin/ruby3.1", "ruby|-I|lib|/srv/web.rb", "web" },
	{ "/usr/bin/ruby3.1", "puma 6.4.0 (tcp://0.0.0.0:3000) [shop]", "shop" },
	{ "/usr/bin/ruby3.1", "puma 6.4.0 (unix:///run/shop.sock) [shop]||||", "shop" },
	{ "/usr/bin/ruby3.1", "puma: cluster worker 0: 123 [shop]", "shop" },
	{ "/usr/bin/ruby3.1", "puma 6.4.0 (tcp://0.0.0.0:3000) [sh", "ruby3.1" },
	{ "/usr/bin/ruby3.1", "ruby|/usr/bin/puma|-C|config.rb", "config" },
	{ "/usr/bin/ruby3.1", "ruby|/usr/bin/puma|-p|3000", "puma" },
	{ "/usr/bin/ruby3.1", "ruby|/usr/bin/puma|--tag|shop", "shop" },
	{ "/usr/bin/ruby3.1", "ruby|/usr/bin/rackup|/srv/shop/config.ru", "shop" },
	{ "/usr/bin/ruby3.1", "ruby|/srv/shop/bin/rails|server", "shop" },
	{ "/usr/bin/ruby", "ruby|/usr/bin/rails|server", "rails" },
	{ "/usr/bin/ruby", "ruby|/usr/bin/bundle|exec|puma", "puma" },
	{ "/usr/bin/perl", "perl|-Ilib|-w|/srv/feed.pl", "feed" },
	{ "/usr/bin/php8.2", "php|-S|0.0.0.0:80|-t|public|router.php", "router" },
	{ "/usr/bin/php", "php|-f|job.php", "job" },
	{ "/usr/bin/php", "php|/srv/shop/artisan|serve", "shop" },
	{ "/usr/bin/dotnet", "dotnet|exec|/app/Shop.Api.dll|--urls|x", "Shop.Api" },
	{ "/usr/bin/dotnet", "dotnet|run", "dotnet" },
	{ "/usr/bin/dash", "sh|-eu|script.sh", "script" },
	{ "/usr/bin/bash", "bash|-o|pipefail|/srv/start.sh", "start" },
	{ "/usr/bin/bash", "bash|/dev/fd/3", "bash" },
	{ "/usr/bin/bash", "bash|-e|/proc/self/fd/63|x", "bash" },
	{ "/usr/bin/python3.11", "python3|/proc/17/fd/3", "python3.11" },
	{ "/usr/bin/python3.11", "python3|/dev/stdin", "python3.11" },
	{ "/usr/bin/bash", "bash|/srv/fd/3", "3" },
	{ "/usr/bin/bash", "bash|/dev/fd/run.sh", "run" },
	{ "/usr/bin/bash", "-bash", "bash" },
	{ "/usr/bin/bash", "bash|-lc|x", "bash" },
	{ "/bin/busybox", "httpd|-f", "httpd" },
	{ "/bin/busybox", "/bin/busybox|httpd|-f", "httpd" },
	{ "/bin/busybox", "busybox|sh|run.sh", "run" },
	{ "/bin/busybox", "busybox", "busybox" },
};

#define IN(directory) "process.working_directory=" directory "|"
#define COMM(name) "process.comm=" name "|"
#define PROGRAM(group, process) "SUPERVISOR_GROUP_NAME=" group "|SUPERVISOR_PROCESS_NAME=" process "|"
#define UNIT(name) "/system.slice/" name ".service"

/* What names where the command says little: the directory, supervisord's program, systemd's unit. */
static const struct {
	const char *executable, *arguments, *facts, *cgroup;
	bool managed;
	const char *name;
} places[] = {
	/* A tool's application lies where it was started. */
	{ "/usr/bin/ruby", "ruby|/usr/bin/puma", IN("/srv/shop"), "", false, "shop" },
	{ "/usr/bin/ruby", "ruby|/usr/bin/puma", IN("/srv/shop/releases/20240131120000"), "", false, "shop" },
	{ "/usr/bin/ruby", "puma 6.4.0 (tcp://0.0.0.0:80) [20240131120000]", IN("/srv/shop/releases/20240131120000"),
	  "", false, "shop" },
	{ "/usr/bin/ruby", "ruby|/usr/bin/puma", IN("/srv/shop"), UNIT("web"), true, "shop" },
	{ "/usr/bin/ruby", "ruby|/usr/bin/puma", IN("/"), UNIT("web"), true, "web" },
	{ "/usr/bin/ruby", "ruby|bin/rails|server", IN("/srv/shop"), "", false, "shop" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|wsgi:application", IN("/srv/shop"), "", false, "shop" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|shop.wsgi", IN("/srv/other"), UNIT("web"), true, "shop.wsgi" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|config.wsgi", IN("/srv/shop/src"), "", false, "shop" },
	{ "/usr/bin/python3", "python3|-m|uvicorn|app.main:app", IN("/code"), "", false, "app.main" },
	{ "/usr/bin/python3", "python3|-m|uvicorn|app.main:app", IN("/home/bob"), UNIT("web"), false, "web" },
	{ "/usr/bin/python3", "python3|manage.py|runserver", IN("/home/bob/shop"), "", false, "shop" },
	{ "/usr/bin/python3", "python3|/main.py", IN("/srv/shop"), "", false, "main" },
	{ "/usr/bin/python3", "python3|app.py", IN("/srv/shop"), "", false, "app" },
	{ "/usr/bin/node", "node|index.js", IN("/usr/src/app"), "", false, "index" },
	{ "/usr/bin/node", "node|index.js", "process.working_directory=", "", false, "index" },
	/* A file of several names is what it was run as, where the kernel says so, too. */
	{ "/usr/bin/redis-check-rdb", "/usr/bin/redis-server|*:6379", COMM("redis-server"), "", false, "redis-server" },
	{ "/usr/bin/redis-check-rdb", "redis-server *:6379", COMM("redis-server"), "", false, "redis-server" },
	{ "/usr/bin/redis-check-rdb", "redis-server unix:/x", COMM("redis-server"), "", false, "redis-server" },
	{ "/usr/bin/redis-check-rdb", "redis-server: x", COMM("redis-server"), "", false, "redis-server" },
	{ "/usr/bin/redis-check-rdb", "redis-server", "", "", false, "redis-check-rdb" },
	{ "/usr/bin/redis-check-rdb", "redis-server", COMM("redis-check-rdb"), "", false, "redis-check-rdb" },
	{ "/usr/bin/redis-check-rdb", "redis-server", COMM("redis"), "", false, "redis-check-rdb" },
	{ "/usr/bin/redis-check-rdb", "/srv/my redis/redis-server", COMM("redis-server"), "", false, "redis-check-rdb" },
	{ "/usr/bin/redis-check-rdb", "", COMM("redis-server"), "", false, "redis-check-rdb" },
	{ "/usr/bin/redis-check-rdb", "redis-server", COMM("redis-server"), UNIT("cache"), true, "cache" },
	{ "/usr/bin/shop", "a-name-that-is-cut", COMM("a-name-that-is-"), "", false, "a-name-that-is-cut" },
	{ "/usr/bin/a-name-that-is-cut", "a-name-that-is-long", COMM("a-name-that-is-"), "", false,
	  "a-name-that-is-cut" },
	{ "/usr/bin/python3.11", "python3|-c|import x", COMM("python3"), "", false, "python3.11" },
	/* A unit names what says little, and the program that systemd started. */
	{ "/usr/bin/python3", "python3|app.py", IN("/srv/x"), UNIT("shop"), false, "shop" },
	{ "/usr/bin/python3", "python3|frontend.py", IN("/srv/x"), UNIT("shop"), true, "frontend" },
	{ "/usr/bin/python3", "python3|-c|import x", "", UNIT("shop"), false, "shop" },
	{ "/usr/bin/java", "java|-jar|app.jar", "", UNIT("shop"), false, "shop" },
	{ "/opt/shop/bin/server", "server", "", UNIT("shop"), false, "shop" },
	{ "/usr/bin/redis-server", "redis-server", "", UNIT("redis-sessions"), true, "redis-sessions" },
	{ "/usr/bin/curl", "curl", "", UNIT("backup"), false, "curl" },
	{ "/usr/sbin/php-fpm8.2", "php-fpm: pool shop", "", UNIT("php8.2-fpm"), true, "php-fpm-shop" },
	{ "/opt/server", "", "", UNIT("shop@1"), true, "shop" },
	{ "/opt/server", "", "", UNIT("shop@blue"), true, "shop@blue" },
	{ "/opt/server", "", "", UNIT("shop@"), true, "shop" },
	{ "/opt/server", "", "", UNIT("my\\x2dshop\\x0a\\x2"), true, "my-shop\\x0a\\x2" },
	{ "/opt/server", "", "", UNIT("shop") "/workers/1", true, "shop" },
	{ "/opt/server", "", "", "/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service", true, "shop" },
	/* No unit's: sessions, containers, who runs others' programs. */
	{ "/opt/server", "", "", "/user.slice/user-1000.slice/user@1000.service/app.slice/run.scope", true, "server" },
	{ "/opt/server", "", "", "/user.slice/user-1000.slice/user@1000.service/init", true, "server" },
	{ "/opt/server", "", "", "/user.slice/user-1000.slice/session-3.scope", true, "server" },
	{ "/opt/server", "", "", UNIT("docker"), true, "server" },
	{ "/opt/server", "", "", UNIT("cron"), true, "server" },
	{ "/opt/server", "", "", UNIT("systemd-udevd"), true, "server" },
	{ "/opt/server", "", "", UNIT("run-u17"), true, "server" },
	{ "/opt/server", "", "", UNIT("k3s") "/kubepods/" ID, true, "server" },
	{ "/opt/server", "", "", "/system.slice/docker-" ID ".scope", true, "server" },
	{ "/opt/server", "", "", "/system.slice/docker-" ID ".scope/system.slice/shop.service", true, "shop" },
	{ "/opt/server", "", "", "/system.slice/.service", true, "server" },
	/* supervisord's program. */
	{ "/opt/server", "", PROGRAM("shop", "shop"), UNIT("supervisor"), true, "shop" },
	{ "/opt/server", "", PROGRAM("shop", "shop_00"), UNIT("web"), true, "shop" },
	{ "/opt/server", "", PROGRAM("group", "shop_11"), "", false, "shop" },
	{ "/opt/server", "", PROGRAM("shop_1", "shop_1"), "", false, "shop_1" },
	{ "/opt/server", "", PROGRAM("group", "_1"), "", false, "_1" },
	{ "/usr/bin/python3", "python3|app.py", PROGRAM("shop", "shop"), "", false, "shop" },
	{ "/usr/bin/python3", "python3|frontend.py", PROGRAM("shop", "shop"), "", true, "frontend" },
	/* A server that comes with a language says little of what it is for. */
	{ "/usr/bin/python3", "python3|-m|http.server|80", IN("/srv/x") PROGRAM("ledger", "ledger"), "", true,
	  "ledger" },
	{ "/usr/bin/python3", "python3|-m|http.server|80", IN("/srv/x"), UNIT("ledger"), false, "ledger" },
	{ "/usr/bin/python3", "python3|-m|http.server|80", IN("/srv/x"), "", false, "http.server" },
	{ "/usr/bin/python3", "python3|-m|wsgiref.simple_server", "", UNIT("ledger"), true, "ledger" },
	{ "/usr/bin/node", "node|/usr/bin/http-server|-p|80", "", UNIT("ledger"), true, "ledger" },
	{ "/usr/bin/python3", "python3|-m|flask|run", IN("/") PROGRAM("ledger", "ledger"), "", true, "ledger" },
	{ "/usr/bin/python3", "python3|-m|uvicorn|--factory", IN("/"), UNIT("ledger"), true, "ledger" },
	{ "/usr/bin/python3", "python3|/usr/bin/gunicorn|--config|x.py", IN("/"), UNIT("ledger"), true, "ledger" },
	{ "/usr/bin/curl", "curl", PROGRAM("shop", "shop"), "", false, "curl" },
	{ "/opt/billing", "billing", PROGRAM("shop", "shop"), "", true, "shop" },
};

/* "|" ends an argument. */
static struct slice join(char *buffer, const char *arguments)
{
	size_t length = strlen(arguments);

	memcpy(buffer, arguments, length + 1);
	for (size_t i = 0; i < length; i++)
		if (buffer[i] == '|')
			buffer[i] = '\0';
	return slice_of(buffer, length ? length + 1 : 0);
}

static void test_names_by_command(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char arguments[RECORD_ARGUMENTS_MAX], buffer[64];
		struct slice joined = join(arguments, commands[i].arguments);
		char *copy = guard_copy(joined.data, joined.length);
		const struct process_info info = {
			.executable = slice_of_string(commands[i].executable),
			.arguments = slice_of(copy, joined.length),
		};
		struct slice name = process_service_name(&info, buffer, sizeof buffer);

		if (!slice_equal(name, slice_of_string(commands[i].name)))
			fail_msg("%s %s: %.*s", commands[i].executable, commands[i].arguments, (int)name.length,
				 name.data);
		guard_free(copy, joined.length);
	}
}

static void test_names_by_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char arguments[RECORD_ARGUMENTS_MAX], facts[RECORD_FACTS_MAX], buffer[64];
		struct slice joined = join(facts, places[i].facts);
		char *copy = guard_copy(joined.data, joined.length);
		const struct process_info info = {
			.executable = slice_of_string(places[i].executable),
			.arguments = join(arguments, places[i].arguments),
			.cgroup = slice_of_string(places[i].cgroup),
			.facts = slice_of(copy, joined.length),
			.managed = places[i].managed,
		};
		struct slice name = process_service_name(&info, buffer, sizeof buffer);

		if (!slice_equal(name, slice_of_string(places[i].name)))
			fail_msg("%s %s (%s, %s): %.*s", places[i].executable, places[i].arguments, places[i].facts,
				 places[i].cgroup, (int)name.length, name.data);
		guard_free(copy, joined.length);
	}
}

/* A class path that fills the record: what would decide is cut off. */
static void test_cut_arguments_decide_nothing(void **state)
{
	char arguments[RECORD_ARGUMENTS_MAX], buffer[64];
	struct process_info info = { .executable = SLICE_LITERAL("/usr/bin/java") };

	(void)state;
	memset(arguments, 'x', sizeof arguments);
	memcpy(arguments, "java\0-cp", 9);
	memcpy(arguments + 500, "\0com.acme.Sh", 12);
	info.arguments = slice_of(arguments, sizeof arguments);
	assert_true(slice_equal(process_service_name(&info, buffer, sizeof buffer), SLICE_LITERAL("java")));
	memcpy(arguments + 488, "\0com.acme.Shop", 15);
	assert_true(slice_equal(process_service_name(&info, buffer, sizeof buffer), SLICE_LITERAL("Shop")));
}

static struct slice name_in(const char *environment, size_t length)
{
	static char buffer[64];
	char *copy = guard_copy(environment, length);
	const struct process_info info = {
		.executable = SLICE_LITERAL("/usr/bin/tool"),
		.environment = slice_of(copy, length),
	};
	struct slice name = process_service_name(&info, buffer, sizeof buffer);
	static char kept[64];

	memcpy(kept, name.data, name.length);
	guard_free(copy, length);
	return slice_of(kept, name.length);
}

#define ASSERT_NAME(environment, name) \
	assert_true(slice_equal(name_in(environment, sizeof(environment)), SLICE_LITERAL(name)))

static void test_names_by_environment(void **state)
{
	(void)state;
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b\0OTEL_SERVICE_NAME=a", "a");
	ASSERT_NAME("OTEL_SERVICE_NAME=\0OTEL_RESOURCE_ATTRIBUTES=service.name=b", "b");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=x=y, service.name = my%20shop%2C ,", "my shop,");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,x=%zz", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,x=%4", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,x", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,=x", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=a=b", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,x=\xff", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,x=%ff", "tool");
	ASSERT_NAME("OTEL_RESOURCE_ATTRIBUTES=service.name=b,service.name=c", "c");
	ASSERT_NAME("OTEL_SERVICE_NAME= \t ", "tool");
	ASSERT_NAME("OTEL_SERVICE_NAME= a b\t", "a b");
	ASSERT_NAME("OTEL_SERVICE_NAME=\xff", "tool");
	ASSERT_NAME("OTEL_SERVICE_NAME=\xff\0OTEL_RESOURCE_ATTRIBUTES=service.name=b", "b");
	ASSERT_NAME("OTEL_SERVICE_NAMES=a\0=b\0\0c", "tool");
}

static const struct attribute *find(const struct resource *resource, const char *key)
{
	const struct attribute *found = NULL;

	for (size_t i = 0; i < resource->attribute_count; i++) {
		if (!slice_equal(resource->attributes[i].key, slice_of_string(key)))
			continue;
		assert_null(found);
		found = &resource->attributes[i];
	}
	return found;
}

static void assert_string(const struct resource *resource, const char *key, const char *value)
{
	const struct attribute *attribute = find(resource, key);

	if (!value) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_STRING);
	if (!slice_equal(attribute->string, slice_of_string(value)))
		fail_msg("%s: %.*s", key, (int)attribute->string.length, attribute->string.data);
}

static void test_resource(void **state)
{
	static const char environment[] =
		"OTEL_RESOURCE_ATTRIBUTES=service.name=n,service.version=1%2E0,process.pid=1,container.id=mine,host.name=own";
	const struct process_info info = {
		.pid = 42,
		.parent_pid = 7,
		.boot_id = SLICE_LITERAL("2b1ee6f5-0f1c-4a5e-9a0e-3f2b8f1c9d10"),
		.start_time = UINT64_C(5123456789),
		.start_wall = UINT64_C(1795257300123456789),
		.executable = SLICE_LITERAL("/usr/bin/python3.11 (deleted)"),
		.arguments = SLICE_LITERAL("python3\0app.py\0--password=x\0"),
		.cgroup = SLICE_LITERAL("/docker/" ID),
		.environment = SLICE_LITERAL(environment),
	};
	const struct attribute extra[] = {
		{ .key = SLICE_LITERAL("host.name"), .type = ATTRIBUTE_STRING, .string = SLICE_LITERAL("box") },
		{ .key = SLICE_LITERAL("os.type"), .type = ATTRIBUTE_STRING, .string = SLICE_LITERAL("linux") },
		{ .key = SLICE_LITERAL("service.name"), .type = ATTRIBUTE_STRING, .string = SLICE_LITERAL("no") },
	};
	struct resource *resource = resource_new(&info, extra, 3);

	(void)state;
	assert_non_null(resource);
	assert_int_equal(resource->references, 1);
	assert_int_equal(resource->pid, 42);
	assert_true(slice_equal(resource->service_name, SLICE_LITERAL("n")));
	assert_string(resource, "service.name", "n");
	assert_string(resource, "service.version", "1.0");
	assert_string(resource, "service.instance.id", "4ebaa6c5-9845-5335-a5a0-3ed304a4597d");
	assert_int_equal(find(resource, "process.pid")->type, ATTRIBUTE_INTEGER);
	assert_int_equal(find(resource, "process.pid")->integer, 42);
	assert_int_equal(find(resource, "process.parent_pid")->integer, 7);
	assert_string(resource, "process.executable.name", "python3.11");
	assert_string(resource, "process.executable.path", "/usr/bin/python3.11");
	assert_string(resource, "process.command", "python3");
	assert_string(resource, "process.command_line", NULL);
	assert_string(resource, "process.command_args", NULL);
	assert_string(resource, "process.creation.time", "2026-11-21T10:35:00.123Z");
	assert_string(resource, "process.runtime.name", "cpython");
	assert_string(resource, "container.id", "mine");
	assert_string(resource, "host.name", "own");
	assert_string(resource, "os.type", "linux");
	resource_unref(resource);
}

static void copy_instance(const struct process_info *info, char id[64])
{
	struct resource *resource = resource_new(info, NULL, 0);
	const struct attribute *attribute;

	assert_non_null(resource);
	attribute = find(resource, "service.instance.id");
	snprintf(id, 64, "%.*s", attribute ? (int)attribute->string.length : 0, attribute ? attribute->string.data : "");
	resource_unref(resource);
}

/* /proc knows the start in hundredths of a second, the kernel in ns. */
static void test_instances(void **state)
{
	struct process_info info = { .pid = 1, .boot_id = SLICE_LITERAL("boot"), .start_time = UINT64_C(5129999999) };
	char executed[64], other[64];

	(void)state;
	copy_instance(&info, executed);
	info.start_time = UINT64_C(5120000000);
	copy_instance(&info, other);
	assert_string_equal(executed, other);
	info.pid = 2;
	copy_instance(&info, other);
	assert_string_not_equal(executed, other);
	info.pid = 1;
	info.boot_id = SLICE_LITERAL("another");
	copy_instance(&info, other);
	assert_string_not_equal(executed, other);
	info.environment = SLICE_LITERAL("OTEL_RESOURCE_ATTRIBUTES=service.instance.id=mine\0");
	copy_instance(&info, other);
	assert_string_equal(other, "mine");
	info.environment = info.boot_id = SLICE_LITERAL("");
	copy_instance(&info, other);
	assert_string_equal(other, "");
}

static void test_resource_of_nothing(void **state)
{
	const struct process_info info = { .pid = 1 };
	struct resource *resource = resource_new(&info, NULL, 0);

	(void)state;
	assert_non_null(resource);
	assert_true(slice_equal(resource->service_name, SLICE_LITERAL("unknown_service")));
	assert_int_equal(resource->attribute_count, 2);
	resource_unref(resource);
}

/* What is said wrongly, said in part or too much is left out as a whole. */
static void test_resource_leaves_out_what_is_wrong(void **state)
{
	char environment[RECORD_ENVIRONMENT_MAX] = "OTEL_RESOURCE_ATTRIBUTES=";
	struct process_info info = { .pid = 1, .environment = slice_of(environment, sizeof environment) };
	struct resource *resource;

	(void)state;
	for (int i = 0; i < RESOURCE_ATTRIBUTES_MAX; i++)
		snprintf(environment + strlen(environment), sizeof environment - strlen(environment), "k%d=v,", i);
	for (int too_many = 0; too_many < 2; too_many++) {
		info.environment.length = strlen(environment) + 1;
		resource = resource_new(&info, NULL, 0);
		assert_non_null(resource);
		assert_string(resource, "k0", too_many ? NULL : "v");
		assert_string(resource, "k127", too_many ? NULL : "v");
		resource_unref(resource);
		strcat(environment, "one=more");
	}
	/* Cut off. */
	memset(environment, 'x', sizeof environment);
	memcpy(environment, "OTEL_RESOURCE_ATTRIBUTES=k=", strlen("OTEL_RESOURCE_ATTRIBUTES=k="));
	info.environment.length = sizeof environment;
	resource = resource_new(&info, NULL, 0);
	assert_non_null(resource);
	assert_int_equal(resource->attribute_count, 2);
	resource_unref(resource);
}

static void test_record(void **state)
{
	struct {
		struct record_process record;
		char strings[24];
	} bytes = { .record = { .header = { .tgid = 9 },
				.parent_tgid = 3,
				.executable_length = 6,
				.arguments_length = 5,
				.cgroup_length = 2,
				.environment_length = 4,
				.facts_length = 4 },
		    .strings = "/bin/aa\0xy\0/cA=b\0F=1" };
	size_t size = sizeof bytes.record + 24;
	struct process_info info;

	(void)state;
	assert_int_equal(process_info_from_record(&bytes.record, size, &info), 0);
	assert_int_equal(info.pid, 9);
	assert_int_equal(info.parent_pid, 3);
	assert_true(slice_equal(info.executable, SLICE_LITERAL("/bin/a")));
	assert_true(slice_equal(info.arguments, SLICE_LITERAL("a\0xy\0")));
	assert_true(slice_equal(info.cgroup, SLICE_LITERAL("/c")));
	assert_true(slice_equal(info.environment, SLICE_LITERAL("A=b\0")));
	assert_true(slice_equal(info.facts, SLICE_LITERAL("F=1\0")));
	assert_false(info.managed);
	bytes.record.facts_length = 0;
	bytes.record.environment_length = 24 - 13;
	assert_int_equal(process_info_from_record(&bytes.record, size, &info), 0);
	bytes.record.environment_length++;
	assert_int_equal(process_info_from_record(&bytes.record, size, &info), -EBADMSG);
	bytes.record.executable_length = bytes.record.arguments_length = bytes.record.cgroup_length = 0xffff;
	bytes.record.environment_length = 0xffff;
	assert_int_equal(process_info_from_record(&bytes.record, size, &info), -EBADMSG);
	assert_int_equal(process_info_from_record(&bytes.record, sizeof bytes.record - 1, &info), -EBADMSG);
}

static void titles_begin_with_a_program(void **state)
{
	static const struct {
		struct slice arguments;
		const char *program;
	} rows[] = {
		{ SLICE_LITERAL("gunicorn: master [shop:app]\0\0\0\0"), "gunicorn" },
		{ SLICE_LITERAL("gunicorn: worker [shop:app]"), "gunicorn" },
		{ SLICE_LITERAL("puma 6.4.2 (tcp://0.0.0.0:3000) [shop]\0"), "puma" },
		{ SLICE_LITERAL("puma: cluster worker 0: 17 [shop]\0"), "puma" },
		{ SLICE_LITERAL("[celeryd: celery@host:MainProcess] -active-\0"), "celeryd" },
		{ SLICE_LITERAL("php-fpm: pool www\0"), "php-fpm" },
		{ SLICE_LITERAL("unicorn_rails master -c config\0"), "unicorn_rails" },
		{ SLICE_LITERAL("nginx\0"), "" },
		{ SLICE_LITERAL("gunicorn:\0"), "" },
		{ SLICE_LITERAL("python3\0my app.py\0"), "" },
		{ SLICE_LITERAL("/opt/my app/server\0-v\0"), "" },
		{ SLICE_LITERAL(": x"), "" },
		{ SLICE_LITERAL(" x"), "" },
		{ SLICE_LITERAL("["), "" },
		{ SLICE_LITERAL(""), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *copy = guard_copy(rows[i].arguments.data, rows[i].arguments.length);
		const struct process_info info = { .arguments = slice_of(copy, rows[i].arguments.length) };

		if (!slice_equal(process_title_program(&info), slice_of_string(rows[i].program)))
			fail_msg("%s", rows[i].arguments.data);
		guard_free(copy, rows[i].arguments.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_by_command),
		cmocka_unit_test(test_names_by_place),
		cmocka_unit_test(test_cut_arguments_decide_nothing),
		cmocka_unit_test(test_names_by_environment),
		cmocka_unit_test(test_resource),
		cmocka_unit_test(test_instances),
		cmocka_unit_test(test_resource_of_nothing),
		cmocka_unit_test(test_resource_leaves_out_what_is_wrong),
		cmocka_unit_test(test_record),
		cmocka_unit_test(titles_begin_with_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
