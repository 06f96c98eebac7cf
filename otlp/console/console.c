// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/console.h"

#include <errno.h>
#include <stdlib.h>

#include "otlp/console/text.h"
#include "otlp/console/trace_text.h"
#include "otlp/console/traces.h"
#include "otlp/tally.h"

/* Written out from WRITE_SIZE on. The largest trace, or table, takes less than TEXT_SIZE_MAX. */
#define WRITE_SIZE (64u * 1024)
#define TEXT_SIZE_MAX (32u << 20)
/* Last words are not worth waiting longer for a reader that is gone. */
#define FINISH_TIMEOUT_MS 2000

struct console {
	struct output output;
	struct writer *writer; /* the caller's */
	struct traces *traces; /* NULL: not shown */
	struct latency *latency;
	struct latency *recent; /* of the interval under way; NULL: there are none */
	enum latency_sort sort;
	uint64_t interval, due; /* ns; due 0: not known yet */
	bool titled; /* tables say of when they are */
	struct arena arena;
	struct buffer text;
	size_t text_spans; /* spans that `text` shows */
	bool color;
	bool torn; /* a write that failed may have left half a line */
	int error; /* not yet reported */
	tally failed, unread;
};

static void write_text(struct console *console)
{
	int result = 0;

	if (console->text.length) {
		if (writer_renew(console->writer))
			console->torn = false;
		if (console->torn)
			result = writer_write(console->writer, SLICE_LITERAL("\n"));
		if (result == 0)
			result = writer_write(console->writer, buffer_slice(&console->text));
		console->torn = result < 0;
	}
	if (result == -ETIMEDOUT) {
		tally_add(&console->unread, console->text_spans);
	} else if (result < 0) {
		tally_add(&console->failed, console->text_spans);
		console->error = result;
	}
	console->text_spans = 0;
	buffer_clear(&console->text);
}

static struct text_page console_page(const struct console *console)
{
	return (struct text_page){ .color = console->color, .columns = terminal_columns(console->writer->fd) };
}

static void console_trace(void *context, struct span *const *spans, size_t count)
{
	struct console *console = context;
	size_t length = console->text.length;
	struct text_page page = console_page(console);
	int result = trace_format(&console->arena, spans, count, &page, &console->text);

	if (result < 0) {
		console->text.length = length;
		tally_add(&console->failed, count);
		console->error = result;
		return;
	}
	console->text_spans += count;
	if (console->text.length >= WRITE_SIZE)
		write_text(console);
}

static int report(struct console *console)
{
	int error = console->error;

	console->error = 0;
	return error;
}

static void note_result(struct console *console, int result)
{
	if (result < 0)
		console->error = result;
}

/* Takes the span. */
static void add_trace(struct console *console, struct span *span, uint64_t now)
{
	int result = 0;

	if (console->traces)
		result = traces_add(console->traces, span, now);
	else
		span_free(span);
	note_result(console, result);
	if (result < 0)
		tally_add(&console->failed, 1);
}

static int console_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct console *console = (struct console *)output;

	for (size_t i = 0; i < count; i++) {
		note_result(console, latency_add(console->latency, spans[i]));
		if (console->recent)
			note_result(console, latency_add(console->recent, spans[i]));
		add_trace(console, spans[i], now);
	}
	write_text(console);
	return 0;
}

/* A table, and an empty line; nothing where there were no spans. */
static int append_table(struct console *console, const struct latency *latency)
{
	struct text_page page = console_page(console);
	size_t before = console->text.length;
	int result = console->titled ? latency_format_title(latency, &page, &console->text) : 0;

	if (result == 0)
		result = latency_format(latency, console->sort, &page, &console->text);
	if (result == 0 && console->text.length > before)
		result = buffer_append(&console->text, "\n", 1);
	return result;
}

/* The interval's table, if it is over. Where memory for the next one is missing, this one goes on. */
static void end_interval(struct console *console, uint64_t now)
{
	struct latency *next;

	if (!console->due)
		console->due = now + console->interval;
	if (now < console->due)
		return;
	console->due += ((now - console->due) / console->interval + 1) * console->interval;
	next = latency_new(LATENCY_ENDPOINTS_MAX);
	if (!next)
		return;
	note_result(console, append_table(console, console->recent));
	latency_free(console->recent);
	console->recent = next;
}

static int console_advance(struct output *output, uint64_t now)
{
	struct console *console = (struct console *)output;

	if (console->traces)
		traces_advance(console->traces, now);
	if (console->recent)
		end_interval(console, now);
	write_text(console);
	return report(console);
}

static int console_flush(struct output *output)
{
	struct console *console = (struct console *)output;

	if (console->traces)
		traces_flush(console->traces);
	write_text(console);
	return report(console);
}

static void console_cancel(struct output *output)
{
	writer_cancel(((struct console *)output)->writer);
}

static int console_finish(struct output *output, const struct counter *losses, size_t count)
{
	struct console *console = (struct console *)output;
	int result = append_table(console, console->latency);

	if (result == 0)
		result = counters_format(&console->text, losses, count);
	console->writer->timeout_ms = FINISH_TIMEOUT_MS;
	console->writer->unread = false;
	write_text(console);
	return result < 0 ? result : report(console);
}

static size_t console_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	const struct console *console = (const struct console *)output;
	const struct counter counters[] = {
		{ "console_trace_cut", console->traces ? traces_cut(console->traces) : 0 },
		{ "console_write_failed", tally_read(&console->failed) },
		{ "output_unread", tally_read(&console->unread) },
	};
	size_t count = sizeof(counters) / sizeof(counters[0]);

	count = count < max ? count : max;
	memcpy(ret_counters, counters, count * sizeof(counters[0]));
	return count;
}

static void console_free(struct output *output)
{
	struct console *console = (struct console *)output;

	traces_free(console->traces);
	latency_free(console->latency);
	latency_free(console->recent);
	arena_done(&console->arena);
	buffer_done(&console->text);
	free(console);
}

static const struct output_operations console_operations = {
	.spans = console_spans,
	.advance = console_advance,
	.flush = console_flush,
	.cancel = console_cancel,
	.finish = console_finish,
	.counters = console_counters,
	.free = console_free,
};

/* 0 or -ENOMEM. */
static int make_parts(struct console *console, const struct console_options *options)
{
	console->latency = latency_new(LATENCY_ENDPOINTS_MAX);
	if (!console->latency)
		return -ENOMEM;
	if (options->interval) {
		console->recent = latency_new(LATENCY_ENDPOINTS_MAX);
		if (!console->recent)
			return -ENOMEM;
	}
	if (options->summary)
		return 0;
	console->traces = traces_new(&(struct traces_options){
		.spans_max = options->spans_max ? options->spans_max : TRACES_SPANS_MAX,
		.quiet = TRACES_QUIET,
		.patience = options->orphans ? TRACES_PATIENCE_ORPHANS : TRACES_PATIENCE,
		.ready = console_trace,
		.context = console,
	});
	return console->traces ? 0 : -ENOMEM;
}

int output_console_new(const struct console_options *options, struct output **ret_output)
{
	struct console *console = calloc(1, sizeof(*console));
	int result;

	if (!console)
		return -ENOMEM;
	console->output.operations = &console_operations;
	console->writer = options->writer;
	console->color = options->color;
	console->sort = options->sort;
	console->interval = options->interval;
	console->titled = options->summary || options->interval;
	buffer_init(&console->text, TEXT_SIZE_MAX);
	arena_init(&console->arena);
	result = make_parts(console, options);
	if (result < 0) {
		console_free(&console->output);
		return result;
	}
	*ret_output = &console->output;
	return 0;
}
