// SPDX-License-Identifier: Apache-2.0
#include "correlate/fuzz/engine_talk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/fuzz/conversation.h"
#include "correlate/fuzz/play.h"

/* What a span says of its exchange, and a loss leaves true or the span unsaid. */
static const struct {
	const char *key;
	bool of_request_end; /* which may come after the answer's */
} substance[] = {
	{ "http.request.method", false },
	{ "http.request.size", true },
	{ "http.request.body.size", true },
	{ "http.response.size", false },
	{ "http.response.body.size", false },
	{ "http.response.status_code", false },
	{ "url.path", false },
	{ "url.full", false },
	{ "error.type", false },
};

static unsigned int number_of(const struct span *span)
{
	const struct attribute *url = span_attribute(span, span->kind == SPAN_KIND_SERVER ? "url.path" : "url.full");
	struct slice text;
	unsigned int number = 0;

	assert(url);
	text = url->string;
	while (text.length && text.data[text.length - 1] != '/')
		text.length--;
	text = slice_from(url->string, text.length);
	assert(text.length >= 2 && text.data[0] == 'r');
	for (size_t i = 1; i < text.length; i++) {
		assert(text.data[i] >= '0' && text.data[i] <= '9');
		number = number * 10 + (unsigned int)(text.data[i] - '0');
	}
	return number;
}

static const struct span *find(const struct played *played, enum span_kind kind, unsigned int number)
{
	const struct span *found = NULL;

	for (size_t i = 0; i < played->spans.count; i++) {
		const struct span *span = played->spans.spans[i];

		if (span->kind != kind || number_of(span) != number)
			continue;
		assert(!found && "one span per end of an exchange");
		found = span;
	}
	return found;
}

static const struct span *parent_of(const struct played *played, const struct span *span)
{
	for (size_t i = 0; i < played->spans.count; i++)
		if (!memcmp(played->spans.spans[i]->span_id, span->parent_span_id, sizeof(span->parent_span_id)))
			return played->spans.spans[i];
	return NULL;
}

static bool same_value(const struct attribute *a, const struct attribute *b)
{
	if (!a || !b)
		return !a && !b;
	if (a->type != b->type)
		return false;
	if (a->type == ATTRIBUTE_STRING || a->type == ATTRIBUTE_STRING_ARRAY)
		return slice_equal(a->string, b->string);
	if (a->type == ATTRIBUTE_DOUBLE)
		return a->number >= b->number && a->number <= b->number;
	return a->type == ATTRIBUTE_INTEGER ? a->integer == b->integer : a->boolean == b->boolean;
}

static bool same_parent(const struct span *a, const struct span *b)
{
	return !a == !b && (!a || (a->kind == b->kind && number_of(a) == number_of(b)));
}

/* Against what really happened. */
static void check_truth(const struct conversation *conversation, const struct played *played, const struct span *span)
{
	unsigned int number = number_of(span);
	const struct attribute *method = span_attribute(span, "http.request.method");
	const struct attribute *status = span_attribute(span, "http.response.status_code");
	const struct span *parent = parent_of(played, span);
	const struct ask *ask;

	assert(number < conversation->count);
	ask = &conversation->asks[number];
	assert(find(played, span->kind, number) == span);
	assert(span->start <= span->end);
	assert(method && slice_equal(method->string, slice_of_string(ask->method)));
	assert(!status || status->integer == ask->status);
	if (!parent)
		return;
	assert(!memcmp(parent->trace_id, span->trace_id, sizeof(span->trace_id)));
	if (span->kind == SPAN_KIND_SERVER)
		assert(parent->kind == SPAN_KIND_CLIENT && number_of(parent) == number);
	else
		assert(parent->kind == SPAN_KIND_SERVER && ask->causes == UINT64_C(1) << number_of(parent));
}

static void check_spans(const struct conversation *conversation, const struct played *played)
{
	for (size_t i = 0; i < played->spans.count; i++)
		check_truth(conversation, played, played->spans.spans[i]);
}

/* Without losses, nothing is missing. */
static void check_all_there(const struct conversation *conversation, const struct played *played)
{
	for (unsigned int number = 0; number < conversation->count; number++) {
		const struct ask *ask = &conversation->asks[number];
		const struct line *line = &conversation->lines[ask->line];

		if (!ask->answer_end)
			continue;
		assert(ask->answer_end > line->pipes[DOWN].sent || find(played, SPAN_KIND_SERVER, number));
		assert(ask->answer_end > line->pipes[DOWN].read || find(played, SPAN_KIND_CLIENT, number));
	}
	for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
		assert(loss == LOSS_OPEN_AT_EXIT || loss == LOSS_PARENT_UNKNOWN || !played->losses.count[loss] ||
		       (loss == LOSS_REQUEST_UNPAIRED && conversation->doubtful));
}

