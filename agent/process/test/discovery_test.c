// SPDX-License-Identifier: Apache-2.0
#include "agent/process/discovery.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/process/proc.h"
#include "base/test/guard.h"

#define PASSED_MAX 64
#define PARENT 0x7ffffff0u /* ids that no process has: larger than any kernel gives out */
#define CHILD 0x7ffffff1u

/* What the kernel was told last, and of whom. */
enum told { TOLD_NOTHING, TOLD_TRACE, TOLD_IGNORE, TOLD_FOUND_TRACE, TOLD_FOUND_IGNORE, TOLD_FORGET };

static enum told told;
static uint32_t told_pid;
static int told_error; /* what the kernel answers */

int capture_judge(struct capture *capture, uint32_t pid, bool trace)
{
	(void)capture;
	told = trace ? TOLD_TRACE : TOLD_IGNORE;
	told_pid = pid;
	return told_error;
}

int capture_judge_found(struct capture *capture, uint32_t pid, bool trace)
{
	(void)capture;
	told = trace ? TOLD_FOUND_TRACE : TOLD_FOUND_IGNORE;
	told_pid = pid;
	return told_error;
}

void capture_forget(struct capture *capture, uint32_t pid)
{
	(void)capture;
	told = TOLD_FORGET;
	told_pid = pid;
}

/* A discovery, and the heads of what it let pass. */
struct fixture {
	struct selection selection;
	struct matching matching;
	struct discovery *discovery;
	struct record_header passed[PASSED_MAX];
	size_t count;
	size_t malformed; /* too short for a head */
};

static void fixture_accept(void *context, const void *record, size_t size)
{
	struct fixture *fixture = context;

	assert_true(fixture->count < PASSED_MAX);
	if (size < sizeof(struct record_header)) {
		fixture->malformed++;
		return;
	}
	assert_int_equal(size, ((const struct record_header *)record)->size);
	fixture->passed[fixture->count++] = *(const struct record_header *)record;
}

/* With what is selected by now. */
static void fixture_begin(struct fixture *fixture)
{
	const struct record_sink sink = { fixture_accept, fixture };

	told = TOLD_NOTHING;
	told_error = 0;
	matching_init(&fixture->matching, &fixture->selection);
	fixture->discovery = discovery_new(&fixture->selection, &fixture->matching, NULL, &sink);
}

/* `pattern`: of --exe; NULL: everything is selected. */
static void fixture_init(struct fixture *fixture, const char *pattern)
{
	memset(fixture, 0, sizeof(*fixture));
	if (pattern)
		fixture->selection.executables.patterns[fixture->selection.executables.count++] = pattern;
	fixture_begin(fixture);
	assert_non_null(fixture->discovery);
}

static void fixture_give(struct fixture *fixture, enum record_kind kind, uint32_t pid, void *record, size_t size)
{
	struct record_header *header = record;

	header->kind = kind;
	header->size = size;
	header->tgid = pid;
	header->tid = pid;
	discovery_accept(fixture->discovery, record, size);
}

static void give_data(struct fixture *fixture, uint32_t pid)
{
	struct record_data data = { .length = 1 };

	fixture_give(fixture, RECORD_DATA, pid, &data, sizeof(data));
}

static void give_ignored(struct fixture *fixture, uint32_t pid)
{
	struct record_ignored ignored = { .recognised = RECOGNISED_TLS };

	fixture_give(fixture, RECORD_IGNORED, pid, &ignored, sizeof(ignored));
}

static void give_fork(struct fixture *fixture, uint32_t parent, uint32_t child)
{
	struct record_fork fork = { .parent_tgid = parent };

	fixture_give(fixture, RECORD_FORK, child, &fork, sizeof(fork));
}

static void give_exit(struct fixture *fixture, uint32_t pid)
{
	struct record_exit exit = { .code = 0 };

	fixture_give(fixture, RECORD_EXIT, pid, &exit, sizeof(exit));
}

