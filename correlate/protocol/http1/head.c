// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/head.h"

#include "base/ascii.h"
#include "base/token.h"
#include "correlate/protocol/http1/field.h"

/* Empty lines before a start line are tolerated up to this many bytes (old browsers sent one after a POST). */
#define LEADING_MAX 16
/* An incomplete head is judged by at most this many leading bytes, so that judging stays linear. */
#define JUDGED_MAX 512

#define VERSION_LENGTH (sizeof("HTTP/1.1") - 1)

/* Offset of the first byte that is no space. */
static size_t skip_spaces(struct slice text, size_t from)
{
	while (from < text.length && text.data[from] == ' ')
		from++;
	return from;
}

static size_t method_length(struct slice text)
{
	size_t length = 0;

	while (length < text.length && length <= HTTP_METHOD_MAX && token_bytes[(unsigned char)text.data[length]])
		length++;
	return length;
}

/* `text` holds at least VERSION_LENGTH bytes. */
static bool version_parse(const char *text, int *ret_minor)
{
	if (memcmp(text, "HTTP/1.", VERSION_LENGTH - 1) != 0 || !ascii_is_digit(text[VERSION_LENGTH - 1]))
		return false;
	*ret_minor = text[VERSION_LENGTH - 1] == '0' ? 0 : 1;
	return true;
}

/* What a start line says; the rest of the head can't fail. */
struct start_line {
	int minor_version;
	struct slice method;
	struct slice target;
	int status;
	unsigned int defects;
};

/*
 * A target with spaces in it is answered by 400, but it is a request: the
 * version at the line's end makes it one.
 */
static bool request_line_parse(struct slice line, struct start_line *ret_line)
{
	size_t method = method_length(line), end = line.length, target;
	unsigned int defects = 0;

	/* Below, line[target] is no space and lies before `end`: there is a target. */
	if (method == 0 || method > HTTP_METHOD_MAX || method == line.length || line.data[method] != ' ')
		return false;
	while (end > 0 && line.data[end - 1] == ' ')
		end--;
	target = skip_spaces(line, method);
	if (end != line.length || target != method + 1)
		defects |= HTTP_DEFECT_START_LINE_SPACES;
	if (end < target + 1 + 1 + VERSION_LENGTH)
		return false;
	end -= VERSION_LENGTH;
	if (line.data[end - 1] != ' ' || !version_parse(line.data + end, &ret_line->minor_version))
		return false;
	end--;
	for (size_t i = target; i < end; i++) {
		unsigned char byte = (unsigned char)line.data[i];

		if (byte > ' ' && byte != 0x7f)
			continue;
		if (byte == '\0' || byte == '\r')
			return false;
		defects |= byte == ' ' ? HTTP_DEFECT_START_LINE_SPACES : HTTP_DEFECT_CONTROL_BYTES;
	}
	while (line.data[end - 1] == ' ')
		end--;
	ret_line->method = slice_head(line, method);
	ret_line->target = slice_of(line.data + target, end - target);
	ret_line->defects |= defects;
	return true;
}

static bool status_line_parse(struct slice line, struct start_line *ret_line)
{
	size_t status;

	if (line.length < VERSION_LENGTH + 4 || !version_parse(line.data, &ret_line->minor_version) ||
	    line.data[VERSION_LENGTH] != ' ')
		return false;
	status = skip_spaces(line, VERSION_LENGTH);
	if (line.length - status < 3)
		return false;
	ret_line->status = 0;
	for (size_t i = status; i < status + 3; i++) {
		if (!ascii_is_digit(line.data[i]))
			return false;
		ret_line->status = ret_line->status * 10 + (line.data[i] - '0');
	}
	if (ret_line->status < 100 || (line.length > status + 3 && line.data[status + 3] != ' '))
		return false;
	if (status != VERSION_LENGTH + 1 || line.length == status + 3)
		ret_line->defects |= HTTP_DEFECT_START_LINE_SPACES;
	return true;
}

/* `line` without its LF. */
static bool start_line_parse(enum http_message message, struct slice line, struct start_line *ret_line)
{
	if (line.length > 0 && line.data[line.length - 1] == '\r')
		line.length--;
	else
		ret_line->defects |= HTTP_DEFECT_BARE_LF;
	return message == HTTP_REQUEST ? request_line_parse(line, ret_line) : status_line_parse(line, ret_line);
}

/* Whether a request line can go on from `text`, which has no LF. */
static bool request_line_may_begin(struct slice text)
{
	size_t method = method_length(text);
	struct slice rest;

	if (method > HTTP_METHOD_MAX)
		return false;
	if (method == text.length)
		return true;
	if (method == 0 || text.data[method] != ' ')
		return false;
	rest = slice_from(text, method);
	if (rest.data[rest.length - 1] == '\r')
		rest.length--;
	return !memchr(rest.data, '\0', rest.length) && !memchr(rest.data, '\r', rest.length);
}

