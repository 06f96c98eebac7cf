// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

int link_setup_with(void **state, struct engine_options options)
{
	struct link_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	options.seed = 7;
	tape_init(&f->tape);
	wire_init(&f->first, 1);
	wire_init(&f->second, 2);
	wire_init(&f->back, 3);
	f->back.client.tgid = f->back.client.tid = 200;
	f->back.server.tgid = f->back.server.tid = 300;
	options.sink = span_list_sink(&f->spans);
	f->engine = engine_new(&options);
	assert_non_null(f->engine);
	*state = f;
	return 0;
}

int link_setup(void **state)
{
	return link_setup_with(state, (struct engine_options){ 0 });
}

int link_teardown(void **state)
{
	struct link_fixture *f = *state;

	engine_free(f->engine);
	span_list_done(&f->spans);
	tape_done(&f->tape);
	free(f);
	return 0;
}

const struct span *span_of(const struct link_fixture *f, enum span_kind kind, const char *path)
{
	const struct span *span = span_list_find(&f->spans, kind, path);

	assert_non_null(span);
	return span;
}

void assert_evidence(const struct span *span, const char *evidence)
{
	const struct attribute *attribute = span_attribute(span, "wirespan.link.evidence");

	if (!evidence) {
		assert_null(attribute);
		assert_false(span_has_parent(span));
		return;
	}
	assert_non_null(attribute);
	assert_int_equal(attribute->string.length, strlen(evidence));
	assert_memory_equal(attribute->string.data, evidence, strlen(evidence));
	assert_true(span_has_parent(span));
}

void assert_child(const struct span *child, const struct span *parent, const char *evidence)
{
	assert_evidence(child, evidence);
	assert_memory_equal(child->parent_span_id, parent->span_id, 8);
	assert_memory_equal(child->trace_id, parent->trace_id, 16);
}

void call_back_end(struct link_fixture *f, const char *request)
{
	tape_request(&f->tape, &f->back, request);
	tape_response(&f->tape, &f->back, OK);
}
