// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_choice.h"

static const char *const names[SPAN_REASONS] = {
	[SPAN_EXCLUDED_PATH] = "filtered_path",
	[SPAN_OTHER_KIND] = "filtered_kind",
	[SPAN_NO_ERROR] = "filtered_success",
	[SPAN_TOO_SHORT] = "filtered_duration",
};

const char *span_reason_name(enum span_reason reason)
{
	return names[reason];
}

/* Of "scheme://authority/path?query"; empty where there is none (OPTIONS *, CONNECT). */
static struct slice url_path(struct slice url)
{
	url = slice_head(url, slice_find(url, '?'));
	url = slice_from(url, slice_find(url, ':') + strlen("://"));
	return slice_from(url, slice_find(url, '/'));
}

/* What has no path, be it that the target is malformed or that it is no HTTP, has none that matches. */
static bool has_excluded_path(const struct span_choice *choice, const struct span *span)
{
	bool server = span->kind == SPAN_KIND_SERVER;
	const char *key = server ? "url.path" : "url.full";
	struct slice text;

	if (!choice->excluded_paths.count || !span_attribute(span, key))
		return false;
	text = span_string(span, key);
	return globs_match(&choice->excluded_paths, server ? text : url_path(text));
}

enum span_reason span_choice_judge(const struct span_choice *choice, const struct span *span)
{
	if (has_excluded_path(choice, span))
		return SPAN_EXCLUDED_PATH;
	if (choice->kind && span->kind != choice->kind)
		return SPAN_OTHER_KIND;
	if (choice->errors_only && span->status != SPAN_STATUS_ERROR)
		return SPAN_NO_ERROR;
	if (span->end - span->start < choice->min_duration)
		return SPAN_TOO_SHORT;
	return SPAN_REASONS;
}

/* A parent lasts longer than its children. */
bool span_choice_orphans(const struct span_choice *choice)
{
	return choice->excluded_paths.count || choice->kind || choice->errors_only;
}
