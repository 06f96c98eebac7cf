// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/pattern.h"

#include "base/ascii.h"
#include "base/glob.h"
#include "correlate/http/route/route.h"

/* What a segment of a pattern is, the most specific first; END: there is none any more. */
enum kind { KIND_TEXT, KIND_MIXED, KIND_NAME, KIND_REST, KIND_END };

struct segment {
	enum kind kind;
	struct slice before, behind; /* TEXT: all of it is before */
};

static struct slice take(struct slice *rest)
{
	struct slice segment = slice_from(*rest, 1);

	segment = slice_head(segment, slice_find(segment, '/'));
	*rest = slice_from(*rest, 1 + segment.length);
	return segment;
}

/* The next segment of a pattern that is known to be one. */
static struct segment take_segment(struct slice *rest)
{
	struct segment segment = { .kind = KIND_END };

	if (!rest->length)
		return segment;
	struct slice text = take(rest);
	size_t open = slice_find(text, '{');

	segment.kind = KIND_TEXT;
	segment.before = slice_head(text, open);
	if (slice_equal(text, SLICE_LITERAL("*"))) {
		segment.kind = KIND_REST;
	} else if (open < text.length) {
		segment.behind = slice_from(text, slice_find(text, '}') + 1);
		segment.kind = segment.before.length || segment.behind.length ? KIND_MIXED : KIND_NAME;
	}
	return segment;
}

static bool is_name_byte(char byte)
{
	return ascii_is_alphanumeric(byte) || byte == '_' || byte == '-' || byte == '.';
}

/* In text before, between and behind placeholders; RFC 3986, 3.3, without ';' and '*'. */
static bool is_text_byte(char byte)
{
	return is_name_byte(byte) || (byte && strchr("~!$&'()+,=:@%", byte));
}

static const char *flaw_of_text(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '*')
			return "has a '*' that is not its last segment";
		if (text.data[i] == '{' || text.data[i] == '}')
			return "has more than one {NAME} in a segment, or half of one";
		if (!is_text_byte(text.data[i]))
			return "has bytes that no path has: write them percent-encoded, and placeholders as {NAME}";
	}
	return NULL;
}

static const char *flaw_of_segment(struct slice text)
{
	size_t open = slice_find(text, '{'), close = slice_find(text, '}');
	const char *flaw;

	if (slice_starts_with(text, SLICE_LITERAL(":")))
		return "has a segment that begins with ':': write placeholders as {NAME}";
	if (open == text.length)
		return flaw_of_text(text);
	if (close == text.length || close <= open + 1)
		return "has half of a {NAME}, or one without name";
	for (size_t i = open + 1; i < close; i++)
		if (!is_name_byte(text.data[i]))
			return "has a {NAME} of other bytes than letters, digits, '_', '-' and '.'";
	flaw = flaw_of_text(slice_head(text, open));
	return flaw ? flaw : flaw_of_text(slice_from(text, close + 1));
}

static const char *flaw_of_pattern(struct slice pattern)
{
	size_t segments = 0;

	if (!slice_starts_with(pattern, SLICE_LITERAL("/")))
		return "is neither a PATTERN, which begins with '/', nor SERVICE:PATTERN";
	if (slice_starts_with(pattern, SLICE_LITERAL("//")))
		return "begins with \"//\": give a path, not a URL";
	if (pattern.length > ROUTE_LENGTH_MAX)
		return "is longer than 256 bytes";
	while (pattern.length) {
		struct slice segment = take(&pattern);
		bool is_rest = slice_equal(segment, SLICE_LITERAL("*")) && !pattern.length;
		const char *flaw = is_rest ? NULL : flaw_of_segment(segment);

		if (flaw)
			return flaw;
		if (++segments > ROUTE_SEGMENTS_MAX)
			return "has too many segments";
	}
	return NULL;
}

/* Up to the ":/" that ends the service; 0 where there is none. */
static size_t service_length(struct slice text)
{
	for (size_t i = 0; i + 1 < text.length && text.data[0] != '/'; i++)
		if (text.data[i] == ':' && text.data[i + 1] == '/')
			return i;
	return 0;
}

static const char *parse(struct slice text, struct route_pattern *ret_pattern)
{
	struct slice service = slice_head(text, service_length(text));
	const char *flaw;

	if (service.length > ROUTE_PATTERN_SERVICE_MAX)
		return "names a service of more than 128 bytes";
	if (service.length)
		memcpy(ret_pattern->service, service.data, service.length);
	ret_pattern->service[service.length] = '\0';
	ret_pattern->text = service.length ? slice_from(text, service.length + 1) : text;
	flaw = flaw_of_pattern(ret_pattern->text);
	if (!flaw && glob_flaw(ret_pattern->service))
		return "names services by a glob that is none: '[' without ']', or '\\' at the end";
	return flaw;
}

/* 0: a service's, 1: some services', 2: all services'. */
static int service_rank(const struct route_pattern *pattern)
{
	if (!pattern->service[0])
		return 2;
	return !glob_is_literal(pattern->service);
}

/* Below 0: `a` is more specific. */
static int compare(const struct route_pattern *a, const struct route_pattern *b)
{
	struct slice a_rest = a->text, b_rest = b->text;

	while (a_rest.length || b_rest.length) {
		struct segment x = take_segment(&a_rest), y = take_segment(&b_rest);
		size_t x_text = x.before.length + x.behind.length, y_text = y.before.length + y.behind.length;

		if (x.kind != y.kind)
			return x.kind < y.kind ? -1 : 1;
		if (x.kind == KIND_MIXED && x_text != y_text)
			return x_text > y_text ? -1 : 1;
	}
	return service_rank(a) - service_rank(b);
}

const char *route_patterns_add(struct route_patterns *patterns, const char *pattern)
{
	struct route_pattern parsed;
	const char *flaw = parse(slice_of_string(pattern), &parsed);
	size_t at = patterns->count;

	if (flaw)
		return flaw;
	if (patterns->count == ROUTE_PATTERNS_MAX)
		return "is one more than the 256 that are possible";
	while (at && compare(&parsed, &patterns->patterns[at - 1]) < 0) {
		patterns->patterns[at] = patterns->patterns[at - 1];
		at--;
	}
	patterns->patterns[at] = parsed;
	patterns->count++;
	return NULL;
}

static bool segment_matches(const struct segment *segment, struct slice text)
{
	text = slice_head(text, slice_find(text, ';'));
	if (segment->kind == KIND_TEXT)
		return slice_equal(text, segment->before);
	return text.length > segment->before.length + segment->behind.length &&
	       slice_starts_with(text, segment->before) && slice_ends_with(text, segment->behind);
}

static bool matches(struct slice pattern, struct slice path)
{
	while (pattern.length && path.length) {
		struct segment segment = take_segment(&pattern);

		if (segment.kind == KIND_REST)
			return true;
		if (!segment_matches(&segment, take(&path)))
			return false;
	}
	return !pattern.length && !path.length;
}

struct slice route_patterns_match(const struct route_patterns *patterns, struct slice service, struct slice path)
{
	path = slice_head(path, slice_find(path, '?'));
	path = slice_head(path, slice_find(path, '#'));
	for (size_t i = 0; i < patterns->count; i++) {
		const struct route_pattern *pattern = &patterns->patterns[i];

		if (matches(pattern->text, path) && (!pattern->service[0] || glob_match(pattern->service, service)))
			return pattern->text;
	}
	return slice_of(NULL, 0);
}
