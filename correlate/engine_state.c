// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine_state.h"

void engine_tell(const struct engine *engine, struct explanation explanation)
{
	const struct explain_sink *sink = &engine->options.explain;
	const struct process *process;

	if (!sink->accept)
		return;
	process = process_table_find(&engine->processes, explanation.pid);
	explanation.text = explain_text(explanation.reason);
	explanation.wall = engine->mono_to_wall ? engine->time + (uint64_t)engine->mono_to_wall : 0;
	if (process)
		explanation.service = process->resource->service_name;
	sink->accept(sink->context, &explanation);
}

void engine_explain(const struct engine *engine, enum explain_reason reason, uint64_t cookie, uint32_t pid,
		    const uint8_t *span_id)
{
	engine_tell(engine, (struct explanation){ .reason = reason, .cookie = cookie, .pid = pid, .span_id = span_id });
}
