/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of this host in every Resource. */
#ifndef WIRESPAN_AGENT_PROCESS_HOST_H
#define WIRESPAN_AGENT_PROCESS_HOST_H

#include <stddef.h>
#include <sys/utsname.h>

#include "correlate/span/span.h"

#define HOST_ATTRIBUTES_MAX 8

struct host {
	struct attribute attributes[HOST_ATTRIBUTES_MAX];
	size_t attribute_count;
	struct utsname names;
	char id[64];
	char boot_id[64]; /* of this run of it; empty where unknown */
};

/* Fills in host.name, host.id, host.arch, os.type and telemetry.sdk.*, and boot_id; `host` stays where it is. */
void host_init(struct host *host);
/* The same of another host, by uname's names and its machine id; they outlive `host`. boot_id stays as it is. What is empty is not known. */
void host_describe(struct host *host, const char *name, const char *machine, const char *id);

#endif
