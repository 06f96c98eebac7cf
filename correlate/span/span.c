// SPDX-License-Identifier: Apache-2.0
#include "correlate/span/span.h"

#include <stdlib.h>

struct resource *resource_ref(struct resource *resource)
{
	__atomic_fetch_add(&resource->references, 1, __ATOMIC_RELAXED);
	return resource;
}

static void resource_unref_many(struct resource *resource, unsigned int references)
{
	/* Release: our reads are done. Acquire: everybody's are, before it is freed. */
	if (__atomic_fetch_sub(&resource->references, references, __ATOMIC_ACQ_REL) == references)
		free(resource);
}

void resource_unref(struct resource *resource)
{
	if (resource)
		resource_unref_many(resource, 1);
}

const struct attribute *span_attribute(const struct span *span, const char *key)
{
	struct slice wanted = slice_of_string(key);

	for (size_t i = 0; i < span->attribute_count; i++) {
		struct slice found = span->attributes[i].key;

		if (found.length == wanted.length && memcmp(found.data, wanted.data, wanted.length) == 0)
			return &span->attributes[i];
	}
	return NULL;
}

struct slice span_string(const struct span *span, const char *key)
{
	const struct attribute *attribute = span_attribute(span, key);

	return attribute && attribute->type == ATTRIBUTE_STRING ? attribute->string : slice_of(NULL, 0);
}

static inline bool attribute_has_string(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_STRING || attribute->type == ATTRIBUTE_STRING_ARRAY;
}

/* A clone ends after the attributes in use; its strings follow. */
static size_t span_struct_size(const struct span *span)
{
	return offsetof(struct span, attributes) + span->attribute_count * sizeof(span->attributes[0]);
}

size_t span_clone_size(const struct span *span)
{
	size_t size = span_struct_size(span) + span->trace_state.length + span->name.length + span->error_type.length;

	for (size_t i = 0; i < span->attribute_count; i++) {
		if (attribute_has_string(&span->attributes[i]))
			size += span->attributes[i].string.length;
	}
	return size;
}

static void move_string(struct slice *slice, char **end)
{
	if (slice->length)
		memcpy(*end, slice->data, slice->length);
	slice->data = *end;
	*end += slice->length;
}

struct span *span_clone_into(const struct span *span, void *memory, size_t clone_size, struct span_owner *owner)
{
	size_t size = span_struct_size(span);
	struct span *clone = memory;
	char *end = (char *)memory + size;

	memcpy(memory, span, size);
	clone->clone_size = clone_size;
	clone->owner = owner;
	move_string(&clone->trace_state, &end);
	move_string(&clone->name, &end);
	move_string(&clone->error_type, &end);
	for (size_t i = 0; i < clone->attribute_count; i++) {
		if (attribute_has_string(&clone->attributes[i]))
			move_string(&clone->attributes[i].string, &end);
	}
	resource_ref(clone->resource);
	return clone;
}

struct span *span_clone(const struct span *span)
{
	size_t size = span_clone_size(span);
	void *memory = malloc(size);

	return memory ? span_clone_into(span, memory, size, NULL) : NULL;
}

static void give_back(struct span *span)
{
	if (span->owner)
		span->owner->take_back(span->owner, span);
	else
		free(span);
}

void span_free(struct span *span)
{
	if (!span)
		return;
	resource_unref(span->resource);
	give_back(span);
}

void spans_free(struct span *const *spans, size_t count)
{
	struct resource *resource = NULL;
	unsigned int references = 0;

	for (size_t i = 0; i < count; i++) {
		if (spans[i]->resource != resource && references) {
			resource_unref_many(resource, references);
			references = 0;
		}
		resource = spans[i]->resource;
		references++;
		give_back(spans[i]);
	}
	if (references)
		resource_unref_many(resource, references);
}
