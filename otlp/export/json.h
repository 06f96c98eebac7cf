/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/JSON in a file. */
#ifndef WIRESPAN_OTLP_EXPORT_JSON_H
#define WIRESPAN_OTLP_EXPORT_JSON_H

#include "otlp/export/output.h"
#include "otlp/export/writer.h"

/* A request of so many ordinary spans is about 1 MB; real receivers take 4 MiB. */
#define JSON_REQUEST_SPANS_MAX 512

/*
 * An output of one ExportTraceServiceRequest per line. `writer` stays the caller's, and outlives it. Its counter:
 * "output_unread", spans that were not written as the writer's timeout was over: no error. 0 or negative errno.
 */
int output_json_new(struct writer *writer, const char *version, struct output **ret_output);

#endif
