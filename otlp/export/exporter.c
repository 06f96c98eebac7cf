// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* pthread_setname_np */
#include "otlp/export/exporter.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/give_way.h"
#include "otlp/export/span_pool.h"
#include "otlp/export/span_queue.h"
#include "otlp/tally.h"

/*
 * The thread wakes this often by itself, so that a few spans cost no wake-up
 * call; it is woken only when half a batch waits.
 */
#define SLEEP (100 * NSEC_PER_MSEC)

struct exporter {
	struct exporter_options options;
	struct output *output;
	struct span_queue queue;
	struct span_pool *pool; /* of the spans in the queue, and of those that the output has */
	struct span **batch;
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t wake; /* of the thread */
	pthread_cond_t ended_wake; /* of exporter_stop */
	bool ended; /* under the mutex */
	atomic_bool sleeping;
	atomic_bool stopping;
	atomic_bool cancelled;

	_Atomic(struct metric_set *) metrics; /* not yet picked up; NULL: none */

	/* Written by the accepting thread. */
	tally given, queue_full, out_of_memory;
	/* Written by the exporter's thread; where spans never reach it, exported by the accepting one. */
	tally exported, failed, abandoned;
	atomic_int error;
};

static struct timespec deadline(uint64_t nanoseconds)
{
	uint64_t at = clock_monotonic() + nanoseconds;

	return (struct timespec){ .tv_sec = (time_t)(at / NSEC_PER_SEC), .tv_nsec = (long)(at % NSEC_PER_SEC) };
}

static size_t wake_depth(const struct exporter *exporter)
{
	return exporter->options.whole_batches ? exporter->options.batch_spans :
						 (exporter->options.batch_spans + 1) / 2;
}

/* Without the mutex, so as never to wait; a signal that comes too early costs one SLEEP. */
static void wake_thread(struct exporter *exporter)
{
	if (output_waits(exporter->output))
		output_wake(exporter->output);
	else
		pthread_cond_signal(&exporter->wake);
}

void exporter_accept(void *context, const struct span *span)
{
	struct exporter *exporter = context;
	size_t size = span_clone_size(span);
	struct span *clone;

	tally_add(&exporter->given, 1);
	if (!output_wants_spans(exporter->output)) {
		tally_add(&exporter->exported, 1);
		return;
	}
	if (!span_queue_has_room(&exporter->queue, size)) {
		tally_add(&exporter->queue_full, 1);
		return;
	}
	clone = span_pool_clone(exporter->pool, span, size);
	if (!clone) {
		tally_add(&exporter->out_of_memory, 1);
		return;
	}
	span_queue_put(&exporter->queue, clone, size);
	if (atomic_load_explicit(&exporter->sleeping, memory_order_relaxed) &&
	    span_queue_count(&exporter->queue) >= wake_depth(exporter) &&
	    atomic_exchange_explicit(&exporter->sleeping, false, memory_order_relaxed))
		wake_thread(exporter);
}

void exporter_metrics(struct exporter *exporter, struct metric_set *metrics)
{
	metric_set_free(atomic_exchange(&exporter->metrics, metrics));
}

static bool may_sleep(struct exporter *exporter)
{
	return !atomic_load(&exporter->stopping) && span_queue_count(&exporter->queue) < wake_depth(exporter);
}

static void sleep_until_woken(struct exporter *exporter)
{
	struct timespec until = deadline(SLEEP);

	pthread_mutex_lock(&exporter->mutex);
	atomic_store(&exporter->sleeping, true);
	if (may_sleep(exporter))
		pthread_cond_timedwait(&exporter->wake, &exporter->mutex, &until);
	atomic_store(&exporter->sleeping, false);
	pthread_mutex_unlock(&exporter->mutex);
}

/* The output's sockets wake the thread, too. */
static void sleep_in_output(struct exporter *exporter)
{
	atomic_store(&exporter->sleeping, true);
	if (may_sleep(exporter))
		output_wait(exporter->output, SLEEP);
	atomic_store(&exporter->sleeping, false);
}

static void note_error(struct exporter *exporter, int result)
{
	if (result < 0)
		atomic_store_explicit(&exporter->error, result, memory_order_relaxed);
}

/* More waits than the batch that is next. */
static bool is_behind(struct exporter *exporter)
{
	return span_queue_count(&exporter->queue) >= exporter->options.batch_spans + wake_depth(exporter);
}

/* How many spans were taken from the queue. */
static size_t export_batch(struct exporter *exporter, bool stopping)
{
	size_t taken;
	int result;

	if (exporter->options.whole_batches && !stopping &&
	    span_queue_count(&exporter->queue) < exporter->options.batch_spans)
		return 0;
	taken = span_queue_take(&exporter->queue, exporter->batch, exporter->options.batch_spans);
	if (!taken)
		return 0;
	if (atomic_load(&exporter->cancelled)) {
		spans_free(exporter->batch, taken);
		tally_add(&exporter->abandoned, taken);
		return taken;
	}
	result = output_spans(exporter->output, exporter->batch, taken, clock_monotonic());
	note_error(exporter, result);
	if (result == -ECANCELED)
		tally_add(&exporter->abandoned, taken);
	else
		tally_add(result < 0 ? &exporter->failed : &exporter->exported, taken);
	return taken;
}

/* Of metrics no error is noted: the next set says the same, and more. */
static void pass_metrics(struct exporter *exporter)
{
	struct metric_set *metrics = atomic_exchange(&exporter->metrics, NULL);

	if (metrics)
		output_metrics(exporter->output, metrics, clock_monotonic());
}