static void check_same(const struct played *whole, const struct played *bytewise)
{
	assert(whole->spans.count == bytewise->spans.count);
	assert(!memcmp(&whole->losses, &bytewise->losses, sizeof(whole->losses)));
	for (size_t i = 0; i < whole->spans.count; i++) {
		const struct span *a = whole->spans.spans[i];
		const struct span *b = find(bytewise, a->kind, number_of(a));

		assert(b && a->start == b->start && a->end == b->end && a->status == b->status);
		assert(same_parent(parent_of(whole, a), parent_of(bytewise, b)));
		assert(slice_equal(a->name, b->name) && slice_equal(a->error_type, b->error_type));
		assert(a->attribute_count == b->attribute_count);
		for (size_t j = 0; j < a->attribute_count; j++)
			assert(same_value(&a->attributes[j], &b->attributes[j]));
	}
}

/*
 * What is left after a loss was there before, and says the same, or says that it was touched. A loss that nothing
 * after it shows is like a request that goes on: no size is known.
 */
static void check_less(const struct played *whole, const struct played *lossy, bool loss_shows)
{
	for (size_t i = 0; i < lossy->spans.count; i++) {
		const struct span *span = lossy->spans.spans[i];
		const struct span *before = find(whole, span->kind, number_of(span));
		const struct span *parent = parent_of(lossy, span);

		if (span_attribute(span, "wirespan.loss"))
			continue;
		assert(before);
		assert(!parent || same_parent(parent, parent_of(whole, before)));
		for (size_t j = 0; j < sizeof(substance) / sizeof(substance[0]); j++) {
			const struct attribute *said = span_attribute(span, substance[j].key);

			if (said || loss_shows || !substance[j].of_request_end)
				assert(same_value(said, span_attribute(before, substance[j].key)));
		}
	}
}

/*
 * Some record of data, past what shows who pipelines. Not of a single byte: streams take it for
 * a FIN (stream.c), so its loss need not show.
 */
static size_t choose_loss(const struct conversation *conversation, unsigned int choice)
{
	const struct tape *tape = &conversation->tape;
	size_t count = tape->count - conversation->loss_from;
	const struct record_data *record;
	size_t chosen;

	if (!count)
		return PLAY_ALL;
	chosen = conversation->loss_from + choice % count;
	record = (const struct record_data *)tape->records[chosen];
	return record->header.kind == RECORD_DATA && record->length > 1 ? chosen : PLAY_ALL;
}

static uint64_t cookie_of(const struct record_header *record)
{
	if (record->kind == RECORD_STATE)
		return ((const struct record_state *)record)->connection.cookie;
	return ((const struct record_data *)record)->connection.cookie;
}

/* Whether a later record tells how far that end of the connection had come. */
static bool shows(const struct tape *tape, size_t left_out)
{
	for (size_t i = left_out + 1; i < tape->count; i++)
		if (cookie_of(tape->records[i]) == cookie_of(tape->records[left_out]))
			return true;
	return false;
}

void engine_talk(const uint8_t *data, size_t size)
{
	static struct conversation conversation;
	static struct played whole, other;
	size_t left_out;

	if (size < 1)
		return;
	conversation_make(&conversation, data + 1, size - 1);
	left_out = choose_loss(&conversation, data[0]);
	play(&conversation.tape, false, PLAY_ALL, &whole);
	check_spans(&conversation, &whole);
	check_all_there(&conversation, &whole);
	play(&conversation.tape, true, PLAY_ALL, &other);
	check_same(&whole, &other);
	played_done(&other);
	/* Behind a refused body a request is in doubt, and a body may look like one: what a loss hides changes either. */
	if (conversation.doubtful)
		left_out = PLAY_ALL;
	for (int bytewise = 0; bytewise < 2 && left_out != PLAY_ALL; bytewise++) {
		play(&conversation.tape, bytewise, left_out, &other);
		check_spans(&conversation, &other);
		check_less(&whole, &other, shows(&conversation.tape, left_out));
		played_done(&other);
	}
	played_done(&whole);
	conversation_done(&conversation);
}
