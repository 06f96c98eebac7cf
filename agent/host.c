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

static struct slice host_id(struct host *host)
{
	static const char *const paths[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		FILE *file = fopen(paths[i], "re");
		bool found = file && fgets(host->id, sizeof(host->id), file);

		if (file)
			fclose(file);
		if (found)
			return slice_head(slice_of_string(host->id), strcspn(host->id, "\r\n"));
	}
	return slice_of(NULL, 0);
}

void host_init(struct host *host)
{
	host->attribute_count = 0;
	if (uname(&host->names) == 0) {
		host_add(host, "host.name", slice_of_string(host->names.nodename));
		host_add(host, "host.arch", host_architecture(host->names.machine));
	}
	host_add(host, "host.id", host_id(host));
	host_add(host, "os.type", SLICE_LITERAL("linux"));
	host_add(host, "telemetry.sdk.name", SLICE_LITERAL("wirespan"));
	host_add(host, "telemetry.sdk.language", SLICE_LITERAL("c"));
	host_add(host, "telemetry.sdk.version", SLICE_LITERAL(WIRESPAN_VERSION));
}
