// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/pipeline/destination.h"
#include "base/clock.h"
#include "base/log.h"
#include "otlp/console/console.h"
#include "otlp/console/text.h"
#include "otlp/deliver/delivery.h"
#include "otlp/export/json.h"
#include "otlp/export/tee.h"

struct outputs_choice outputs_choose(const struct otlp_config *config, bool print_given)
{
	unsigned int exporters = config->disabled ? 0 : config->exporters[OTLP_TRACES];
	struct outputs_choice choice = {
		.sends_spans = !config->disabled && config->signals[OTLP_TRACES].endpoint,
		.sends_metrics = !config->disabled && config->signals[OTLP_METRICS].endpoint,
	};

	choice.prints = print_given || (exporters & CONFIG_EXPORTER_CONSOLE) ||
			(!choice.sends_spans && !(exporters & CONFIG_EXPORTER_NONE));
	return choice;
}

/* `context` is the configuration. */
static void outputs_warn(void *context, const char *text)
{
	const struct otlp_config *config = context;
	const char *url = config->signals[OTLP_TRACES].endpoint;
	char destination[OUTPUTS_DESTINATION_MAX];

	if (!url)
		url = config->signals[OTLP_METRICS].endpoint;
	log_warning("%s: %s", outputs_destination(url, destination), text);
}

static bool is_regular(int fd, struct stat *ret_status)
{
	return fstat(fd, ret_status) == 0 && S_ISREG(ret_status->st_mode);
}

/* A file whose last line was cut off, by a full disk say, gets an end for it. */
static void end_last_line(const char *path, int fd)
{
	struct stat status;
	char last;
	int reader;

	if (!is_regular(fd, &status) || status.st_size == 0)
		return;
	reader = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (reader < 0)
		return;
	if (pread(reader, &last, 1, status.st_size - 1) == 1 && last != '\n')
		(void)!write(fd, "\n", 1);
	close(reader);
}

/* Standard output, or --output's file, to be written to behind what is there; -1 when it cannot be opened. */
static int open_file(const struct outputs_options *options, int flags)
{
	int fd = STDOUT_FILENO;

	if (options->path)
		fd = open(options->path, flags | O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0)
		log_error("cannot open '%s' for writing: %s", options->path, strerror(errno));
	else if (options->path)
		end_last_line(options->path, fd);
	return fd;
}

/* What is also sent must not wait for whoever does not read what is printed. */
#define READER_PATIENCE_MS 200

#define TELL_INTERVAL (60 * NSEC_PER_SEC)

/* At once, and of the same error not again for a while. From the exporter's thread. */
static void outputs_write_failed(void *context, int error)
{
	struct outputs *outputs = context;
	const char *path = outputs->options->path;
	uint64_t now = clock_monotonic();

	if (error == outputs->told_error && now - outputs->told < TELL_INTERVAL)
		return;
	outputs->told_error = error;
	outputs->told = now;
	log_warning("cannot write to %s%s%s: %s; what cannot be written is lost, and counted", path ? "'" : "",
		    path ? path : "standard output", path ? "'" : "",
		    error == -ETIMEDOUT ? "nobody reads it" : strerror(-error));
}

static int open_writer(struct outputs *outputs)
{
	int error;

	outputs->fd = open_file(outputs->options, 0);
	if (outputs->fd < 0)
		return -EIO;
	error = writer_init(&outputs->writer, outputs->fd);
	if (error)
		log_error("cannot write: %s", strerror(-error));
	outputs->writer.failed = outputs_write_failed;
	outputs->writer.context = outputs;
	if (outputs->delivery && !outputs->options->waits_for_reader)
		outputs->writer.timeout_ms = READER_PATIENCE_MS;
	return error;
}

static int make_printer(const struct outputs_options *options, struct writer *writer, struct output **ret_output)
{
	const struct console_options console = {
		.writer = writer,
		.color = terminal_wants_color(writer->fd),
		.summary = options->format == OUTPUTS_SUMMARY,
		.sort = options->sort,
		.interval = options->interval,
		.orphans = options->orphans,
	};
	int error;

	switch (options->format) {
	case OUTPUTS_CONSOLE:
	case OUTPUTS_SUMMARY:
		error = output_console_new(&console, ret_output);
		break;
	case OUTPUTS_JSON:
		error = output_json_new(writer, WIRESPAN_VERSION, ret_output);
		break;
	default:
		*ret_output = output_none_new();
		error = *ret_output ? 0 : -ENOMEM;
	}
	if (error)
		log_error("cannot write: %s", strerror(-error));
	return error;
}

