// SPDX-License-Identifier: Apache-2.0
/* Connections that are not read: whose they are, and what that says of their processes' calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/connection/unread.h"
#include "correlate/link/test/link_fixture.h"

static const struct unread_row *row(const struct link_fixture *f, size_t index)
{
	const struct unread *unread = engine_unread(f->engine);

	assert_true(index < unread->count);
	return &unread->rows[index];
}

static void assert_missing(const struct link_fixture *f, const char *path, const char *reason)
{
	const struct attribute *missing = span_attribute(span_of(f, SPAN_KIND_CLIENT, path), "wirespan.link.missing");

	if (!reason) {
		assert_null(missing);
		return;
	}
	assert_non_null(missing);
	assert_true(slice_equal(missing->string, slice_of_string(reason)));
}

static void connections_alike_are_one_row(void **state)
{
	struct link_fixture *f = *state;

	tape_process(&f->tape, 100, "/usr/bin/curl");
	tape_process(&f->tape, 200, "/usr/sbin/nginx");
	for (int i = 0; i < 3; i++)
		tape_ignored(&f->tape, &f->first.client, RECOGNISED_TLS);
	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TLS);
	tape_ignored(&f->tape, &f->first.client, RECOGNISED_HTTP2);
	tape_play(&f->tape, f->engine);
	assert_int_equal(engine_unread(f->engine)->count, 3);
	assert_int_equal(engine_unread(f->engine)->connections[RECOGNISED_TLS], 4);
	assert_int_equal(row(f, 0)->connections, 3);
	assert_true(slice_equal(row(f, 0)->resource->service_name, SLICE_LITERAL("curl")));
	assert_int_equal(row(f, 0)->role, RECORD_ROLE_CLIENT);
	assert_int_equal(row(f, 0)->port, f->first.client.connection.remote_port);
	assert_false(row(f, 0)->several_processes);
	assert_int_equal(row(f, 1)->role, RECORD_ROLE_SERVER);
	assert_int_equal(row(f, 1)->port, f->first.server.connection.local_port);
	assert_int_equal(row(f, 2)->recognised, RECOGNISED_HTTP2);
}

static void processes_of_one_service_share_it(void **state)
{
	struct link_fixture *f = *state;

	tape_process(&f->tape, 200, "/usr/sbin/nginx");
	tape_fork(&f->tape, 200, 201);
	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TLS);
	f->first.server.tgid = 201;
	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TLS);
	tape_play(&f->tape, f->engine);
	assert_int_equal(engine_unread(f->engine)->count, 1);
	assert_int_equal(row(f, 0)->connections, 2);
	assert_int_equal(row(f, 0)->resource->pid, 200);
	assert_true(row(f, 0)->several_processes);
}

/* Which end it is may not be known of one that is older than the agent; nor does every version know every protocol. */
static void what_is_not_known_is_not_claimed(void **state)
{
	struct link_fixture *f = *state;
	struct record_ignored *record = tape_ignored(&f->tape, &f->first.client, RECOGNISED_COUNT + 1);

	record->header.flags = RECORD_IGNORED_LATE;
	record->connection.role = RECORD_ROLE_UNKNOWN;
	record->connection.local_port = 50000;
	record->connection.remote_port = 5432;
	tape_play(&f->tape, f->engine);
	assert_int_equal(row(f, 0)->recognised, RECOGNISED_UNKNOWN);
	assert_true(row(f, 0)->late);
	assert_int_equal(row(f, 0)->port, 5432);
	assert_int_equal(engine_unread(f->engine)->connections[RECOGNISED_UNKNOWN], 1);
}

static void rows_are_bounded(void **state)
{
	struct link_fixture *f = *state;

	for (uint16_t i = 0; i < UNREAD_ROWS_MAX + 10; i++) {
		f->first.client.connection.remote_port = i;
		tape_ignored(&f->tape, &f->first.client, RECOGNISED_UNKNOWN);
	}
	tape_play(&f->tape, f->engine);
	assert_int_equal(engine_unread(f->engine)->count, UNREAD_ROWS_MAX);
	assert_int_equal(engine_unread(f->engine)->rowless, 10);
	assert_int_equal(engine_unread(f->engine)->connections[RECOGNISED_UNKNOWN], UNREAD_ROWS_MAX + 10);
}

/* php-fpm: what a worker calls while its connection is open has a cause that nobody sees. */
static void calls_for_fastcgi_requests_are_losses(void **state)
{
	struct link_fixture *f = *state;

	tape_ignored(&f->tape, &f->first.server, RECOGNISED_FASTCGI);
	tape_state(&f->tape, &f->first.server, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_HELD, 0);
	call_back_end(f, GET("/within"));
	tape_state(&f->tape, &f->first.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->first.server, RECORD_STATE_GONE, 0);
	call_back_end(f, GET("/after"));
	tape_play(&f->tape, f->engine);
	assert_missing(f, "/within", "unread_request");
	assert_missing(f, "/after", "unread_protocol");
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

/* Whether a request is under way on an open connection is not known. */
static void calls_of_who_serves_others_say_so(void **state)
{
	struct link_fixture *f = *state;

	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TLS);
	call_back_end(f, GET("/call"));
	tape_play(&f->tape, f->engine);
	assert_missing(f, "/call", "unread_protocol");
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 0);
}

static void calls_of_mere_clients_say_nothing(void **state)
{
	struct link_fixture *f = *state;

	f->second.client.tgid = 200;
	tape_ignored(&f->tape, &f->second.client, RECOGNISED_POSTGRESQL);
	call_back_end(f, GET("/call"));
	tape_play(&f->tape, f->engine);
	assert_missing(f, "/call", NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, link_setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connections_alike_are_one_row),
		TEST(processes_of_one_service_share_it),
		TEST(what_is_not_known_is_not_claimed),
		TEST(rows_are_bounded),
		TEST(calls_for_fastcgi_requests_are_losses),
		TEST(calls_of_who_serves_others_say_so),
		TEST(calls_of_mere_clients_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