/* `variables`: its environment, each ended by "|". */
static void give_exec_with(struct fixture *fixture, uint32_t pid, const char *executable, const char *variables)
{
	size_t length = strlen(executable), size = strlen(variables);
	union proc_record record = {
		.process = { .executable_length = length, .environment_length = size },
	};
	char *environment = record.bytes + sizeof(record.process) + length;

	memcpy(record.bytes + sizeof(record.process), executable, length);
	memcpy(environment, variables, size);
	for (size_t i = 0; i < size; i++)
		if (environment[i] == '|')
			environment[i] = '\0';
	fixture_give(fixture, RECORD_PROCESS, pid, &record, (sizeof(record.process) + length + size + 7) / 8 * 8);
}

static void give_exec(struct fixture *fixture, uint32_t pid, const char *executable)
{
	give_exec_with(fixture, pid, executable, "");
}

/* What passed since the last time, by kind, ended by 0. */
static void assert_passed(struct fixture *fixture, const enum record_kind *kinds)
{
	size_t count = 0;

	for (; kinds[count]; count++) {
		assert_true(count < fixture->count);
		assert_int_equal(fixture->passed[count].kind, kinds[count]);
	}
	assert_int_equal(fixture->count, count);
	fixture->count = 0;
}

#define PASSED(...) ((const enum record_kind[]){ __VA_ARGS__ __VA_OPT__(, ) 0 })

static void assert_told(enum told expected, uint32_t pid)
{
	assert_int_equal(told, expected);
	if (expected != TOLD_NOTHING)
		assert_int_equal(told_pid, pid);
	told = TOLD_NOTHING;
}

static pid_t gone_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void a_selected_program_passes(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/opt/shop");
	assert_told(TOLD_TRACE, PARENT);
	give_data(&fixture, PARENT);
	give_exit(&fixture, PARENT);
	assert_told(TOLD_FORGET, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA, RECORD_EXIT));
	discovery_free(fixture.discovery);
}

static void another_program_does_not(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/opt/other");
	assert_told(TOLD_IGNORE, PARENT);
	give_data(&fixture, PARENT);
	give_fork(&fixture, PARENT, CHILD);
	assert_told(TOLD_NOTHING, 0);
	give_data(&fixture, CHILD);
	give_exit(&fixture, CHILD);
	give_exit(&fixture, PARENT);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

static void a_program_is_judged_anew_when_it_executes_another(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/opt/shop");
	give_exec(&fixture, PARENT, "/opt/other");
	assert_told(TOLD_IGNORE, PARENT);
	give_data(&fixture, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS));
	give_exec(&fixture, PARENT, "/opt/shop");
	assert_told(TOLD_TRACE, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS));
	discovery_free(fixture.discovery);
}

/* Its parent exited before its fork was read here, and nobody knows what it was. */
static void the_child_of_one_that_is_gone_is_no_loss(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_fork(&fixture, PARENT, CHILD);
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	give_exec(&fixture, CHILD, "/opt/shop");
	give_data(&fixture, CHILD);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

static void a_child_inherits(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/opt/shop");
	assert_told(TOLD_TRACE, PARENT);
	give_fork(&fixture, PARENT, CHILD);
	assert_told(TOLD_NOTHING, 0);
	give_exit(&fixture, PARENT);
	give_data(&fixture, CHILD);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_FORK, RECORD_EXIT, RECORD_DATA));
	discovery_free(fixture.discovery);
}

/* The child of an ignored shell may run a selected program before its fork is read here. */
static void a_fork_does_not_overrule_an_execution(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/bin/sh");
	assert_told(TOLD_IGNORE, PARENT);
	give_fork(&fixture, PARENT, CHILD);
	assert_told(TOLD_NOTHING, 0);
	give_exec(&fixture, CHILD, "/opt/shop");
	assert_told(TOLD_TRACE, CHILD);
	give_data(&fixture, CHILD);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	discovery_free(fixture.discovery);
}

/* It is sorted out here all the same. */
static void a_judgement_without_room_is_counted(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	told_error = -E2BIG;
	give_exec(&fixture, PARENT, "/opt/other");
	assert_told(TOLD_IGNORE, PARENT);
	give_data(&fixture, PARENT);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_untold(fixture.discovery), 1);
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