static int open_spool(const struct outputs_options *options, struct spool **ret_spool)
{
	int error;

	*ret_spool = NULL;
	if (!options->spool)
		return 0;
	error = spool_open(options->spool, options->spool_size, ret_spool);
	if (error == -EBUSY)
		log_error("another process uses the spool '%s'", options->spool);
	else if (error == -EPERM)
		log_error("cannot use '%s' as spool: it must be the agent's own directory, where not everybody may write",
			  options->spool);
	else if (error)
		log_error("cannot use '%s' as spool: %s", options->spool, strerror(-error));
	return error == -EINVAL ? -EIO : error;
}

static int make_delivery(const struct outputs_options *options, struct output **ret_output)
{
	struct delivery_options delivery = { .config = options->config,
					     .version = WIRESPAN_VERSION,
					     .warn = outputs_warn,
					     .context = (void *)options->config };
	int error = open_spool(options, &delivery.spool);

	if (error)
		return error;
	error = transport_http_new(options->config, WIRESPAN_VERSION, &delivery.transport);
	if (error)
		spool_close(delivery.spool);
	else
		error = output_delivery_new(&delivery, ret_output);
	if (error)
		log_error("cannot send to the endpoint: %s", strerror(-error));
	return error;
}

/* Joins what was made; where nothing was, spans are counted and dropped. */
static int join(struct outputs *outputs, struct output *printer)
{
	struct output *const both[] = { printer, outputs->delivery };
	int error;

	if (printer && outputs->delivery) {
		error = output_tee_new(both, 2, &outputs->output);
		if (error)
			log_error("cannot write: %s", strerror(-error));
		return error;
	}
	outputs->output = printer ? printer : outputs->delivery;
	if (outputs->output)
		return 0;
	outputs->output = output_none_new();
	return outputs->output ? 0 : -ENOMEM;
}

static int make_all(struct outputs *outputs)
{
	const struct outputs_options *options = outputs->options;
	struct output *printer = NULL;
	int error = 0;

	/* The file is touched last: what could go wrong elsewhere has not, then. */
	if (options->choice.sends_spans || options->choice.sends_metrics)
		error = make_delivery(options, &outputs->delivery);
	if (!error && options->choice.prints) {
		error = open_writer(outputs);
		if (!error)
			error = make_printer(options, &outputs->writer, &printer);
	}
	if (!error)
		return join(outputs, printer);
	output_free(outputs->delivery);
	return error;
}

int outputs_open(struct outputs *outputs, const struct outputs_options *options)
{
	int error;

	*outputs = (struct outputs){ .options = options, .fd = STDOUT_FILENO, .writer = { .cancel_fd = -1 } };
	error = make_all(outputs);
	if (error) {
		outputs->output = outputs->delivery = NULL;
		outputs_close(outputs);
	}
	return error;
}

/* A pipe or device stays the same, whoever moves its name. */
void outputs_reopen(struct outputs *outputs)
{
	struct stat status;
	int fd;

	if (!outputs->options->path || !is_regular(outputs->fd, &status))
		return;
	/* Nor does capture wait for a reader, should a pipe be there now. */
	fd = open_file(outputs->options, O_NONBLOCK);
	if (fd < 0)
		return;
	if (is_regular(fd, &status)) {
		writer_replace(&outputs->writer, fd);
	} else {
		log_error("'%s' is no file any more: the old one is written to", outputs->options->path);
		close(fd);
	}
}

int outputs_close(struct outputs *outputs)
{
	output_free(outputs->output);
	if (outputs->writer.cancel_fd >= 0)
		writer_done(&outputs->writer);
	if (outputs->fd < 0 || outputs->fd == STDOUT_FILENO || close(outputs->fd) == 0)
		return 0;
	log_error("cannot write '%s': %s", outputs->options->path, strerror(errno));
	return -EIO;
}

int outputs_tell_sent(const struct outputs *outputs)
{
	const char *url = outputs->options->config->signals[OTLP_TRACES].endpoint;
	char destination[OUTPUTS_DESTINATION_MAX], spooled[64] = "";
	struct delivery_stats stats;

	if (!outputs->delivery || !outputs->options->choice.sends_spans)
		return 0;
	stats = delivery_stats(outputs->delivery);
	if (!stats.spans_delivered && stats.spans_refused) {
		log_error("%s took no span: it refused all %" PRIu64, outputs_destination(url, destination),
			  stats.spans_refused);
		return -EIO;
	}
	if (stats.spool_files)
		snprintf(spooled, sizeof(spooled), ", %" PRIu64 " wait in the spool", stats.spool_spans);
	log_notice("sent %" PRIu64 " spans to %s%s", stats.spans_delivered, outputs_destination(url, destination),
		   spooled);
	return 0;
}
