/* SPDX-License-Identifier: Apache-2.0 */
/* What a process says of itself in the OTEL_* variables of its environment. */
#ifndef WIRESPAN_CORRELATE_PROCESS_ENVIRONMENT_H
#define WIRESPAN_CORRELATE_PROCESS_ENVIRONMENT_H

#include "base/resource_variables.h"
#include "bpf/record.h"

/*
 * The value of a variable in `environment` (each "NAME=value" ended by NUL);
 * empty where it is not set, or cut off by the record's limit.
 */
struct slice environment_value(struct slice environment, struct slice name);

struct own_resource {
	struct slice service_name; /* OTEL_SERVICE_NAME, else service.name of the attributes; empty: none */
	struct resource_attribute attributes[RESOURCE_ATTRIBUTES_MAX];
	size_t attribute_count;
	bool bad_service_name; /* the variable is none that OpenTelemetry takes, and left out */
	bool bad_attributes;   /* likewise, as a whole; or the record holds only part of it */
	char text[RECORD_ENVIRONMENT_MAX]; /* what the attributes point into */
};

/* Reads both variables; the result also points into `environment`. */
void own_resource_read(struct slice environment, struct own_resource *ret_own);

#endif
