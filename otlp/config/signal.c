// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/signal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/config/endpoint.h"
#include "otlp/config/headers.h"

#define GENERAL_PREFIX "OTEL_EXPORTER_OTLP_"

static const char *const signal_prefixes[OTLP_SIGNALS] = {
	[OTLP_TRACES] = GENERAL_PREFIX "TRACES_",
	[OTLP_METRICS] = GENERAL_PREFIX "METRICS_",
};

enum { PROTOCOL_PROTOBUF, PROTOCOL_JSON, PROTOCOL_GRPC };

/* That gRPC was asked for counts: nothing may be sent by another protocol in its place. */
static const struct config_choice protocols[] = {
	{ .name = "http/protobuf", .value = PROTOCOL_PROTOBUF },
	{ .name = "http/json", .value = PROTOCOL_JSON },
	{ .name = "grpc", .value = PROTOCOL_GRPC, .unsupported = true },
	{ .name = NULL },
};

static const struct config_choice compressions[] = {
	{ .name = "none", .value = false },
	{ .name = "gzip", .value = true },
	{ .name = NULL },
};

static const struct config_choice temporalities[] = {
	{ .name = "cumulative" },
	{ .name = "delta", .unsupported = true },
	{ .name = "lowmemory", .unsupported = true },
	{ .name = NULL },
};

static const struct config_choice aggregations[] = {
	{ .name = "explicit_bucket_histogram" },
	{ .name = "base2_exponential_bucket_histogram", .unsupported = true },
	{ .name = NULL },
};

/* The variables with this reader's prefix; what they do not say stays. */
static int read_options(struct config_reader *reader, struct otlp_signal_config *signal, int *protocol)
{
	int error;

	*protocol = config_choose(reader, "PROTOCOL", protocols, *protocol);
	signal->gzip = config_choose(reader, "COMPRESSION", compressions, signal->gzip);
	signal->timeout = config_duration(reader, "TIMEOUT", signal->timeout, 0);
	error = config_path(reader, "CERTIFICATE", &signal->ca_file);
	if (!error)
		error = config_path(reader, "CLIENT_CERTIFICATE", &signal->client_certificate_file);
	if (!error)
		error = config_path(reader, "CLIENT_KEY", &signal->client_key_file);
	if (!error)
		error = config_headers(reader, "HEADERS", signal);
	return error;
}

/* What the signals share: general variables are read for each of them, but told once. */
struct general {
	struct config_reader reader;
	const char *option; /* --endpoint */
	bool options_read, endpoint_read;
};

static int make_endpoint(const struct config_reader *reader, struct slice url, enum otlp_signal signal, bool base,
			 char **ret_endpoint)
{
	const char *reason;
	int error = endpoint_make(url, signal, base, ret_endpoint, &reason);

	if (error == -EINVAL)
		config_problem(reader, "%s", reason);
	else if (!error && base && endpoint_has_signal_path(url))
		config_problem(reader, "the path of the signal is added to this, though it has one already");
	return error;
}

static int make_general_endpoint(struct general *general, struct slice url, enum otlp_signal signal,
				 char **ret_endpoint)
{
	general->reader.quiet = general->endpoint_read;
	general->endpoint_read = true;
	return make_endpoint(&general->reader, url, signal, true, ret_endpoint);
}

/* *ret_endpoint is left alone where no endpoint is configured. */
static int read_endpoint(struct config_reader *own, struct general *general, bool named, enum otlp_signal signal,
			 char **ret_endpoint)
{
	struct slice url;

	if (general->option) {
		strcpy(general->reader.name, "--endpoint");
		return make_general_endpoint(general, slice_of_string(general->option), signal, ret_endpoint);
	}
	if (config_lookup(own, "ENDPOINT", &url))
		return make_endpoint(own, url, signal, false, ret_endpoint);
	if (config_lookup(&general->reader, "ENDPOINT", &url))
		return make_general_endpoint(general, url, signal, ret_endpoint);
	if (named)
		return endpoint_make(SLICE_LITERAL("http://localhost:4318"), signal, true, ret_endpoint,
				     &(const char *){ NULL });
	return 0;
}

/* URLs for gRPC have rules of their own: whether there is one is all that matters. */
static bool has_endpoint(struct config_reader *own, struct general *general, bool named)
{
	struct slice url;

	return general->option || named || config_lookup(own, "ENDPOINT", &url) ||
	       config_lookup(&general->reader, "ENDPOINT", &url);
}

static void tell_missing_certificate(struct config_reader *own, const struct otlp_signal_config *signal)
{
	struct slice value;

	if (signal->client_key_file && !signal->client_certificate_file &&
	    !config_lookup(own, "CLIENT_CERTIFICATE", &value))
		config_problem(own, "not set, nor for all signals: the client's key is of no use without");
}

static int read_signal(struct config_reader *own, struct general *general, unsigned int exporters,
		       enum otlp_signal number, struct otlp_signal_config *signal)
{
	bool named = exporters & CONFIG_EXPORTER_OTLP;
	int protocol = PROTOCOL_PROTOBUF, error;

	signal->timeout = 10 * NSEC_PER_SEC;
	general->reader.quiet = general->options_read;
	general->options_read = true;
	error = read_options(&general->reader, signal, &protocol);
	if (!error)
		error = read_options(own, signal, &protocol);
	if (error)
		return error;
	signal->encoding = protocol == PROTOCOL_JSON ? OTLP_JSON : OTLP_PROTOBUF;
	tell_missing_certificate(own, signal);
	if (exporters && !named)
		return 0;
	if (protocol == PROTOCOL_GRPC)
		return has_endpoint(own, general, named) ? -EINVAL : 0;
	return read_endpoint(own, general, named, number, &signal->endpoint);
}

int config_signals(const struct config_source *source, const char *endpoint, struct otlp_config *config)
{
	struct config_reader metrics = { .source = source, .prefix = signal_prefixes[OTLP_METRICS] };
	struct general general = { .reader = { .source = source, .prefix = GENERAL_PREFIX }, .option = endpoint };
	unsigned int exporters = config->exporters[OTLP_TRACES];
	int result = 0;

	if (endpoint && exporters && !(exporters & CONFIG_EXPORTER_OTLP)) {
		strcpy(general.reader.name, "--endpoint");
		config_problem(&general.reader, "no traces go there, as OTEL_TRACES_EXPORTER leaves otlp out");
	}
	for (enum otlp_signal signal = 0; signal < OTLP_SIGNALS; signal++) {
		struct config_reader own = { .source = source, .prefix = signal_prefixes[signal] };
		int error = read_signal(&own, &general, config->exporters[signal], signal, &config->signals[signal]);

		if (error == -ENOMEM)
			return error;
		if (error)
			result = error;
	}
	config_choose(&metrics, "TEMPORALITY_PREFERENCE", temporalities, 0);
	config_choose(&metrics, "DEFAULT_HISTOGRAM_AGGREGATION", aggregations, 0);
	return result;
}

void config_signals_done(struct otlp_config *config)
{
	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		struct otlp_signal_config *signal = &config->signals[i];

		free(signal->endpoint);
		free(signal->ca_file);
		free(signal->client_certificate_file);
		free(signal->client_key_file);
		config_headers_free(signal);
	}
}