/* A process older than the agent is described before its first record. */
static void a_running_process_is_described_first(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "discovery_test");
	give_data(&fixture, getpid());
	assert_told(TOLD_FOUND_TRACE, getpid());
	give_data(&fixture, getpid());
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA, RECORD_DATA));
	discovery_free(fixture.discovery);

	fixture_init(&fixture, "discovery_test");
	give_fork(&fixture, getpid(), CHILD);
	assert_told(TOLD_FOUND_TRACE, getpid());
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_FORK));
	discovery_free(fixture.discovery);
}

/* Nobody knows its name: it passes where names were not asked for. The kernel must not remember it. */
static void a_process_that_is_gone_is_counted_once(void **state)
{
	uint32_t pid = gone_pid();
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, NULL);
	give_data(&fixture, pid);
	give_data(&fixture, pid);
	assert_told(TOLD_NOTHING, 0);
	assert_passed(&fixture, PASSED(RECORD_DATA, RECORD_DATA));
	assert_int_equal(discovery_unknown(fixture.discovery), 1);
	discovery_free(fixture.discovery);

	fixture_init(&fixture, "shop");
	give_data(&fixture, pid);
	give_exit(&fixture, pid);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_unknown(fixture.discovery), 1);
	discovery_free(fixture.discovery);

	fixture_init(&fixture, NULL);
	fixture.selection.excluded.patterns[fixture.selection.excluded.count++] = "secret";
	give_data(&fixture, pid);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_unknown(fixture.discovery), 1);
	discovery_free(fixture.discovery);
}

/* Connections that are not read are told of traced processes, counted of others, and no reason to speak of anybody. */
static void ignored_connections_pass_of_traced_processes(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/usr/bin/shop");
	give_exec(&fixture, CHILD, "/usr/bin/other");
	give_ignored(&fixture, PARENT);
	give_ignored(&fixture, CHILD);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_IGNORED));
	assert_int_equal(discovery_ignored(fixture.discovery, RECOGNISED_TLS), 1);
	discovery_free(fixture.discovery);

	fixture_init(&fixture, NULL);
	give_exec_with(&fixture, PARENT, "/usr/bin/shop", "OTEL_SERVICE_NAME=shop|OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1|");
	give_ignored(&fixture, PARENT);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_left_out(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

static void a_malformed_execution_is_not_passed(void **state)
{
	struct record_process process = { .executable_length = RECORD_EXECUTABLE_MAX };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, NULL);
	fixture_give(&fixture, RECORD_PROCESS, PARENT, &process, sizeof(process));
	assert_told(TOLD_NOTHING, 0);
	assert_passed(&fixture, PASSED());
	discovery_free(fixture.discovery);
}

/* It is passed on as it is, for the engine to count, and decides nothing. */
static void a_cut_record_is_passed_unread(void **state)
{
	const struct record_fork fork = { .header = { .kind = RECORD_FORK, .tgid = CHILD }, .parent_tgid = PARENT };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, NULL);
	for (size_t size = 0; size < sizeof(fork); size += 8) {
		struct record_fork *cut = (void *)guard_copy(&fork, size);

		if (size >= sizeof(fork.header))
			cut->header.size = size;
		discovery_accept(fixture.discovery, cut, size);
		guard_free((void *)cut, size);
	}
	assert_int_equal(fixture.malformed, sizeof(fork.header) / 8);
	assert_passed(&fixture, PASSED(RECORD_FORK, RECORD_FORK));
	assert_told(TOLD_NOTHING, 0);
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

/* A connection's state and the clock belong to no process. */
static void what_belongs_to_no_process_passes(void **state)
{
	struct record_clock clock = { .wall = 1 };
	struct record_state state_record = { .error = 0 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	fixture_give(&fixture, RECORD_CLOCK, 0, &clock, sizeof(clock));
	fixture_give(&fixture, RECORD_STATE, 0, &state_record, sizeof(state_record));
	assert_passed(&fixture, PASSED(RECORD_CLOCK, RECORD_STATE));
	discovery_free(fixture.discovery);
}

static void a_scan_finds_who_runs(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "discovery_test");
	assert_int_equal(discovery_scan(fixture.discovery), 0);
	assert_passed(&fixture, PASSED(RECORD_PROCESS));
	give_data(&fixture, getpid());
	assert_passed(&fixture, PASSED(RECORD_DATA));
	discovery_free(fixture.discovery);
}

