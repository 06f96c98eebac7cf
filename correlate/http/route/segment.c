// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/segment.h"

#include "base/ascii.h"
#include "base/percent.h"

enum {
	SEGMENT_MAX = 256,      /* longer ones are no names */
	HEX_MIN = 8,            /* with at least one digit: git's short hashes begin at 7, words end before */
	HEX_LETTERS_MIN = 16,   /* even without a digit */
	TOKEN_MIN = 20,         /* base64, random keys */
	KEY_MIN = 10,           /* the same, shorter and wilder: "dQw4w9WgXcQ" */
	NAMED_NUMBER_MIN = 3,   /* "item-123"; "step-2" and "covid-19" are names */
	GROUPED_DIGITS_MIN = 6, /* digits with dashes: telephone and book numbers */
	ENCODED_TEXT_MIN = 12,  /* bytes outside ASCII: text that a user wrote */
	EXTENSION_MAX = 7,      /* ".parquet" */
	KEYS_MAX = 4,           /* before a value: a path of nothing but '=' takes no time either */
	ULID_LENGTH = 26,
	UUID_LENGTH = 36,
};

/* What a byte is to a segment's shape. */
enum class { OTHER, DIGIT, LOWER, UPPER, DASH, UNDERSCORE, DOT, HIGH, CLASSES };

#define IS_HEX 0x80 /* a hexadecimal digit, beside its class */

static const uint8_t classes[256] = {
	['0' ... '9'] = DIGIT | IS_HEX, ['a' ... 'f'] = LOWER | IS_HEX, ['g' ... 'z'] = LOWER,
	['A' ... 'F'] = UPPER | IS_HEX, ['G' ... 'Z'] = UPPER,          ['-'] = DASH,
	['_'] = UNDERSCORE,             ['.'] = DOT,                    [0x80 ... 0xff] = HIGH,
};

/*
 * From which class to which the make changes: between letters and digits, and between cases inside a
 * word. An upper case letter before a lower case one begins a word, which is no switch.
 */
static const bool switches[CLASSES][CLASSES] = {
	[DIGIT] = { [LOWER] = true, [UPPER] = true },
	[LOWER] = { [DIGIT] = true, [UPPER] = true },
	[UPPER] = { [DIGIT] = true },
};

/* What a segment consists of. */
struct shape {
	unsigned int of[CLASSES]; /* how many bytes of each class */
	unsigned int hex;
	unsigned int switches;
};

