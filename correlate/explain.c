// SPDX-License-Identifier: Apache-2.0
#include "correlate/explain.h"

static const char *const texts[] = {
	[EXPLAIN_NOTHING] = "",
	[EXPLAIN_STREAM_GAP] = "records of it were lost; not read until the next proven head",
	[EXPLAIN_HEAD_TRUNCATED] = "a head was not copied whole; not read until the next proven head",
	[EXPLAIN_HEAD_UNPARSABLE] = "what should be a head is none; not read until the next proven head",
	[EXPLAIN_FRAMING] = "the end of a message cannot be proven; not read until the next proven head",
	[EXPLAIN_MEMORY] = "no memory left for what it says; not read until the next proven head",
	[EXPLAIN_RESPONSE_UNPAIRED] = "a response whose request was not seen",
	[EXPLAIN_UNSOLICITED] = "an answer that no request had asked for",
	[EXPLAIN_JOINED_LATE] = "it is older than the agent; not read until the next proven head",
	[EXPLAIN_CONNECTION_LIMIT] = "forgotten: too many connections",
	[EXPLAIN_TUNNEL] = "no longer HTTP",
	[EXPLAIN_NOT_REDIS] = "it is not read: what looked like Redis was answered otherwise",
	[EXPLAIN_UNREAD] = "it is not read, as it is not HTTP/1",
	[EXPLAIN_REQUEST_UNPAIRED] = "a request is dropped: its response cannot be told",
	[EXPLAIN_REQUEST_MEMORY] = "a request is dropped: no memory left for what it says",
	[EXPLAIN_PIPELINE_LIMIT] = "a request is dropped: too many before it are unanswered",
	[EXPLAIN_REQUEST_INCOMPLETE] = "no request: its head was answered, or the connection over, before it was whole",
	[EXPLAIN_NO_CONTEXT] = "no parent: its process was not seen to serve, and it has no traceparent",
	[EXPLAIN_NO_SENDER] = "no parent: its sender was not found, and it has no traceparent",
	[EXPLAIN_NO_REQUEST] = "no parent: its process served no request when it began, and it has no traceparent",
	[EXPLAIN_PARENT_UNREAD] = "no parent: its process served a FastCGI request when it began, which is not read",
	[EXPLAIN_PARENT_PROTOCOL] = "no parent: its process serves connections that are not read",
	[EXPLAIN_PARENT_ELSEWHERE] = "no parent: other threads of its process served requests when it began",
	[EXPLAIN_PARENT_AMBIGUOUS] = "no parent: its thread may have served several requests when it began",
	[EXPLAIN_PARENT_THREADS] = "no parent: its process hands requests from thread to thread",
	[EXPLAIN_PARENT_LOOP] = "no parent: its thread may be an event loop's, and do other work meanwhile",
	[EXPLAIN_PARENT_OLDER] = "no parent: its process has connections older than the agent that were not heard of yet",
	[EXPLAIN_PARENT_LOSS] = "no parent: records were lost that might contradict the one that is likely",
	[EXPLAIN_PARENT_GONE] = "no parent: the request that its thread served was lost sight of, or had ended",
	[EXPLAIN_PARENT_UNPROVEN] = "no parent: what its thread served was not proven to be a request in time",
	[EXPLAIN_PARENT_IGNORED] = "no parent: the request that caused it is left out",
	[EXPLAIN_REQUEST_LOST] = "no parent: records were lost that might have told of a request that caused it",
	[EXPLAIN_SERVICE_NAME] = "its OTEL_SERVICE_NAME is left out: it is not UTF-8, or too long",
	[EXPLAIN_RESOURCE_ATTRIBUTES] =
		"its OTEL_RESOURCE_ATTRIBUTES is left out as a whole: not all of it is KEY=VALUE in UTF-8, or it is too long",
};
_Static_assert(sizeof(texts) / sizeof(texts[0]) == EXPLAIN_COUNT, "every reason has a text");

static const struct slice missing[EXPLAIN_COUNT] = {
	[EXPLAIN_NO_REQUEST] = SLICE_LITERAL("no_request"),
	[EXPLAIN_PARENT_UNREAD] = SLICE_LITERAL("unread_request"),
	[EXPLAIN_PARENT_PROTOCOL] = SLICE_LITERAL("unread_protocol"),
	[EXPLAIN_PARENT_ELSEWHERE] = SLICE_LITERAL("other_thread"),
	[EXPLAIN_PARENT_AMBIGUOUS] = SLICE_LITERAL("several_requests"),
	[EXPLAIN_PARENT_THREADS] = SLICE_LITERAL("shared_threads"),
	[EXPLAIN_PARENT_LOOP] = SLICE_LITERAL("event_loop"),
	[EXPLAIN_PARENT_OLDER] = SLICE_LITERAL("attached_late"),
	[EXPLAIN_PARENT_LOSS] = SLICE_LITERAL("loss"),
	[EXPLAIN_PARENT_GONE] = SLICE_LITERAL("request_gone"),
	[EXPLAIN_PARENT_UNPROVEN] = SLICE_LITERAL("request_unproven"),
	[EXPLAIN_PARENT_IGNORED] = SLICE_LITERAL("left_out"),
	[EXPLAIN_REQUEST_LOST] = SLICE_LITERAL("loss"),
};

const char *explain_text(enum explain_reason reason)
{
	return texts[reason];
}

struct slice explain_missing(enum explain_reason reason)
{
	return missing[reason];
}
