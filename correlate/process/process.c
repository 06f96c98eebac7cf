// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "correlate/process/container.h"
#include "correlate/process/environment.h"
#include "correlate/process/executable.h"
#include "correlate/process/name.h"
#include "correlate/process/service_name.h"

#define RESOURCE_TOTAL_MAX 320 /* what a process says, what we know of it, and what the caller adds */

int process_info_from_record(const struct record_process *record, size_t size, struct process_info *ret_info)
{
	size_t executable, arguments, cgroup, environment, facts;
	const char *strings = (const char *)(record + 1);

	if (size < sizeof *record)
		return -EBADMSG;
	executable = record->executable_length;
	arguments = record->arguments_length;
	cgroup = record->cgroup_length;
	environment = record->environment_length;
	facts = record->facts_length;
	if (executable + arguments + cgroup + environment + facts > size - sizeof *record)
		return -EBADMSG;
	*ret_info = (struct process_info){
		.pid = record->header.tgid,
		.parent_pid = record->parent_tgid,
		.executable = slice_of(strings, executable),
		.arguments = slice_of(strings + executable, arguments),
		.cgroup = slice_of(strings + executable + arguments, cgroup),
		.environment = slice_of(strings + executable + arguments + cgroup, environment),
		.facts = slice_of(strings + executable + arguments + cgroup + environment, facts),
		.managed = record->header.flags & RECORD_PROCESS_MANAGED,
	};
	return 0;
}

/* Never empty. A view into `own`, into what `info` points to, `buffer` or static text. */
static struct slice service_name(const struct process_info *info, const struct own_resource *own,
				 char buffer[SERVICE_GUESS_MAX])
{
	struct slice name = own->service_name.length ? own->service_name : service_name_guess(info, buffer);

	return name.length ? name : SLICE_LITERAL("unknown_service");
}

struct slice process_service_name(const struct process_info *info, char *buffer, size_t buffer_size)
{
	char guess[SERVICE_GUESS_MAX];
	struct own_resource own;

	own_resource_read(info->environment, &own);
	struct slice name = slice_head(service_name(info, &own, guess), buffer_size);

	memcpy(buffer, name.data, name.length);
	return slice_of(buffer, name.length);
}

/* A resource under construction; the slices belong to others. */
struct draft {
	struct attribute attributes[RESOURCE_TOTAL_MAX];
	size_t count;
};

/* The attribute of that key, a new one where there is none; NULL where there is no room. */
static struct attribute *draft_attribute(struct draft *draft, struct slice key, bool *ret_new)
{
	*ret_new = false;
	for (size_t i = 0; i < draft->count; i++)
		if (slice_equal(draft->attributes[i].key, key))
			return &draft->attributes[i];
	if (draft->count == RESOURCE_TOTAL_MAX)
		return NULL;
	*ret_new = true;
	draft->attributes[draft->count].key = key;
	return &draft->attributes[draft->count++];
}

static void draft_set(struct draft *draft, struct attribute value)
{
	bool is_new;
	struct attribute *attribute = draft_attribute(draft, value.key, &is_new);

	if (attribute)
		*attribute = value;
}

static void draft_set_string(struct draft *draft, struct slice key, struct slice value)
{
	if (value.length)
		draft_set(draft, (struct attribute){ .key = key, .type = ATTRIBUTE_STRING, .string = value });
}

static void draft_set_integer(struct draft *draft, struct slice key, int64_t value)
{
	draft_set(draft, (struct attribute){ .key = key, .type = ATTRIBUTE_INTEGER, .integer = value });
}

#define TIME_TEXT_MAX 64

/* ISO 8601 in UTC with milliseconds. */
static struct slice format_time(uint64_t wall, char text[TIME_TEXT_MAX])
{
	time_t seconds = (time_t)(wall / NSEC_PER_SEC);
	unsigned int milliseconds = (unsigned int)(wall % NSEC_PER_SEC / NSEC_PER_MSEC);
	struct tm tm;
	int length;

	if (!wall || !gmtime_r(&seconds, &tm))
		return slice_of(NULL, 0);
	length = snprintf(text, TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900, tm.tm_mon + 1,
			  tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, milliseconds);
	return slice_of(text, length > 0 ? (size_t)length : 0);
}

/* Of service.instance.id, by the semantic conventions. */
static const uint8_t instance_namespace[UUID_SIZE] = { 0x4d, 0x63, 0x00, 0x9a, 0x8d, 0x0f, 0x11, 0xee,
						       0xaa, 0xd7, 0x4c, 0x79, 0x6e, 0xd8, 0xe3, 0x20 };

#define START_UNIT (10 * NSEC_PER_MSEC) /* of start times in /proc: a process that was found has the same id */

/* The same whoever looks, and never another process's: a pid is not used twice so soon. */
static struct slice instance_id(const struct process_info *info, char text[UUID_TEXT_MAX])
{
	char name[128];
	int length;

