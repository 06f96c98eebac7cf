// SPDX-License-Identifier: Apache-2.0
#include "agent/process/host.h"

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

/* The first line of a file, empty where there is none. Whether there is one. */
static bool read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool found = file && fgets(line, size, file);

	if (file)
		fclose(file);
	line[found ? strcspn(line, "\r\n") : 0] = '\0';
	return found;
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
	if (!read_line("/etc/machine-id", host->id, sizeof(host->id)))
		read_line("/var/lib/dbus/machine-id", host->id, sizeof(host->id));
	read_line("/proc/sys/kernel/random/boot_id", host->boot_id, sizeof(host->boot_id));
	host_describe(host, host->names.nodename, host->names.machine, host->id);
}
