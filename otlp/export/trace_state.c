// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/trace_state.h"

#include <stdio.h>

#include "base/ascii.h"

#define DIGITS 14 /* of 56 bits */

/* Bytes appended as long as they fit. */
struct output {
	char *data;
	size_t length, max;
	bool full;
};

static void append(struct output *output, struct slice part)
{
	if (part.length > output->max - output->length)
		output->full = true;
	if (output->full || !part.length)
		return;
	memcpy(output->data + output->length, part.data, part.length);
	output->length += part.length;
}

/* Takes the part up to `separator` off `rest`; parts that are blank are passed over. */
static bool part_next(struct slice *rest, char separator, struct slice *ret_part)
{
	while (rest->length) {
		size_t length = slice_find(*rest, separator);

		*ret_part = slice_trim(slice_head(*rest, length));
		*rest = slice_from(*rest, length + 1);
		if (ret_part->length)
			return true;
	}
	return false;
}

static bool is_ot(struct slice member)
{
	return slice_starts_with(member, SLICE_LITERAL("ot="));
}

/* The value of the member "ot", or nothing. */
static struct slice ot_value(struct slice trace_state)
{
	struct slice member;

	while (part_next(&trace_state, ',', &member)) {
		if (is_ot(member))
			return slice_from(member, strlen("ot="));
	}
	return slice_of(NULL, 0);
}

static bool is_threshold(struct slice item)
{
	return slice_starts_with(item, SLICE_LITERAL("th:"));
}

/* Digits from the left; those left out are zero. */
static bool parse_bits(struct slice digits, size_t digits_min, uint64_t *ret_bits)
{
	uint64_t bits = 0;

	if (digits.length < digits_min || digits.length > DIGITS)
		return false;
	for (size_t i = 0; i < digits.length; i++) {
		int digit = ascii_lower_hex_value(digits.data[i]);

		if (digit < 0)
			return false;
		bits = bits << 4 | (uint64_t)digit;
	}
	*ret_bits = bits << 4 * (DIGITS - digits.length);
	return true;
}

struct trace_probability trace_state_probability(struct slice trace_state)
{
	struct trace_probability probability = { 0 };
	struct slice ot = ot_value(trace_state), item;

	while (part_next(&ot, ';', &item)) {
		struct slice value = slice_from(item, strlen("th:"));

		if (is_threshold(item))
			probability.has_threshold = parse_bits(value, 1, &probability.threshold);
		else if (slice_starts_with(item, SLICE_LITERAL("rv:")))
			probability.has_randomness = parse_bits(value, DIGITS, &probability.randomness);
	}
	return probability;
}

static void append_threshold(struct output *output, uint64_t threshold)
{
	char text[sizeof("th:") + 16];
	size_t length = (size_t)snprintf(text, sizeof(text), "th:%014llx", (unsigned long long)threshold);

	while (length > sizeof("th:") && text[length - 1] == '0')
		length--;
	append(output, slice_of(text, length));
}

/* The member "ot"; nothing where it would say nothing. */
static void append_ot(struct output *output, struct slice trace_state, const uint64_t *threshold)
{
	struct slice ot = ot_value(trace_state), item;
	size_t begin = output->length, empty;

	append(output, SLICE_LITERAL("ot="));
	empty = output->length;
	if (threshold)
		append_threshold(output, *threshold);
	while (part_next(&ot, ';', &item)) {
		if (is_threshold(item))
			continue;
		if (output->length > empty)
			append(output, SLICE_LITERAL(";"));
		append(output, item);
	}
	if (output->length - empty > TRACE_STATE_MEMBER_MAX)
		output->full = true;
	if (output->length == empty)
		output->length = begin;
}

bool trace_state_set_threshold(struct slice trace_state, const uint64_t *threshold, char out[TRACE_STATE_MAX],
			       struct slice *ret_trace_state)
{
	struct output output = { .data = out, .max = TRACE_STATE_MAX };
	struct slice rest = trace_state, member;
	size_t members;

	append_ot(&output, trace_state, threshold);
	members = output.length > 0;
	while (part_next(&rest, ',', &member)) {
		if (is_ot(member))
			continue;
		if (output.length)
			append(&output, SLICE_LITERAL(","));
		append(&output, member);
		members++;
	}
	if (output.full || members > TRACE_STATE_MEMBERS_MAX)
		return false;
	*ret_trace_state = slice_of(out, output.length);
	return true;
}
