// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/response_decode.h"

/* The count's name depends on the signal. */
static const char *const rejected_names[] = { "rejectedSpans", "rejectedDataPoints", "rejectedLogRecords" };

/* 2^63: the first double past what 64 bits hold. */
#define INTEGER_LIMIT 9223372036854775808.0

/* A member that is null counts as absent, as protobuf's JSON mapping has it. */
static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(item) ? NULL : item;
}

/* The object that the whole body is, owned by the view; NULL where it is none. */
static const cJSON *parse(struct slice body, struct response_view *view)
{
	const char *end;

	view->json = cJSON_ParseWithLengthOpts(body.data, body.length, &end, false);
	if (!cJSON_IsObject(view->json))
		return NULL;
	for (; end < body.data + body.length; end++) {
		if (!strchr(" \t\r\n", *end) || !*end)
			return NULL;
	}
	return view->json;
}

static bool read_string(const cJSON *item, struct slice *ret)
{
	if (item && !cJSON_IsString(item))
		return false;
	*ret = slice_of_string(item ? item->valuestring : NULL);
	return true;
}

/* 64 bits come as a decimal string, or as a number. */
static bool read_integer(const cJSON *item, int64_t *ret)
{
	struct slice digits;
	uint64_t magnitude;
	bool negative;

	if (cJSON_IsNumber(item)) {
		if (!(item->valuedouble >= -INTEGER_LIMIT && item->valuedouble < INTEGER_LIMIT))
			return false;
		*ret = (int64_t)item->valuedouble;
		return (double)*ret == item->valuedouble;
	}
	if (!cJSON_IsString(item))
		return false;
	digits = slice_of_string(item->valuestring);
	negative = slice_starts_with(digits, SLICE_LITERAL("-"));
	if (!slice_to_u64(slice_from(digits, negative), &magnitude) || magnitude > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return true;
}

bool response_json(struct slice body, struct response_view *ret)
{
	const cJSON *root = parse(body, ret), *partial;

	if (!root)
		return false;
	partial = member(root, "partialSuccess");
	if (!partial)
		return true;
	if (!cJSON_IsObject(partial) || !read_string(member(partial, "errorMessage"), &ret->message))
		return false;
	for (size_t i = 0; i < sizeof(rejected_names) / sizeof(rejected_names[0]); i++) {
		const cJSON *count = member(partial, rejected_names[i]);

		if (count && !read_integer(count, &ret->rejected))
			return false;
	}
	return true;
}

bool status_json(struct slice body, struct response_view *ret)
{
	return parse(body, ret) && read_string(member(ret->json, "message"), &ret->message);
}

void view_json_done(struct response_view *view)
{
	cJSON_Delete(view->json);
}