static void *exporter_run(void *context)
{
	struct exporter *exporter = context;

	for (;;) {
		/* Read first: spans put before the stop are then all seen. */
		bool stopping = atomic_load(&exporter->stopping);
		size_t taken;

		give_way_allow(!stopping && !is_behind(exporter));
		taken = export_batch(exporter, stopping);
		pass_metrics(exporter);
		if (stopping && !taken)
			break;
		note_error(exporter, output_advance(exporter->output, clock_monotonic()));
		if (!may_sleep(exporter))
			continue;
		if (output_waits(exporter->output))
			sleep_in_output(exporter);
		else
			sleep_until_woken(exporter);
	}
	note_error(exporter, output_flush(exporter->output));
	pthread_mutex_lock(&exporter->mutex);
	exporter->ended = true;
	pthread_cond_signal(&exporter->ended_wake);
	pthread_mutex_unlock(&exporter->mutex);
	return NULL;
}

static int init_locks(struct exporter *exporter)
{
	pthread_condattr_t attributes;
	int result = -pthread_condattr_init(&attributes);

	if (result < 0)
		return result;
	/* None of these can fail on Linux with valid arguments. */
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&exporter->wake, &attributes);
	pthread_cond_init(&exporter->ended_wake, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&exporter->mutex, NULL);
	return 0;
}

static int start_thread(struct exporter *exporter)
{
	sigset_t all, before;
	int result;

	/* Signals are the main thread's; a broken pipe is an error, not a SIGPIPE. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = -pthread_create(&exporter->thread, NULL, exporter_run, exporter);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result == 0)
		pthread_setname_np(exporter->thread, "wirespan-export");
	return result;
}

static struct exporter_options with_defaults(const struct exporter_options *options)
{
	struct exporter_options filled = *options;

	filled.queue_spans = options->queue_spans ? options->queue_spans : CONFIG_QUEUE_SPANS_DEFAULT;
	filled.queue_bytes = options->queue_bytes ? options->queue_bytes : EXPORTER_QUEUE_BYTES;
	filled.batch_spans = options->batch_spans ? options->batch_spans : CONFIG_BATCH_SPANS_DEFAULT;
	filled.stop_timeout = options->stop_timeout ? options->stop_timeout : EXPORTER_STOP_TIMEOUT;
	return filled;
}

int exporter_start(const struct exporter_options *options, struct output *output, struct exporter **ret_exporter)
{
	struct exporter *exporter = aligned_alloc(CACHE_LINE, sizeof(*exporter));
	int result;

	if (!exporter)
		return -ENOMEM;
	memset(exporter, 0, sizeof(*exporter));
	exporter->options = with_defaults(options);
	exporter->output = output;
	exporter->batch = calloc(exporter->options.batch_spans, sizeof(struct span *));
	exporter->pool = span_pool_new();
	result = exporter->batch && exporter->pool ? span_queue_init(&exporter->queue, exporter->options.queue_spans,
								     exporter->options.queue_bytes) : -ENOMEM;
	if (result == 0)
		result = init_locks(exporter);
	if (result == 0)
		result = start_thread(exporter);
	if (result < 0) {
		exporter_free(exporter);
		return result;
	}
	*ret_exporter = exporter;
	return 0;
}

int exporter_stop(struct exporter *exporter)
{
	struct timespec until = deadline(exporter->options.stop_timeout);

	pthread_mutex_lock(&exporter->mutex);
	atomic_store(&exporter->stopping, true);
	wake_thread(exporter);
	while (!exporter->ended && pthread_cond_timedwait(&exporter->ended_wake, &exporter->mutex, &until) == 0)
		;
	if (!exporter->ended) {
		atomic_store(&exporter->cancelled, true);
		output_cancel(exporter->output);
	}
	pthread_mutex_unlock(&exporter->mutex);
	pthread_join(exporter->thread, NULL);
	return exporter_error(exporter);
}

void exporter_free(struct exporter *exporter)
{
	if (!exporter)
		return;
	metric_set_free(atomic_exchange(&exporter->metrics, NULL));
	span_queue_done(&exporter->queue);
	span_pool_free(exporter->pool);
	free(exporter->batch);
	free(exporter);
}

struct exporter_counts exporter_counts(const struct exporter *exporter)
{
	return (struct exporter_counts){
		.given = tally_read(&exporter->given),
		.exported = tally_read(&exporter->exported),
		.queue_full = tally_read(&exporter->queue_full),
		.out_of_memory = tally_read(&exporter->out_of_memory),
		.failed = tally_read(&exporter->failed),
		.abandoned = tally_read(&exporter->abandoned),
	};
}

int exporter_error(const struct exporter *exporter)
{
	return atomic_load_explicit(&exporter->error, memory_order_relaxed);
}

size_t exporter_counters(const struct exporter *exporter, struct counter *ret_counters, size_t max)
{
	struct exporter_counts counts = exporter_counts(exporter);
	const struct counter counters[] = {
		{ "export_queue_full", counts.queue_full },
		{ "export_out_of_memory", counts.out_of_memory },
		{ "export_failed", counts.failed },
		{ "export_abandoned", counts.abandoned },
	};
	size_t total = sizeof(counters) / sizeof(counters[0]);

	total = total < max ? total : max;
	memcpy(ret_counters, counters, total * sizeof(counters[0]));
	return total;
}