static bool is_lower(char byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool is_upper(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

/* Between the parts of a name. */
static bool is_separator(char byte)
{
	return byte == '-' || byte == '_' || byte == '.';
}

static struct shape shape_of(struct slice text)
{
	struct shape shape = { .hex = 0 };
	enum class before = OTHER;

	for (size_t i = 0; i < text.length; i++) {
		uint8_t byte = classes[(unsigned char)text.data[i]];
		enum class class = byte & ~IS_HEX;

		shape.of[class]++;
		shape.hex += byte / IS_HEX;
		shape.switches += switches[before][class];
		before = class;
	}
	return shape;
}

/*
 * "42", "-7", "+4915550100", "12.50", "978-3-16-148410-0", "10.0.0.1". Not
 * versions: "1.0", "2.1.0".
 */
static bool is_number(struct slice text, const struct shape *shape)
{
	bool sign = text.data[0] == '-' || text.data[0] == '+';
	size_t rest = text.length - shape->of[DIGIT];

	if (!shape->of[DIGIT] || !ascii_is_digit(text.data[text.length - 1]))
		return false;
	if (rest == shape->of[DASH] && (rest == sign || shape->of[DIGIT] >= GROUPED_DIGITS_MIN))
		return true;
	if (rest == shape->of[DOT] + sign)
		return shape->of[DOT] == 0 || (shape->of[DOT] == 1 && shape->of[DIGIT] > 2) || shape->of[DOT] == 3;
	return false;
}

static bool is_uuid(struct slice text, const struct shape *shape)
{
	if (text.length >= 2 && text.data[0] == '{' && text.data[text.length - 1] == '}')
		return text.length == UUID_LENGTH + 2 && shape->hex == 32 && shape->of[DASH] == 4;
	return text.length == UUID_LENGTH && shape->hex == 32 && shape->of[DASH] == 4;
}

static bool is_hash(struct slice text, const struct shape *shape)
{
	if (shape->hex != text.length)
		return false;
	return text.length >= HEX_LETTERS_MIN || (text.length >= HEX_MIN && shape->of[DIGIT]);
}

/* "2026-11-21", "2026-11-21T10:35:00Z", "2026-11-21-notes", "2026-11"; eight digits are a number. */
static bool is_date(struct slice text)
{
	static const char pattern[] = "dddd-dd-dd";
	size_t length = text.length < sizeof pattern - 1 ? text.length : sizeof pattern - 1;

	if (length != 7 && length != sizeof pattern - 1)
		return false;
	for (size_t i = 0; i < length; i++)
		if (pattern[i] == 'd' ? !ascii_is_digit(text.data[i]) : text.data[i] != pattern[i])
			return false;
	return text.length == length || !ascii_is_alphanumeric(text.data[length]) || text.data[length] == 'T';
}

/* "ann@example.com"; not "react@18.2.0" or "@scope". */
static bool is_email(struct slice text)
{
	size_t at = slice_find(text, '@');
	struct slice domain = slice_from(text, at + 1);
	char last = text.data[text.length - 1];

	return at > 0 && at < text.length && slice_find(domain, '.') < domain.length &&
	       (is_lower(last) || is_upper(last));
}

/* Crockford's base 32: no I, L, O, U. */
static bool is_ulid(struct slice text, const struct shape *shape)
{
	if (text.length != ULID_LENGTH || text.data[0] > '7' || !shape->of[DIGIT] || (shape->of[LOWER] && shape->of[UPPER]))
		return false;
	for (size_t i = 0; i < text.length; i++) {
		char upper = is_lower(text.data[i]) ? (char)(text.data[i] - 0x20) : text.data[i];

		if (!ascii_is_digit(upper) && (!is_upper(upper) || strchr("ILOU", upper)))
			return false;
	}
	return true;
}

/*
 * Of mixed make: base64, random keys, JSON Web Tokens. Names change between
 * letters, digits and cases too ("getAccountByNumber2"), but less often.
 */
static bool is_token(struct slice text, const struct shape *shape)
{
	size_t letters = shape->of[LOWER] + shape->of[UPPER];

	if (shape->of[HIGH] || !shape->of[DIGIT] || !letters)
		return false;
	if (shape->of[LOWER] && shape->of[UPPER])
		return (text.length >= TOKEN_MIN && shape->switches > text.length / 5) ||
		       (text.length >= KEY_MIN && shape->switches > text.length / 3);
	return text.length >= TOKEN_MIN && shape->of[DIGIT] >= 4 && shape->switches >= text.length / 5;
}

/* "item-12345", "order_987", "INV-2026-0001", "user:42", "year=2026": a name, then a number. */
static bool is_named_number(struct slice text)
{
	size_t begin = text.length;

	while (begin > 0 && ascii_is_digit(text.data[begin - 1]))
		begin--;
	if (begin < 2 || text.length - begin < NAMED_NUMBER_MIN)
		return false;
	return text.data[begin - 1] != '.' && !ascii_is_alphanumeric(text.data[begin - 1]);
}

/* A hash or token as one part makes the whole unique: "web-7d4b9c6f5-x2x9z", "app.3f2a9c1b.js", "cus_NffrFeUfNV2Hib". */
static bool has_hash_part(struct slice text)
{
	size_t begin = 0;

	for (size_t i = 0; i <= text.length; i++) {
		if (i < text.length && !is_separator(text.data[i]))
			continue;
		struct slice part = slice_of(text.data + begin, i - begin);
		struct shape shape = shape_of(part);

		if ((is_hash(part, &shape) && shape.of[DIGIT] && shape.of[DIGIT] < part.length) || is_token(part, &shape))
			return true;
		begin = i + 1;
	}
	return false;
}

/* "report.pdf" is judged by "report": the extension says what it is, not which. */
static struct slice without_extension(struct slice text)
{
	size_t dot = text.length;

	while (dot > 0 && text.data[dot - 1] != '.')
		dot--;
	struct slice extension = slice_from(text, dot);

	if (dot < 2 || !extension.length || extension.length > EXTENSION_MAX || !is_lower(extension.data[0]))
		return text;
	struct shape shape = shape_of(extension);

	return shape.of[LOWER] + shape.of[DIGIT] == extension.length ? slice_head(text, dot - 1) : text;
}

static bool is_identifier_itself(struct slice text)
{
	struct shape shape = shape_of(text);

	if (is_uuid(text, &shape) || is_hash(text, &shape) || shape.of[HIGH] >= ENCODED_TEXT_MIN ||
	    (shape.of[OTHER] && is_email(text)))
		return true;
	/* What else there is has digits. Most segments have none. */
	return shape.of[DIGIT] && (is_number(text, &shape) || is_date(text) || is_ulid(text, &shape) ||
				   is_token(text, &shape) || is_named_number(text) || has_hash_part(text));
}

/* Or the value of one: "dt=2026-11-21". */
static bool is_identifier(struct slice text)
{
	for (unsigned int keys = 0; keys <= KEYS_MAX && text.length; keys++) {
		if (is_identifier_itself(text))
			return true;
		text = slice_from(text, slice_find(text, '=') + 1);
	}
	return false;
}

bool route_segment_is_identifier(struct slice segment)
{
	char decoded[SEGMENT_MAX];
	size_t length;

	if (!segment.length)
		return false;
	if (segment.length > SEGMENT_MAX)
		return true;
	percent_decode(segment, decoded, &length);
	struct slice text = slice_of(decoded, length);
	struct slice stem = without_extension(text);

	return is_identifier(text) || (stem.length < text.length && is_identifier(stem));
}
