// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/field.h"

#include "base/word.h"
#include "correlate/protocol/http1/framing.h"

/* Whether any of eight bytes is below 0x20 or is 0x7f; exact, though it can't tell which. */
static bool word_has_control(uint64_t word)
{
	uint64_t delete = word ^ EVERY_BYTE(0x7f);

	return (((word - EVERY_BYTE(0x20)) & ~word) | ((delete - EVERY_BYTE(1)) & ~delete)) & EVERY_BYTE(0x80);
}

static bool bytes_have_control(const char *bytes, size_t length, bool folded)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if ((byte < 0x20 || byte == 0x7f) && byte != '\t' && !(folded && http_is_space(bytes[i])))
			return true;
	}
	return false;
}

static bool word_at_has_control(const char *bytes, bool folded)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word_has_control(word) && bytes_have_control(bytes, sizeof(word), folded);
}

static bool line_has_control(struct slice line, bool folded)
{
	if (line.length < sizeof(uint64_t))
		return bytes_have_control(line.data, line.length, folded);
	for (size_t i = 0; i + sizeof(uint64_t) <= line.length; i += sizeof(uint64_t)) {
		if (word_at_has_control(line.data + i, folded))
			return true;
	}
	/* The rest, with some that were looked at. */
	return word_at_has_control(line.data + line.length - sizeof(uint64_t), folded);
}

/* One field line without its line end; a folded one whole. */
static void field_add(struct http_head *head, struct slice line, bool folded)
{
	const char *colon = memchr(line.data, ':', line.length), *name_end = colon;
	enum http_field_name known;
	struct slice name, value;

	if (line_has_control(line, folded))
		head->defects |= HTTP_DEFECT_CONTROL_BYTES;
	while (name_end && name_end > line.data && http_is_space(name_end[-1]))
		name_end--;
	if (!colon || name_end == line.data) {
		head->defects |= HTTP_DEFECT_NO_COLON;
		return;
	}
	if (name_end != colon)
		head->defects |= HTTP_DEFECT_SPACE_BEFORE_COLON;
	name = slice_of(line.data, (size_t)(name_end - line.data));
	value = http_trim(slice_from(line, (size_t)(colon - line.data) + 1));
	known = http_field_name(name);
	http1_framing_field(head, known, value);
	if (head->field_count == HTTP_FIELDS_MAX) {
		head->defects |= HTTP_DEFECT_FIELDS_DROPPED;
		return;
	}
	head->fields[head->field_count++] = (struct http_field){ name, value, known };
	if (!head->first[known])
		head->first[known] = (uint8_t)head->field_count;
}

/* The LF that ends the field which begins at `begin`, continuation lines included. */
static const char *field_end_find(const char *begin, const char *end, struct http_head *head, bool *ret_folded)
{
	const char *lf = begin - 1;

	*ret_folded = false;
	for (;;) {
		const char *line = lf + 1;

		lf = memchr(line, '\n', (size_t)(end - line));
		if (lf == line || lf[-1] != '\r')
			head->defects |= HTTP_DEFECT_BARE_LF;
		if (lf + 1 == end || !http_is_blank(lf[1]))
			return lf;
		*ret_folded = true;
		head->defects |= HTTP_DEFECT_OBS_FOLD;
	}
}

void http1_fields_parse(struct slice lines, struct http_head *head)
{
	const char *begin = lines.data, *end = lines.data + lines.length;

	head->field_count = 0;
	memset(head->first, 0, sizeof(head->first));
	head->has_content_length = false;
	head->content_length = 0;
	head->has_transfer_encoding = false;
	head->chunked = false;
	head->connection_close = false;
	head->connection_keep_alive = false;
	head->expect_continue = false;
	while (begin < end) {
		bool folded, orphan = http_is_blank(*begin);
		const char *lf = field_end_find(begin, end, head, &folded);
		const char *line_end = lf > begin && lf[-1] == '\r' ? lf - 1 : lf;

		/* A continuation of nothing, right after the start line: RFC 9112, 2.2, ignores it. */
		if (orphan)
			head->defects |= HTTP_DEFECT_OBS_FOLD;
		else
			field_add(head, slice_of(begin, (size_t)(line_end - begin)), folded);
		begin = lf + 1;
	}
	http1_framing_settle(head);
}
