/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_OTLP_CONSOLE_TRACE_TEXT_H
#define WIRESPAN_OTLP_CONSOLE_TRACE_TEXT_H

#include "base/buffer.h"
#include "correlate/span/span.h"
#include "otlp/console/text.h"
#include "otlp/encode/arena.h"

/*
 * Appends one trace for people: a line of title, then a line per span (offset,
 * tree and service, kind, name, path, server or database, status, duration, note), then an
 * empty line. Names, paths and notes are cut in their middle where the page is narrow; one
 * of less than some 60 columns may still be too narrow for a line. `arena` is for its own use. 0,
 * -ENOSPC or -ENOMEM: part may then have been appended.
 */
int trace_format(struct arena *arena, struct span *const *spans, size_t count, const struct text_page *page,
		 struct buffer *buffer);

#endif
