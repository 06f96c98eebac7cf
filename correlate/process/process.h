/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a process record to an OpenTelemetry Resource: service name, process.*,
 * container.id. Pure: knows only the record.
 */
#ifndef WIRESPAN_CORRELATE_PROCESS_PROCESS_H
#define WIRESPAN_CORRELATE_PROCESS_PROCESS_H

#include "bpf/record.h"
#include "correlate/process/info.h"
#include "correlate/span/span.h"

/* -EBADMSG when lengths disagree with `size`. Times are left 0, and boot_id empty. */
int process_info_from_record(const struct record_process *record, size_t size, struct process_info *ret_info);

/*
 * Name of the service that this process is (docs/spans.md has the rules), copied into `buffer` as far
 * as it fits. Never empty ("unknown_service" at the worst).
 */
struct slice process_service_name(const struct process_info *info, char *buffer, size_t buffer_size);

/*
 * A new resource with one reference; NULL when out of memory. Attributes, keys
 * unique: what the record tells (process.*, container.id, service.name),
 * overridden by OTEL_RESOURCE_ATTRIBUTES of the process itself (but for
 * process.pid), then those of `extra` (host.*, os.type, telemetry.sdk.*) that
 * are not there yet. Everything is copied into one allocation: freeing the
 * struct frees all.
 */
struct resource *resource_new(const struct process_info *info, const struct attribute *extra, size_t extra_count);

#endif
