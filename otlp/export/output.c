// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/output.h"

bool output_wants_spans(const struct output *output)
{
	return output->operations->spans;
}

int output_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	if (output_wants_spans(output))
		return output->operations->spans(output, spans, count, now);
	spans_free(spans, count);
	return 0;
}

int output_advance(struct output *output, uint64_t now)
{
	return output->operations->advance ? output->operations->advance(output, now) : 0;
}

int output_flush(struct output *output)
{
	return output->operations->flush ? output->operations->flush(output) : 0;
}

int output_metrics(struct output *output, struct metric_set *metrics, uint64_t now)
{
	if (output->operations->metrics)
		return output->operations->metrics(output, metrics, now);
	metric_set_free(metrics);
	return 0;
}

bool output_waits(const struct output *output)
{
	return output->operations->wait;
}

void output_wait(struct output *output, uint64_t timeout)
{
	output->operations->wait(output, timeout);
}

void output_wake(struct output *output)
{
	output->operations->wake(output);
}

void output_cancel(struct output *output)
{
	if (output->operations->cancel)
		output->operations->cancel(output);
}

int output_finish(struct output *output, const struct counter *losses, size_t count)
{
	return output->operations->finish ? output->operations->finish(output, losses, count) : 0;
}

size_t output_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	return output->operations->counters ? output->operations->counters(output, ret_counters, max) : 0;
}

void output_free(struct output *output)
{
	if (output)
		output->operations->free(output);
}
