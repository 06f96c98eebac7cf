// SPDX-License-Identifier: Apache-2.0
#include "agent/host.h"

#include <stdio.h>

static void host_add(struct host *host, const char *key, struct slice value)
{
	if (value.length && host->attribute_count < HOST_ATTRIBUTES_MAX)
		host->attributes[host->attribute_count++] =
			(struct attribute){ slice_of_string(key), ATTRIBUTE_STRING, { .string = value } };
}

/* OpenTelemetry's names where they differ from uname's. */
static struct slice host_architecture(const char *machine)
{
	if (strcmp(machine, "x86_64") == 0)
		return SLICE_LITERAL("amd64");
	if (strcmp(machine, "aarch64") == 0)
		return SLICE_LITERAL("arm64");
	return slice_of_string(machine);
}

/* Leaves host->id empty where there is none. */
static void host_read_id(struct host *host)
{
	static const char *const paths[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };
	bool found = false;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !found; i++) {
		FILE *file = fopen(paths[i], "re");

		found = file && fgets(host->id, sizeof(host->id), file);
		if (file)
			fclose(file);
	}
	host->id[found ? strcspn(host->id, "\r\n") : 0] = '\0';
}

void host_describe(struct host *host, const char *name, const char *machine, const char *id)
{
	host->attribute_count = 0;
	host_add(host, "host.name", slice_of_string(name));
	host_add(host, "host.arch", host_architecture(machine));
	host_add(host, "host.id", slice_of_string(id));
	host_add(host, "os.type", SLICE_LITERAL("linux"));
	host_add(host, "telemetry.sdk.name", SLICE_LITERAL("wirespan"));
	host_add(host, "telemetry.sdk.language", SLICE_LITERAL("c"));
	host_add(host, "telemetry.sdk.version", SLICE_LITERAL(WIRESPAN_VERSION));
}

void host_init(struct host *host)
{
	if (uname(&host->names) < 0)
		memset(&host->names, 0, sizeof(host->names));
	host_read_id(host);
	host_describe(host, host->names.nodename, host->names.machine, host->id);
}
