// SPDX-License-Identifier: Apache-2.0
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "test-env/benchmark/load/pace.h"

static void usage(void)
{
	fprintf(stderr,
		"usage: bench_pace --port P [--path PATH] [--distinct] [--rate PER_SECOND] [--seconds S]\n"
		"                  [--warm-up S] [--requests N] [--connections N] [--interval SECONDS]\n"
		"GETs on keep-alive connections, at the times of a fixed schedule whatever becomes of them, and each\n"
		"latency counted from its request's scheduled time: a stall is felt by all whom it keeps waiting.\n"
		"SIGTERM ends the schedule early; what was found is told as usual.\n");
}

static uint64_t nanoseconds(const char *seconds)
{
	return (uint64_t)(strtod(seconds, NULL) * (double)NSEC_PER_SEC);
}

static void option_take(struct pace_options *options, int option)
{
	switch (option) {
	case 'p':
		options->port = strtoul(optarg, NULL, 10);
		break;
	case 'u':
		options->path = optarg;
		break;
	case 'd':
		options->distinct = true;
		break;
	case 'r':
		options->rate = strtod(optarg, NULL);
		break;
	case 's':
		options->duration = nanoseconds(optarg);
		break;
	case 'w':
		options->warm_up = nanoseconds(optarg);
		break;
	case 'n':
		options->requests_max = strtoull(optarg, NULL, 10);
		break;
	case 'c':
		options->connections = strtoul(optarg, NULL, 10);
		break;
	case 'i':
		options->interval = nanoseconds(optarg);
		break;
	}
}

bool pace_options_read(int argc, char **argv, struct pace_options *ret_options)
{
	static const struct option known[] = {
		{ "port", required_argument, NULL, 'p' },     { "path", required_argument, NULL, 'u' },
		{ "distinct", no_argument, NULL, 'd' },       { "rate", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },  { "warm-up", required_argument, NULL, 'w' },
		{ "requests", required_argument, NULL, 'n' }, { "connections", required_argument, NULL, 'c' },
		{ "interval", required_argument, NULL, 'i' }, { 0 },
	};
	struct pace_options options = { .path = "/", .duration = 10 * NSEC_PER_SEC, .connections = 16 };
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == '?') {
			usage();
			return false;
		}
		option_take(&options, option);
	}
	if (optind < argc || !options.port || options.rate < 0 || options.connections < 1 ||
	    options.connections > PACE_CONNECTIONS_MAX || options.warm_up >= options.duration) {
		usage();
		return false;
	}
	*ret_options = options;
	return true;
}