/* The same for a status line. */
static bool status_line_may_begin(struct slice text)
{
	static const char begin[] = "HTTP/1.";
	size_t begin_length = sizeof(begin) - 1, status;

	if (memcmp(text.data, begin, text.length < begin_length ? text.length : begin_length) != 0)
		return false;
	if ((text.length > VERSION_LENGTH - 1 && !ascii_is_digit(text.data[VERSION_LENGTH - 1])) ||
	    (text.length > VERSION_LENGTH && text.data[VERSION_LENGTH] != ' '))
		return false;
	if (text.length <= VERSION_LENGTH)
		return true;
	status = skip_spaces(text, VERSION_LENGTH);
	for (size_t i = status; i < text.length && i < status + 3; i++)
		if (!ascii_is_digit(text.data[i]) || (i == status && text.data[i] == '0'))
			return false;
	return text.length <= status + 3 || text.data[status + 3] == ' ' ||
	       (text.data[status + 3] == '\r' && text.length == status + 4);
}

/* Length of the empty lines at the front; past LEADING_MAX where there are too many. */
static size_t leading_lines(struct slice input)
{
	size_t length = 0;

	while (length < input.length && length <= LEADING_MAX) {
		if (input.data[length] == '\n')
			length++;
		else if (input.data[length] == '\r' && length + 1 < input.length && input.data[length + 1] == '\n')
			length += 2;
		else
			break;
	}
	return length;
}

bool http1_may_begin(enum http_message message, struct slice input)
{
	size_t leading = leading_lines(input), line_length;
	struct start_line line = { 0 };

	if (leading > LEADING_MAX)
		return false;
	input = slice_from(input, leading);
	if (input.length == 0 || (input.length == 1 && input.data[0] == '\r'))
		return true;
	line_length = slice_find(input, '\n');
	if (line_length < input.length)
		return start_line_parse(message, slice_head(input, line_length), &line);
	return message == HTTP_REQUEST ? request_line_may_begin(input) : status_line_may_begin(input);
}

/*
 * Finds the empty line: returns the offset past it, 0 where there is none.
 * *ret_last_lf is the LF before it. The search begins at `from`.
 */
static size_t head_end_find(struct slice input, size_t from, size_t *ret_last_lf)
{
	const char *end = input.data + input.length, *lf = input.data + from;

	while (lf < end && (lf = memchr(lf, '\n', (size_t)(end - lf)))) {
		size_t after = (size_t)(lf - input.data) + 1;

		*ret_last_lf = after - 1;
		if (after < input.length && input.data[after] == '\n')
			return after + 1;
		if (after + 1 < input.length && input.data[after] == '\r' && input.data[after + 1] == '\n')
			return after + 2;
		lf++;
	}
	return 0;
}

static bool head_is_hopeless(enum http_message message, struct slice input, size_t seen)
{
	if (input.length >= HTTP1_HEAD_MAX)
		return true;
	return seen < JUDGED_MAX && !http1_may_begin(message, slice_head(input, JUDGED_MAX));
}

ssize_t http1_parse_head(enum http_message message, struct slice input, size_t seen, struct http_head *ret_head)
{
	size_t leading = leading_lines(input), search, head_length, line_end, last_lf = 0;
	struct start_line line = { 0 };

	if (leading > LEADING_MAX)
		return HTTP1_ERROR;
	input = slice_head(input, HTTP1_HEAD_MAX);
	/* An empty line's CR LF may have begun before what is new: CR and the LF before it are two bytes. */
	search = seen < leading + 2 ? leading : seen - 2;
	head_length = head_end_find(input, search, &last_lf);
	if (head_length == 0)
		return head_is_hopeless(message, input, seen) ? HTTP1_ERROR : HTTP1_NEED_MORE;

	line_end = leading + slice_find(slice_from(input, leading), '\n');
	if (!start_line_parse(message, slice_of(input.data + leading, line_end - leading), &line))
		return HTTP1_ERROR;
	if (leading > 0)
		line.defects |= HTTP_DEFECT_LEADING_CRLF;
	if (input.data[head_length - 2] != '\r')
		line.defects |= HTTP_DEFECT_BARE_LF;

	ret_head->message = message;
	ret_head->minor_version = line.minor_version;
	ret_head->method = line.method;
	ret_head->target = line.target;
	ret_head->status = line.status;
	ret_head->defects = line.defects;
	http1_fields_parse(slice_of(input.data + line_end + 1, last_lf - line_end), ret_head);
	return (ssize_t)head_length;
}
