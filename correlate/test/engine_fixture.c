// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

int fixture_setup_with(void **state, uint64_t request_timeout)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct engine_options options = { .seed = 1, .request_timeout = request_timeout };

	assert_non_null(f);
	tape_init(&f->tape);
	wire_init(&f->wire, 1);
	options.sink = span_list_sink(&f->spans);
	f->engine = engine_new(&options);
	assert_non_null(f->engine);
	*state = f;
	return 0;
}

int fixture_setup(void **state)
{
	return fixture_setup_with(state, 0);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	engine_free(f->engine);
	span_list_done(&f->spans);
	tape_done(&f->tape);
	free(f);
	return 0;
}

void fixture_play(struct fixture *f)
{
	tape_play(&f->tape, f->engine);
}

uint64_t fixture_loss(const struct fixture *f, enum loss which)
{
	return engine_losses(f->engine)->count[which];
}

void assert_no_loss(const struct fixture *f)
{
	for (enum loss which = 0; which < LOSS_COUNT; which++)
		if (fixture_loss(f, which))
			fail_msg("%s is %lu", loss_name(which), (unsigned long)fixture_loss(f, which));
}

int64_t status_of(const struct span *span)
{
	const struct attribute *attribute = span_attribute(span, "http.response.status_code");

	return attribute ? attribute->integer : 0;
}

void assert_error(const struct span *span, const char *error_type)
{
	assert_non_null(span);
	assert_int_equal(span->status, SPAN_STATUS_ERROR);
	assert_int_equal(span->error_type.length, strlen(error_type));
	assert_memory_equal(span->error_type.data, error_type, strlen(error_type));
}

void assert_string_attribute(const struct span *span, const char *key, const char *value)
{
	const struct attribute *attribute = span_attribute(span, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->string.length, strlen(value));
	assert_memory_equal(attribute->string.data, value, strlen(value));
}

const struct span *server_span(const struct fixture *f, const char *path)
{
	const struct span *span = span_list_find(&f->spans, SPAN_KIND_SERVER, path);

	assert_non_null(span);
	return span;
}

const struct span *client_span(const struct fixture *f, const char *path)
{
	const struct span *span = span_list_find(&f->spans, SPAN_KIND_CLIENT, path);

	assert_non_null(span);
	return span;
}

uint64_t duration(const struct span *span)
{
	return span->end - span->start;
}

void fixture_serve(struct fixture *f, const char *request, const char *response)
{
	tape_receive(&f->tape, &f->wire.server, request);
	tape_send(&f->tape, &f->wire.server, response);
}