	if (!info->boot_id.length || !info->start_time)
		return slice_of(NULL, 0);
	length = snprintf(name, sizeof(name), "%.*s/%u/%" PRIu64, (int)slice_head(info->boot_id, 64).length,
			  info->boot_id.data, info->pid, info->start_time / START_UNIT);
	return uuid_of_name(instance_namespace, slice_of(name, (size_t)length), text);
}

static void draft_process(struct draft *draft, const struct process_info *info, char time_text[TIME_TEXT_MAX])
{
	struct slice runtime = environment_value(info->facts, SLICE_LITERAL("process.runtime.name"));
	struct slice path = info->executable;
	struct slice name = process_executable_name(path);
	size_t path_end = (size_t)(name.data - path.data) + name.length; /* without " (deleted)" */

	draft_set_integer(draft, SLICE_LITERAL("process.pid"), info->pid);
	if (info->parent_pid)
		draft_set_integer(draft, SLICE_LITERAL("process.parent_pid"), info->parent_pid);
	draft_set_string(draft, SLICE_LITERAL("process.executable.name"), name);
	draft_set_string(draft, SLICE_LITERAL("process.executable.path"), slice_head(path, path_end));
	/* argv[0] only: the other arguments may hold secrets. */
	draft_set_string(draft, SLICE_LITERAL("process.command"),
			 slice_head(info->arguments, slice_find(info->arguments, '\0')));
	draft_set_string(draft, SLICE_LITERAL("process.creation.time"), format_time(info->start_wall, time_text));
	draft_set_string(draft, SLICE_LITERAL("process.runtime.name"),
			 runtime.length ? runtime : process_runtime_name(info));
	draft_set_string(draft, SLICE_LITERAL("process.runtime.version"),
			 environment_value(info->facts, SLICE_LITERAL("process.runtime.version")));
	draft_set_string(draft, SLICE_LITERAL("container.id"), container_id_from_cgroup(info->cgroup));
}

static void draft_own_attributes(struct draft *draft, const struct own_resource *own)
{
	for (size_t i = 0; i < own->attribute_count; i++)
		if (!slice_equal(own->attributes[i].key, SLICE_LITERAL("process.pid")) &&
		    !slice_equal(own->attributes[i].key, SLICE_LITERAL("service.name")))
			draft_set_string(draft, own->attributes[i].key, own->attributes[i].value);
}

static void draft_add_missing(struct draft *draft, const struct attribute *extra, size_t extra_count)
{
	for (size_t i = 0; i < extra_count; i++) {
		bool is_new;
		struct attribute *attribute = draft_attribute(draft, extra[i].key, &is_new);

		if (attribute && is_new)
			*attribute = extra[i];
	}
}

static bool has_text(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_STRING || attribute->type == ATTRIBUTE_STRING_ARRAY;
}

static struct slice copy_text(char **to, struct slice text)
{
	struct slice copy = slice_of(*to, text.length);

	if (text.length)
		memcpy(*to, text.data, text.length);
	*to += text.length;
	return copy;
}

/* One allocation: the struct, its attributes, their texts. */
static struct resource *resource_from_draft(const struct draft *draft, uint32_t pid)
{
	size_t size = sizeof(struct resource) + draft->count * sizeof(struct attribute);

	for (size_t i = 0; i < draft->count; i++) {
		const struct attribute *attribute = &draft->attributes[i];

		size += attribute->key.length + (has_text(attribute) ? attribute->string.length : 0);
	}
	struct resource *resource = malloc(size);

	if (!resource)
		return NULL;
	*resource = (struct resource){ .references = 1, .pid = pid, .attribute_count = draft->count };
	resource->attributes = (struct attribute *)(resource + 1);
	char *text = (char *)(resource->attributes + draft->count);

	for (size_t i = 0; i < draft->count; i++) {
		struct attribute *attribute = &resource->attributes[i];

		*attribute = draft->attributes[i];
		attribute->key = copy_text(&text, attribute->key);
		if (has_text(attribute))
			attribute->string = copy_text(&text, attribute->string);
	}
	resource->service_name = resource->attributes[0].string;
	return resource;
}

struct resource *resource_new(const struct process_info *info, const struct attribute *extra, size_t extra_count)
{
	char time_text[TIME_TEXT_MAX], instance_text[UUID_TEXT_MAX], guess[SERVICE_GUESS_MAX];
	struct draft draft = { .count = 0 };
	struct own_resource own;

	own_resource_read(info->environment, &own);
	/* The first, where resource_from_draft() finds it. */
	draft_set_string(&draft, SLICE_LITERAL("service.name"), service_name(info, &own, guess));
	draft_set_string(&draft, SLICE_LITERAL("service.instance.id"), instance_id(info, instance_text));
	draft_process(&draft, info, time_text);
	draft_own_attributes(&draft, &own);
	draft_add_missing(&draft, extra, extra_count);
	return resource_from_draft(&draft, info->pid);
}
