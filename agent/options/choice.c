// SPDX-License-Identifier: Apache-2.0
#include "agent/options/choice.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"

#define MIN_DURATION_MAX 86400.0 /* seconds */

/* A URL's path begins with a slash: what can never match is a mistake. */
static int add_path(const char *name, const char *argument, void *target)
{
	if (argument[0] && !strchr("/*?[\\", argument[0])) {
		option_error("--%s: '%s' matches no path, as they begin with a slash: '/%s', '*%s'", name, argument,
			     argument, argument);
		return -EINVAL;
	}
	return option_add_glob(name, argument, target);
}

static int set_kind(const char *name, const char *argument, void *target)
{
	static const char *const kinds[] = { "server", "client", NULL };
	static const enum span_kind values[] = { SPAN_KIND_SERVER, SPAN_KIND_CLIENT };
	struct option_choice_target choice = { kinds, 0 };
	int error = option_set_choice(name, argument, &choice);

	if (!error)
		*(enum span_kind *)target = values[choice.value];
	return error;
}

static int set_min_duration(const char *name, const char *argument, void *target)
{
	double seconds;
	int error = option_seconds(name, argument, 0, MIN_DURATION_MAX, &seconds);

	if (!error)
		*(uint64_t *)target = (uint64_t)round(seconds * NSEC_PER_SEC);
	return error;
}

void choice_rows(struct span_choice *choice, struct option_row rows[CHOICE_ROWS])
{
	const struct option_row filled[CHOICE_ROWS] = {
		{ "exclude-path", "GLOB", "not those whose URL has such a path, '/health*' say; may be\nrepeated",
		  add_path, &choice->excluded_paths },
		{ "kind", "server|client", "only requests that were read, or only those that were sent", set_kind,
		  &choice->kind },
		{ "errors-only", NULL, "only those that failed", option_set_flag, &choice->errors_only },
		{ "min-duration", "DURATION", "only those that took so long: 5ms, 1.5s, 200us; or seconds",
		  set_min_duration, &choice->min_duration },
	};

	memcpy(rows, filled, sizeof(filled));
}
