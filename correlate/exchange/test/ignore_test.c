// SPDX-License-Identifier: Apache-2.0
/* Telemetry and processes that export spans of their own: no spans, no parents, no losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/link/test/link_fixture.h"

#define EXPORT                                                                                         \
	"POST /v1/traces HTTP/1.1\r\nHost: collector:4318\r\nContent-Type: application/x-protobuf\r\n" \
	"Content-Length: 3\r\n\r\nabc"
#define COLLECTOR_EXPORT                                                                               \
	"POST /v1/traces HTTP/1.1\r\nHost: collector:4318\r\nContent-Type: application/x-protobuf\r\n" \
	"User-Agent: OpenTelemetry Collector/0.159.0\r\nContent-Length: 3\r\n\r\nabc"
#define TRACED(path) \
	"GET " path  \
	" HTTP/1.1\r\nHost: h\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n"

/* What the engine told of processes that export spans. */
static struct {
	unsigned int count;
	uint32_t pid;
	char service[64], destination[64];
} told;

static void keep(char text[64], struct slice slice)
{
	slice = slice_head(slice, 63);
	memcpy(text, slice.data, slice.length);
	text[slice.length] = '\0';
}

static void hear(void *context, const struct instrumented_process *process)
{
	(void)context;
	told.count++;
	told.pid = process->pid;
	keep(told.service, process->service);
	keep(told.destination, process->destination);
}

static int setup(void **state)
{
	memset(&told, 0, sizeof(told));
	return link_setup_with(state, (struct engine_options){ .instrumented = { .accept = hear } });
}

static int setup_including(void **state)
{
	memset(&told, 0, sizeof(told));
	return link_setup_with(state, (struct engine_options){
					      .instrumented = { .accept = hear },
					      .include_telemetry = true,
					      .include_instrumented = true,
				      });
}

static int setup_with_timeout(void **state)
{
	return link_setup_with(state, (struct engine_options){ .request_timeout = NSEC_PER_MSEC });
}

static void expect(const struct link_fixture *f, size_t spans, uint64_t telemetry, uint64_t instrumented)
{
	assert_int_equal(f->spans.count, spans);
	assert_int_equal(engine_ignored(f->engine)->telemetry, telemetry);
	assert_int_equal(engine_ignored(f->engine)->instrumented, instrumented);
	for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
		if (engine_losses(f->engine)->count[loss] && loss != LOSS_EXPORTED_TWICE)
			fail_msg("%s is counted", loss_name(loss));
}

static void telemetry_becomes_nothing(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->back, COLLECTOR_EXPORT);
	tape_response(&f->tape, &f->back, OK);
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	expect(f, 2, 2, 0);
}

static void unless_it_is_included(void **state)
{
	struct link_fixture *f = *state;

	call_back_end(f, EXPORT);
	tape_play(&f->tape, f->engine);
	expect(f, 2, 0, 0);
	assert_child(span_of(f, SPAN_KIND_SERVER, "/v1/traces"), span_of(f, SPAN_KIND_CLIENT, "/v1/traces"),
		     "connection");
	assert_int_equal(told.count, 0);
}

/* What a collector calls while it receives is nobody's child; what it answers with another thread is no loss. */
static void telemetry_is_no_parent(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	call_back_end(f, GET("/b"));
	call_back_end(f, TRACED("/c"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	expect(f, 4, 2, 0);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/b"), NULL);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/c"), "header");
}