#define NAMED_EXPORTER "OTEL_SERVICE_NAME=shop|OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1|"

/* A host may have an endpoint for everybody: it starts no SDK. */
static void an_endpoint_leaves_nobody_out(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec_with(&fixture, PARENT, "/opt/shop", "OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1|");
	give_data(&fixture, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	assert_int_equal(discovery_left_out(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

/* Whoever inherits such an environment and never speaks HTTP is not spoken of. */
static void an_instrumented_program_is_left_out_once_it_speaks(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec_with(&fixture, PARENT, "/opt/shop", NAMED_EXPORTER);
	assert_told(TOLD_TRACE, PARENT);
	assert_int_equal(discovery_left_out(fixture.discovery), 0);
	give_data(&fixture, PARENT);
	assert_told(TOLD_IGNORE, PARENT);
	give_data(&fixture, PARENT);
	assert_told(TOLD_NOTHING, 0);
	give_exit(&fixture, PARENT);
	assert_passed(&fixture, PASSED());
	assert_int_equal(discovery_left_out(fixture.discovery), 1);
	discovery_free(fixture.discovery);
}

static void so_are_its_children(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec_with(&fixture, PARENT, "/opt/shop", NAMED_EXPORTER);
	give_fork(&fixture, PARENT, CHILD);
	give_exit(&fixture, PARENT);
	give_data(&fixture, CHILD);
	assert_told(TOLD_IGNORE, CHILD);
	assert_passed(&fixture, PASSED());
	/* Another program is another matter. */
	give_exec(&fixture, CHILD, "/opt/shop");
	give_data(&fixture, CHILD);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	assert_int_equal(discovery_left_out(fixture.discovery), 1);
	discovery_free(fixture.discovery);
}

static void an_instrumented_program_is_included_on_demand(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	fixture.selection.include_instrumented = true;
	give_exec_with(&fixture, PARENT, "/opt/shop", NAMED_EXPORTER);
	give_data(&fixture, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	assert_int_equal(discovery_left_out(fixture.discovery), 0);
	discovery_free(fixture.discovery);
}

/* The engine still hears of its end, but nothing of children that come later. */
static void who_is_seen_to_export_is_left_out(void **state)
{
	const struct instrumented_process process = {
		.pid = PARENT,
		.service = SLICE_LITERAL("shop"),
		.destination = SLICE_LITERAL("a:1"),
	};
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, "shop");
	give_exec(&fixture, PARENT, "/opt/shop");
	discovery_leave_out(fixture.discovery, &process);
	assert_told(TOLD_IGNORE, PARENT);
	discovery_leave_out(fixture.discovery, &process);
	assert_told(TOLD_NOTHING, 0);
	give_data(&fixture, PARENT);
	give_fork(&fixture, PARENT, CHILD);
	give_data(&fixture, CHILD);
	give_exit(&fixture, PARENT);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_EXIT));
	assert_int_equal(discovery_left_out(fixture.discovery), 1);
	discovery_free(fixture.discovery);
}

/* By the name that its spans show; each program that it runs has its own. */
static void a_service_is_selected_by_its_name(void **state)
{
	struct fixture fixture;

	(void)state;
	memset(&fixture, 0, sizeof(fixture));
	fixture.selection.services = (struct globs){ { "cart-*", "nobody" }, 2 };
	fixture_begin(&fixture);
	give_exec(&fixture, PARENT, "/opt/shop");
	assert_told(TOLD_NOTHING, 0);
	give_exec_with(&fixture, PARENT, "/opt/shop", "OTEL_SERVICE_NAME=cart-7");
	assert_told(TOLD_TRACE, PARENT);
	give_exec(&fixture, CHILD, "/opt/cart-8");
	assert_told(TOLD_TRACE, CHILD);
	give_exec_with(&fixture, PARENT, "/opt/cart-9", "OTEL_RESOURCE_ATTRIBUTES=service.name=shop");
	give_data(&fixture, PARENT);
	/* It is gone, and was known: no loss. */
	assert_int_equal(discovery_unknown(fixture.discovery), 0);
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_PROCESS));
	assert_int_equal(fixture.matching.names_missing, 1);
	discovery_free(fixture.discovery);
}

