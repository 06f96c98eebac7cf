// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/tee.h"

#include <errno.h>
#include <stdlib.h>

#include "otlp/tally.h"

/* Spans are passed on in pieces of so many. */
#define CLONES_MAX 512

struct tee {
	struct output output;
	struct output *outputs[TEE_MAX];
	size_t count;
	struct output *waiting; /* the one that waits; NULL: none does */
	struct span *clones[CLONES_MAX];
	tally out_of_memory;
};

static struct tee *tee_of(struct output *output)
{
	return (struct tee *)output;
}

static int pass_clones(struct tee *tee, struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	size_t cloned = 0;

	for (size_t i = 0; i < count; i++) {
		tee->clones[cloned] = span_clone(spans[i]);
		cloned += tee->clones[cloned] != NULL;
	}
	tally_add(&tee->out_of_memory, count - cloned);
	return cloned ? output_spans(output, tee->clones, cloned, now) : 0;
}

static int tee_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct tee *tee = tee_of(output);
	int first_error = 0;

	for (size_t done = 0; done < count; done += CLONES_MAX) {
		size_t part = count - done < CLONES_MAX ? count - done : CLONES_MAX;

		for (size_t i = 0; i < tee->count; i++) {
			bool last = i + 1 == tee->count;
			int error = last ? output_spans(tee->outputs[i], spans + done, part, now) :
					   pass_clones(tee, tee->outputs[i], spans + done, part, now);

			first_error = first_error ? first_error : error;
		}
	}
	return first_error;
}

static int tee_advance(struct output *output, uint64_t now)
{
	struct tee *tee = tee_of(output);
	int first_error = 0;

	for (size_t i = 0; i < tee->count; i++) {
		int error = output_advance(tee->outputs[i], now);

		first_error = first_error ? first_error : error;
	}
	return first_error;
}

/* The one that waits may use up all the time there is: it comes last. */
static int tee_flush(struct output *output)
{
	struct tee *tee = tee_of(output);
	int first_error = 0, error;

	for (size_t i = 0; i < tee->count; i++) {
		error = tee->outputs[i] == tee->waiting ? 0 : output_flush(tee->outputs[i]);
		first_error = first_error ? first_error : error;
	}
	error = tee->waiting ? output_flush(tee->waiting) : 0;
	return first_error ? first_error : error;
}

static int tee_metrics(struct output *output, struct metric_set *metrics, uint64_t now)
{
	struct tee *tee = tee_of(output);

	for (size_t i = 0; i < tee->count; i++) {
		if (tee->outputs[i]->operations->metrics)
			return output_metrics(tee->outputs[i], metrics, now);
	}
	metric_set_free(metrics);
	return 0;
}

static void tee_wait(struct output *output, uint64_t timeout)
{
	output_wait(tee_of(output)->waiting, timeout);
}

static void tee_wake(struct output *output)
{
	output_wake(tee_of(output)->waiting);
}

static void tee_cancel(struct output *output)
{
	struct tee *tee = tee_of(output);

	for (size_t i = 0; i < tee->count; i++)
		output_cancel(tee->outputs[i]);
}

static int tee_finish(struct output *output, const struct counter *losses, size_t count)
{
	struct tee *tee = tee_of(output);
	int first_error = 0;

	for (size_t i = 0; i < tee->count; i++) {
		int error = output_finish(tee->outputs[i], losses, count);

		first_error = first_error ? first_error : error;
	}
	return first_error;
}

static size_t tee_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	const struct tee *tee = (const struct tee *)output;
	size_t count = 0;

	for (size_t i = 0; i < tee->count; i++)
		count += output_counters(tee->outputs[i], ret_counters + count, max - count);
	if (count < max)
		ret_counters[count++] = (struct counter){ "tee_out_of_memory", tally_read(&tee->out_of_memory) };
	return count;
}

static void tee_free(struct output *output)
{
	struct tee *tee = tee_of(output);

	for (size_t i = 0; i < tee->count; i++)
		output_free(tee->outputs[i]);
	free(tee);
}

#define TEE_OPERATIONS                                                                                                 \
	.spans = tee_spans, .advance = tee_advance, .flush = tee_flush, .metrics = tee_metrics, .cancel = tee_cancel,  \
	.finish = tee_finish, .counters = tee_counters, .free = tee_free

static const struct output_operations tee_operations = { TEE_OPERATIONS };
static const struct output_operations waiting_tee_operations = {
	TEE_OPERATIONS,
	.wait = tee_wait,
	.wake = tee_wake,
};

static int init_outputs(struct tee *tee, struct output *const *outputs, size_t count)
{
	if (count < 2 || count > TEE_MAX)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (!output_waits(outputs[i]))
			continue;
		if (tee->waiting)
			return -EINVAL;
		tee->waiting = outputs[i];
	}
	memcpy(tee->outputs, outputs, count * sizeof(*outputs));
	tee->count = count;
	return 0;
}

int output_tee_new(struct output *const *outputs, size_t count, struct output **ret_output)
{
	struct tee *tee = calloc(1, sizeof(*tee));
	int result = tee ? init_outputs(tee, outputs, count) : -ENOMEM;

	if (result < 0) {
		for (size_t i = 0; i < count; i++)
			output_free(outputs[i]);
		free(tee);
		return result;
	}
	tee->output.operations = tee->waiting ? &waiting_tee_operations : &tee_operations;
	*ret_output = &tee->output;
	return 0;
}
