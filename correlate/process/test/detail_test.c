// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"
#include "correlate/process/table.h"

enum { PARENT = 100, CHILD = 101 };

struct fixture {
	struct process_table table;
	struct losses losses;
};

union any_record {
	struct record_process process;
	struct record_detail detail;
	char bytes[RECORD_SIZE_MAX];
};

static size_t put(union any_record *record, size_t at, struct slice text)
{
	memcpy(record->bytes + at, text.data, text.length);
	return at + text.length;
}

static int setup(void **state)
{
	static struct fixture fixture;
	static union any_record record;
	struct slice executable = SLICE_LITERAL("/usr/sbin/php-fpm8.2"), arguments = SLICE_LITERAL("php-fpm8.2\0-F\0");
	struct slice environment = SLICE_LITERAL("OTEL_RESOURCE_ATTRIBUTES=a=b\0");
	struct slice facts = SLICE_LITERAL("process.runtime.name=old\0process.runtime.version=1.0\0");
	size_t at = sizeof(record.process);

	memset(&fixture, 0, sizeof(fixture));
	memset(&record, 0, sizeof(record));
	if (process_table_init(&fixture.table, &fixture.losses, NULL, 0) < 0)
		return -1;
	fixture.table.boot_id = SLICE_LITERAL("boot");
	record.process.executable_length = (uint16_t)executable.length;
	record.process.arguments_length = (uint16_t)arguments.length;
	record.process.environment_length = (uint16_t)environment.length;
	record.process.facts_length = (uint16_t)facts.length;
	at = put(&record, put(&record, put(&record, put(&record, at, executable), arguments), environment), facts);
	record.process.header = (struct record_header){ .kind = RECORD_PROCESS, .tgid = PARENT };
	record.process.header.size = (uint32_t)(at + 7) / 8 * 8;
	record.process.start_time = 1;
	*state = &fixture;
	return process_table_exec(&fixture.table, &record.process);
}

static int teardown(void **state)
{
	process_table_done(&((struct fixture *)*state)->table);
	return 0;
}

static int tell(struct fixture *fixture, uint32_t pid, struct slice arguments, struct slice facts)
{
	static union any_record record;
	size_t at = sizeof(record.detail);

	memset(&record, 0, sizeof(record));
	at = put(&record, put(&record, at, arguments), facts);
	record.detail.header = (struct record_header){ .kind = RECORD_DETAIL, .tgid = pid };
	record.detail.header.size = (uint32_t)(at + 7) / 8 * 8;
	record.detail.arguments_length = (uint16_t)arguments.length;
	record.detail.facts_length = (uint16_t)facts.length;
	return process_table_detail(&fixture->table, &record.detail);
}

static void fork_child(struct fixture *fixture)
{
	const struct record_fork fork = {
		.header = { .kind = RECORD_FORK, .size = sizeof(fork), .tgid = CHILD },
		.start_time = 123456789,
		.parent_tgid = PARENT,
	};

	assert_int_equal(process_table_fork(&fixture->table, &fork), 0);
}

static struct slice attribute(const struct fixture *fixture, uint32_t pid, const char *key)
{
	const struct process *process = process_table_find(&fixture->table, pid);

	assert_non_null(process);
	for (size_t i = 0; i < process->resource->attribute_count; i++)
		if (slice_equal(process->resource->attributes[i].key, slice_of_string(key)))
			return process->resource->attributes[i].string;
	return slice_of(NULL, 0);
}

#define ASSERT_ATTRIBUTE(fixture, pid, key, value) \
	assert_true(slice_equal(attribute(fixture, pid, key), SLICE_LITERAL(value)))

/* Of a worker that was forked; what is not told stays, and so does its parent's name. */
static void a_worker_takes_a_title(void **state)
{
	struct fixture *f = *state;
	struct process *child;
	struct slice instance;
	char kept[64];

	fork_child(f);
	child = process_table_find(&f->table, CHILD);
	child->resource->span_count = 3;
	instance = attribute(f, CHILD, "service.instance.id");
	assert_int_equal(instance.length, 36);
	memcpy(kept, instance.data, instance.length);
	assert_int_equal(tell(f, CHILD, SLICE_LITERAL("php-fpm: pool shop\0"),
			      SLICE_LITERAL("process.runtime.version=8.2.29\0")),
			 0);
	ASSERT_ATTRIBUTE(f, CHILD, "service.name", "php-fpm-shop");
	ASSERT_ATTRIBUTE(f, CHILD, "process.runtime.name", "old");
	ASSERT_ATTRIBUTE(f, CHILD, "process.runtime.version", "8.2.29");
	ASSERT_ATTRIBUTE(f, CHILD, "a", "b");
	assert_memory_equal(attribute(f, CHILD, "service.instance.id").data, kept, 36);
	assert_int_equal(child->resource->span_count, 3);
	ASSERT_ATTRIBUTE(f, PARENT, "service.name", "php-fpm");
	ASSERT_ATTRIBUTE(f, PARENT, "process.runtime.version", "1.0");
}

static void arguments_stay_without_a_title(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(tell(f, PARENT, slice_of("", 0), SLICE_LITERAL("process.runtime.name=new\0")), 0);
	ASSERT_ATTRIBUTE(f, PARENT, "process.command", "php-fpm8.2");
	ASSERT_ATTRIBUTE(f, PARENT, "process.runtime.name", "new");
}

/* However often it is told, a process takes no more room than a record may. */
static void what_finds_no_room_is_refused(void **state)
{
	static char facts[RECORD_FACTS_MAX];
	struct fixture *f = *state;
	int error = 0;

	memset(facts, 'x', sizeof(facts));
	for (int i = 0; i < 20 && !error; i++)
		error = tell(f, PARENT, slice_of("", 0), slice_of(facts, sizeof(facts)));
	assert_int_equal(error, -ENOMEM);
	ASSERT_ATTRIBUTE(f, PARENT, "service.name", "php-fpm");
}

static void nobody_is_told_of_strangers(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(tell(f, CHILD, SLICE_LITERAL("php-fpm: pool shop\0"), slice_of("", 0)), 0);
	assert_null(process_table_find(&f->table, CHILD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_worker_takes_a_title, setup, teardown),
		cmocka_unit_test_setup_teardown(arguments_stay_without_a_title, setup, teardown),
		cmocka_unit_test_setup_teardown(what_finds_no_room_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_is_told_of_strangers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