/* As by a title: it counts what a process is called when it first moves bytes; and its children by themselves. */
static void a_service_may_be_named_late(void **state)
{
	struct fixture fixture;

	(void)state;
	memset(&fixture, 0, sizeof(fixture));
	fixture.selection.services = (struct globs){ { "discovery_test" }, 1 };
	fixture_begin(&fixture);
	give_exec(&fixture, PARENT, "/opt/shop");
	give_fork(&fixture, PARENT, getpid());
	assert_told(TOLD_NOTHING, 0);
	give_data(&fixture, getpid());
	assert_told(TOLD_FOUND_TRACE, getpid());
	assert_passed(&fixture, PASSED(RECORD_PROCESS, RECORD_DATA));
	fixture.selection.services.patterns[0] = "other";
	give_exec(&fixture, PARENT, "/opt/shop");
	give_fork(&fixture, PARENT, getpid());
	give_data(&fixture, getpid());
	assert_told(TOLD_FOUND_IGNORE, getpid());
	assert_passed(&fixture, PASSED());
	discovery_free(fixture.discovery);
}

static void ports_of_the_selected_are_noted(void **state)
{
	struct record_socket sockets[] = {
		{ .header.tgid = PARENT, .connection.local_port = 80 },
		{ .header.tgid = CHILD, .connection.local_port = 81 },
	};
	const struct socket_list list = { .sockets = sockets, .count = 2 };
	struct record_data data = { .connection.remote_port = 82 };
	struct fixture fixture;

	(void)state;
	memset(&fixture, 0, sizeof(fixture));
	fixture.selection = (struct selection){
		.executables = { { "shop" }, 1 }, .ports = { 80, 81, 82 }, .port_count = 3,
	};
	fixture_begin(&fixture);
	give_exec(&fixture, PARENT, "/opt/shop");
	give_exec(&fixture, CHILD, "/opt/other");
	discovery_note_sockets(fixture.discovery, &list);
	fixture_give(&fixture, RECORD_DATA, CHILD, &data, sizeof(data));
	assert_true(fixture.matching.ports[0] && !fixture.matching.ports[1] && !fixture.matching.ports[2]);
	fixture_give(&fixture, RECORD_DATA, PARENT, &data, sizeof(data));
	assert_true(fixture.matching.ports[2]);
	assert_int_equal(fixture.matching.ports_missing, 1);
	assert_int_equal(fixture.matching.names_missing, 0);
	discovery_free(fixture.discovery);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_selected_program_passes),
		cmocka_unit_test(another_program_does_not),
		cmocka_unit_test(a_program_is_judged_anew_when_it_executes_another),
		cmocka_unit_test(the_child_of_one_that_is_gone_is_no_loss),
		cmocka_unit_test(a_child_inherits),
		cmocka_unit_test(a_fork_does_not_overrule_an_execution),
		cmocka_unit_test(a_judgement_without_room_is_counted),
		cmocka_unit_test(a_running_process_is_described_first),
		cmocka_unit_test(a_process_that_is_gone_is_counted_once),
		cmocka_unit_test(ignored_connections_pass_of_traced_processes),
		cmocka_unit_test(a_malformed_execution_is_not_passed),
		cmocka_unit_test(a_cut_record_is_passed_unread),
		cmocka_unit_test(what_belongs_to_no_process_passes),
		cmocka_unit_test(a_scan_finds_who_runs),
		cmocka_unit_test(a_service_is_selected_by_its_name),
		cmocka_unit_test(a_service_may_be_named_late),
		cmocka_unit_test(ports_of_the_selected_are_noted),
		cmocka_unit_test(an_endpoint_leaves_nobody_out),
		cmocka_unit_test(an_instrumented_program_is_left_out_once_it_speaks),
		cmocka_unit_test(so_are_its_children),
		cmocka_unit_test(an_instrumented_program_is_included_on_demand),
		cmocka_unit_test(who_is_seen_to_export_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
