// SPDX-License-Identifier: Apache-2.0
#include "agent/process/instrumented.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hashmap.h"
#include "base/log.h"
#include "bpf/config.h"

struct instrumented {
	struct hashmap *processes; /* by pid: struct entry */
	struct hashmap *said;      /* names of services; one more than may be said by name */
};

struct entry {
	enum instrumented_reason reason;
	uint8_t service_length, destination_length;
	char text[2 * INSTRUMENTED_TEXT_MAX]; /* the service, then the destination */
};

static const char known; /* what a name in `said` is mapped to */

struct instrumented *instrumented_new(void)
{
	struct instrumented *instrumented = calloc(1, sizeof(*instrumented));

	if (!instrumented)
		return NULL;
	instrumented->processes = hashmap_new(PROCESSES_MAX);
	instrumented->said = hashmap_new(INSTRUMENTED_SERVICES_MAX + 1);
	if (instrumented->processes && instrumented->said)
		return instrumented;
	instrumented_free(instrumented);
	return NULL;
}

void instrumented_free(struct instrumented *instrumented)
{
	if (!instrumented)
		return;
	hashmap_free(instrumented->processes, free);
	hashmap_free(instrumented->said, NULL);
	free(instrumented);
}

int instrumented_add(struct instrumented *instrumented, const struct instrumented_process *process)
{
	struct slice service = slice_head(process->service, INSTRUMENTED_TEXT_MAX);
	struct slice destination = slice_head(process->destination, INSTRUMENTED_TEXT_MAX);
	struct entry *entry = malloc(sizeof(*entry));
	int error;

	if (!entry)
		return -ENOMEM;
	entry->reason = process->reason;
	entry->service_length = (uint8_t)service.length;
	entry->destination_length = (uint8_t)destination.length;
	if (service.length)
		memcpy(entry->text, service.data, service.length);
	if (destination.length)
		memcpy(entry->text + service.length, destination.data, destination.length);
	/* Only now: what is added may be a view into what is removed. */
	instrumented_remove(instrumented, process->pid);
	error = hashmap_put(instrumented->processes, &process->pid, sizeof(process->pid), entry);
	if (error)
		free(entry);
	return error;
}

int instrumented_inherit(struct instrumented *instrumented, uint32_t parent, uint32_t child)
{
	struct instrumented_process process;

	if (!instrumented_find(instrumented, parent, &process))
		return 0;
	process.pid = child;
	return instrumented_add(instrumented, &process);
}

bool instrumented_find(const struct instrumented *instrumented, uint32_t pid, struct instrumented_process *ret_process)
{
	const struct entry *entry = hashmap_get(instrumented->processes, &pid, sizeof(pid));

	if (!entry)
		return false;
	*ret_process = (struct instrumented_process){
		.pid = pid,
		.reason = entry->reason,
		.service = slice_of(entry->text, entry->service_length),
		.destination = slice_of(entry->text + entry->service_length, entry->destination_length),
	};
	return true;
}

void instrumented_remove(struct instrumented *instrumented, uint32_t pid)
{
	free(hashmap_remove(instrumented->processes, &pid, sizeof(pid)));
}

/* For a terminal, whatever the process or its peer has put there. */
static void clean(struct slice text, char ret_clean[INSTRUMENTED_TEXT_MAX + 1])
{
	text = slice_head(text, INSTRUMENTED_TEXT_MAX);
	for (size_t i = 0; i < text.length; i++)
		ret_clean[i] = text.data[i] >= ' ' && text.data[i] <= '~' ? text.data[i] : '?';
	ret_clean[text.length] = '\0';
}

/* No more than is known; "(to host:port)" may follow. */
static const char *const reasons[] = {
	[INSTRUMENTED_SEEN] = "exports spans of its own",
	[INSTRUMENTED_SDK] = "is started with an OpenTelemetry SDK",
	[INSTRUMENTED_CONFIGURED] = "is named and told by its environment to export spans of its own",
};

bool instrumented_say(struct instrumented *instrumented, const struct instrumented_process *process)
{
	char service[INSTRUMENTED_TEXT_MAX + 1], destination[INSTRUMENTED_TEXT_MAX + 1];
	struct slice name = slice_head(process->service, INSTRUMENTED_TEXT_MAX);

	if (hashmap_get(instrumented->said, name.data, name.length) ||
	    hashmap_put(instrumented->said, name.data, name.length, (void *)&known))
		return false;
	if (hashmap_count(instrumented->said) > INSTRUMENTED_SERVICES_MAX) {
		log_warning("more than %d services export spans of their own: further ones are left out unsaid",
			    INSTRUMENTED_SERVICES_MAX);
		return false;
	}
	clean(process->service, service);
	clean(process->destination, destination);
	log_warning("%s (pid %u) %s%s%s%s: left out; --include-instrumented traces it all the same", service,
		    process->pid, reasons[process->reason], destination[0] ? " (to " : "", destination,
		    destination[0] ? ")" : "");
	return true;
}
