// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/identity.h"

#include <stdlib.h>
#include <string.h>

#include "correlate/process/process.h"

static struct process_identity *identity_allocate(size_t size)
{
	struct process_identity *identity = calloc(1, offsetof(struct process_identity, record) + size);

	if (!identity)
		return NULL;
	identity->references = 1;
	identity->size = size;
	return identity;
}

struct process_identity *process_identity_new(const struct record_process *record)
{
	struct process_identity *identity = identity_allocate(record->header.size);

	if (identity)
		memcpy(&identity->record, record, record->header.size);
	return identity;
}

static char *append(char *at, struct slice text)
{
	if (text.length)
		memcpy(at, text.data, text.length);
	return at + text.length;
}

struct process_identity *process_identity_new_with(const struct process_identity *old,
						   const struct record_detail *detail)
{
	struct slice arguments = slice_of(detail + 1, detail->arguments_length);
	struct slice facts = slice_of(arguments.data + arguments.length, detail->facts_length);
	struct process_identity *identity;
	struct process_info info;
	size_t size;
	char *at;

	if (process_info_from_record(&old->record, old->size, &info) < 0)
		return NULL;
	if (!arguments.length)
		arguments = info.arguments;
	size = sizeof(identity->record) + info.executable.length + arguments.length + info.cgroup.length +
	       info.environment.length + facts.length + info.facts.length;
	size = (size + 7) & ~(size_t)7;
	if (size > RECORD_SIZE_MAX)
		return NULL;
	identity = identity_allocate(size);
	if (!identity)
		return NULL;
	identity->record = old->record;
	identity->record.header.size = (uint32_t)size;
	identity->record.arguments_length = (uint16_t)arguments.length;
	identity->record.facts_length = (uint16_t)(facts.length + info.facts.length);
	at = append((char *)(&identity->record + 1), info.executable);
	at = append(at, arguments);
	at = append(at, info.cgroup);
	at = append(at, info.environment);
	/* The first of a name counts. */
	at = append(at, facts);
	append(at, info.facts);
	return identity;
}

void process_identity_unref(struct process_identity *identity)
{
	if (identity && --identity->references == 0)
		free(identity);
}