/* It makes the thread ambiguous like any other request. */
static void telemetry_contradicts(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	tape_request(&f->tape, &f->second, GET("/a"));
	call_back_end(f, GET("/b"));
	tape_response(&f->tape, &f->second, OK);
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/b"), NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

static void unanswered_telemetry_is_no_loss(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	tape_state(&f->tape, &f->first.client, RECORD_STATE_RESET | RECORD_STATE_GONE, 104);
	tape_state(&f->tape, &f->first.server, RECORD_STATE_RESET | RECORD_STATE_GONE, 104);
	tape_request(&f->tape, &f->second, COLLECTOR_EXPORT);
	tape_play(&f->tape, f->engine);
	engine_finish(f->engine);
	expect(f, 0, 4, 0);
}

static void late_answers_to_telemetry_are_none(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_exit(&f->tape, 1);
	tape_response(&f->tape, &f->first, OK);
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	expect(f, 2, 2, 0);
}

/* The front end (200) exports: all of it is left out from then on, and its clients' spans stay. */
static void who_exports_spans_is_left_out(void **state)
{
	struct link_fixture *f = *state;

	tape_process(&f->tape, 200, "/opt/shop");
	tape_request(&f->tape, &f->first, GET("/before"));
	tape_response(&f->tape, &f->first, OK);
	call_back_end(f, EXPORT);
	tape_request(&f->tape, &f->second, GET("/after"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	expect(f, 3, 2, 1);
	/* The one before. */
	assert_int_equal(engine_losses(f->engine)->count[LOSS_EXPORTED_TWICE], 1);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.pid, 200);
	assert_string_equal(told.service, "shop");
	assert_string_equal(told.destination, "collector:4318");
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/after"), NULL);
	assert_null(span_list_find(&f->spans, SPAN_KIND_SERVER, "/after"));
}

/* Its calls are no parents: the back end's spans are roots, or children of what its SDK says. */
static void who_is_left_out_is_no_parent(void **state)
{
	struct link_fixture *f = *state;
	struct wire other;

	wire_init(&other, 4);
	other.client.tgid = other.client.tid = 200;
	other.server.tgid = other.server.tid = 400;
	call_back_end(f, EXPORT);
	tape_request(&f->tape, &other, GET("/b"));
	tape_response(&f->tape, &other, OK);
	tape_request(&f->tape, &other, TRACED("/c"));
	tape_response(&f->tape, &other, OK);
	tape_play(&f->tape, f->engine);
	expect(f, 2, 2, 2);
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/b"), NULL);
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/c"), "header");
}

/* Whoever was told makes no more records of it: what was open ends in nothing, not in an error. */
static void what_it_had_open_is_given_up(void **state)
{
	struct link_fixture *f = *state;
	const struct span *client;

	tape_request(&f->tape, &f->first, GET("/a"));
	call_back_end(f, EXPORT);
	tape_wait(&f->tape, NSEC_PER_MSEC);
	tape_receive(&f->tape, &f->first.client, OK);
	f->first.server.position[RECORD_SEND] += strlen(OK);
	tape_state(&f->tape, &f->first.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->first.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_play(&f->tape, f->engine);
	expect(f, 1, 2, 1);
	client = span_of(f, SPAN_KIND_CLIENT, "/a");
	assert_int_equal(client->status, SPAN_STATUS_UNSET);
}

static void who_passes_spans_on_is_not(void **state)
{
	struct link_fixture *f = *state;

	call_back_end(f, COLLECTOR_EXPORT);
	tape_play(&f->tape, f->engine);
	assert_int_equal(told.count, 0);
}

/* Its own User-Agent says nothing, but it has received spans itself. */
static void nor_is_who_receives_spans(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	tape_response(&f->tape, &f->first, OK);
	call_back_end(f, EXPORT);
	tape_request(&f->tape, &f->second, GET("/a"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_int_equal(told.count, 0);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_EXPORTED_TWICE], 0);
	expect(f, 2, 4, 0);
}

static void children_inherit_and_programs_begin_anew(void **state)
{
	struct link_fixture *f = *state;

	tape_process(&f->tape, 200, "/opt/shop");
	call_back_end(f, EXPORT);
	tape_fork(&f->tape, 200, 201);
	f->first.server.tgid = f->first.server.tid = 201;
	tape_request(&f->tape, &f->first, GET("/child"));
	tape_response(&f->tape, &f->first, OK);
	tape_process(&f->tape, 201, "/opt/other");
	tape_request(&f->tape, &f->first, GET("/other"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_int_equal(told.count, 1);
	expect(f, 3, 2, 1);
	assert_null(span_list_find(&f->spans, SPAN_KIND_SERVER, "/child"));
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/other"), "connection");
}

static int setup_without_pings(void **state)
{
	return link_setup_with(state, (struct engine_options){ .ignore_db_pings = true });
}

/* Begins and ends an exchange that its protocol takes for a ping; what became of it. */
static enum exchange_state ping(struct engine *engine, enum exchange_ignored judged)
{
	struct exchange *exchange = exchange_new(&engine->pool, engine->protocols[RECOGNISED_NOT_YET]);
	enum exchange_state end;

	assert_non_null(exchange);
	exchange->state = EXCHANGE_OPEN;
	exchange->ignored = judged;
	ignore_ping(engine, exchange);
	if (exchange->ignored)
		ignore_end(engine, exchange);
	end = exchange->state;
	exchange_unref(&engine->pool, exchange);
	return end;
}

static void pings_of_databases_are_kept(void **state)
{
	struct link_fixture *f = *state;

	assert_int_equal(ping(f->engine, EXCHANGE_KEPT), EXCHANGE_OPEN);
	assert_int_equal(engine_ignored(f->engine)->db_pings, 0);
}

static void unless_they_are_not_wanted(void **state)
{
	struct link_fixture *f = *state;

	assert_int_equal(ping(f->engine, EXCHANGE_KEPT), EXCHANGE_DROPPED);
	expect(f, 0, 0, 0);
	assert_int_equal(engine_ignored(f->engine)->db_pings, 1);
	/* Whoever exports its own spans leaves out its pings, too. */
	assert_int_equal(ping(f->engine, EXCHANGE_INSTRUMENTED), EXCHANGE_DROPPED);
	expect(f, 0, 0, 1);
	assert_int_equal(engine_ignored(f->engine)->db_pings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(telemetry_becomes_nothing, setup, link_teardown),
		cmocka_unit_test_setup_teardown(unless_it_is_included, setup_including, link_teardown),
		cmocka_unit_test_setup_teardown(telemetry_is_no_parent, setup, link_teardown),
		cmocka_unit_test_setup_teardown(telemetry_contradicts, setup, link_teardown),
		cmocka_unit_test_setup_teardown(unanswered_telemetry_is_no_loss, setup, link_teardown),
		cmocka_unit_test_setup_teardown(late_answers_to_telemetry_are_none, setup_with_timeout, link_teardown),
		cmocka_unit_test_setup_teardown(who_exports_spans_is_left_out, setup, link_teardown),
		cmocka_unit_test_setup_teardown(who_is_left_out_is_no_parent, setup, link_teardown),
		cmocka_unit_test_setup_teardown(what_it_had_open_is_given_up, setup, link_teardown),
		cmocka_unit_test_setup_teardown(who_passes_spans_on_is_not, setup, link_teardown),
		cmocka_unit_test_setup_teardown(nor_is_who_receives_spans, setup, link_teardown),
		cmocka_unit_test_setup_teardown(children_inherit_and_programs_begin_anew, setup, link_teardown),
		cmocka_unit_test_setup_teardown(pings_of_databases_are_kept, setup, link_teardown),
		cmocka_unit_test_setup_teardown(unless_they_are_not_wanted, setup_without_pings, link_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
