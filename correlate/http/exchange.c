// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/exchange.h"

#include <errno.h>
#include <stdlib.h>

/* The fields whose first occurrence is kept, and where. Secrets are not among them. */
static const struct {
	enum http_field_name name;
	size_t offset;
} kept_fields[] = {
	{ HTTP_FIELD_HOST, offsetof(struct http_exchange, host) },
	{ HTTP_FIELD_FORWARDED, offsetof(struct http_exchange, forwarded) },
	{ HTTP_FIELD_X_FORWARDED_FOR, offsetof(struct http_exchange, forwarded_for) },
	{ HTTP_FIELD_X_FORWARDED_HOST, offsetof(struct http_exchange, forwarded_host) },
	{ HTTP_FIELD_X_FORWARDED_PROTO, offsetof(struct http_exchange, forwarded_proto) },
	{ HTTP_FIELD_USER_AGENT, offsetof(struct http_exchange, user_agent) },
};

#define KEPT_FIELDS (sizeof kept_fields / sizeof kept_fields[0])

static struct slice *kept_slot(struct http_exchange *exchange, size_t index)
{
	return (struct slice *)((char *)exchange + kept_fields[index].offset);
}

static void keep_fields(struct http_exchange *exchange, const struct http_head *head)
{
	for (size_t i = 0; i < KEPT_FIELDS; i++) {
		const struct slice *value = http_field(head, kept_fields[i].name);

		if (value)
			*kept_slot(exchange, i) = slice_head(*value, HTTP_EXCHANGE_FIELD_MAX);
	}
}

/* Appends the members of one tracestate field; whole members only, the rightmost are left out. */
static void join_trace_state(struct slice value, char joined[HTTP_EXCHANGE_FIELD_MAX], size_t *length)
{
	while (value.length) {
		struct slice member = slice_head(value, slice_find(value, ','));
		size_t comma = *length > 0;

		value = slice_from(value, member.length + 1);
		member = http_trim(member);
		if (!member.length)
			continue;
		if (member.length + comma > HTTP_EXCHANGE_FIELD_MAX - *length)
			return;
		if (comma)
			joined[(*length)++] = ',';
		memcpy(joined + *length, member.data, member.length);
		*length += member.length;
	}
}

static void read_context(struct propagated *propagated, const struct http_head *head,
			 char joined[HTTP_EXCHANGE_FIELD_MAX])
{
	size_t trace_parents = 0, length = 0;

	if (!head->first[HTTP_FIELD_TRACEPARENT])
		return;
	for (size_t i = 0; i < head->field_count; i++) {
		const struct http_field *field = &head->fields[i];

		if (field->known == HTTP_FIELD_TRACEPARENT) {
			trace_parents++;
			propagated->has_remote = traceparent_parse(field->value, &propagated->remote);
		} else if (field->known == HTTP_FIELD_TRACESTATE) {
			join_trace_state(field->value, joined, &length);
		}
	}
	if (http_has_breaks(head))
		length = http_unfold(slice_of(joined, length), joined);
	/* Several say nothing: the one that is meant can't be told. */
	if (trace_parents != 1)
		propagated->has_remote = false;
	if (propagated->has_remote && tracestate_valid(slice_of(joined, length)))
		propagated->trace_state = slice_of(joined, length);
}

/* Moves what *slice points to into the storage. */
static void store(struct slice *slice, char **storage)
{
	if (slice->length)
		memcpy(*storage, slice->data, slice->length);
	slice->data = *storage;
	*storage += slice->length;
}

static void store_value(struct slice *value, char **storage, bool has_breaks)
{
	if (has_breaks) {
		value->length = http_unfold(*value, *storage);
		value->data = *storage;
		*storage += value->length;
	} else {
		store(value, storage);
	}
}

static size_t storage_needed(struct http_exchange *exchange, const struct propagated *propagated)
{
	size_t size = exchange->method.length + exchange->target.length + propagated->trace_state.length +
		      exchange->request_headers.length;

	for (size_t i = 0; i < KEPT_FIELDS; i++)
		size += kept_slot(exchange, i)->length;
	return size;
}

int http_exchange_request(struct http_exchange *exchange, const struct http_head *head,
			  const struct http_disclosure *disclosure, struct propagated *ret_propagated)
{
	struct propagated propagated = { 0 };
	char joined[HTTP_EXCHANGE_FIELD_MAX], captured[HEADER_VALUES_MAX];
	struct http_exchange taken = {
		.room = exchange->room,
		.room_size = exchange->room_size,
		.method = slice_head(head->method, HTTP_METHOD_MAX),
		.target = slice_head(head->target, HTTP_EXCHANGE_TARGET_MAX),
		.request_minor_version = head->minor_version,
		.expects_continue = head->expect_continue,
	};

	keep_fields(&taken, head);
	read_context(&propagated, head, joined);
	if (disclosure->headers)
		taken.request_headers =
			header_values_take(&disclosure->headers->request, head, disclosure->secrets, captured);
	size_t size = storage_needed(&taken, &propagated);
	char *storage = taken.room;

	if (size > taken.room_size) {
		storage = taken.storage = malloc(size);
		if (!storage)
			return -ENOMEM;
		taken.storage_size = size;
	}
	store(&taken.method, &storage);
	store(&taken.target, &storage);
	store(&propagated.trace_state, &storage);
	store(&taken.request_headers, &storage);
	for (size_t i = 0; i < KEPT_FIELDS; i++)
		store_value(kept_slot(&taken, i), &storage, http_has_breaks(head));
	*exchange = taken;
	*ret_propagated = propagated;
	return 0;
}

int http_exchange_response(struct http_exchange *exchange, const struct http_head *head,
			   const struct http_disclosure *disclosure)
{
	char captured[HEADER_VALUES_MAX];
	struct slice values;

	exchange->status = head->status;
	if (!disclosure->headers || exchange->response_storage)
		return 0;
	values = header_values_take(&disclosure->headers->response, head, disclosure->secrets, captured);
	if (!values.length)
		return 0;
	exchange->response_storage = malloc(values.length);
	if (!exchange->response_storage)
		return -ENOMEM;
	memcpy(exchange->response_storage, values.data, values.length);
	exchange->response_headers = slice_of(exchange->response_storage, values.length);
	exchange->storage_size += values.length;
	return 0;
}

void http_exchange_free(const struct http_exchange *exchange)
{
	free(exchange->storage);
	free(exchange->response_storage);
}

void http_exchange_done(struct http_exchange *exchange)
{
	http_exchange_free(exchange);
	*exchange = (struct http_exchange){ .room = exchange->room, .room_size = exchange->room_size };
}
