// SPDX-License-Identifier: Apache-2.0
#include "correlate/db/span.h"

#include "correlate/span/address.h"
#include "correlate/span/attributes.h"
#include "correlate/span/network.h"

/* "{operation} {target}", the target perhaps "[host]:port", and three addresses. */
_Static_assert(DB_SPAN_TEXT_MAX >= 2 * DB_NAME_PART_MAX + sizeof(" []:65535") + 3 * ADDRESS_TEXT_MAX, "all texts fit");

/* What the parts of one span share. */
struct fill {
	const struct db_call *call;
	const struct db_span_context *context;
	struct span *span;
	struct text *text;
	struct slice server; /* its name or address; empty of a Unix socket */
	uint16_t port;
};

static void add_text(struct fill *fill, const char *key, struct slice value)
{
	if (value.length)
		span_add_string(fill->span, key, value);
}

/* A text's first bytes, without part of a character. */
static struct slice head_of(struct slice text, size_t max)
{
	size_t length = max;

	if (text.length <= max)
		return text;
	/* A character has up to three bytes that go on. */
	for (int i = 0; i < 3 && length && ((unsigned char)text.data[length] & 0xc0) == 0x80; i++)
		length--;
	return slice_head(text, ((unsigned char)text.data[length] & 0xc0) == 0x80 ? max : length);
}

static void find_server(struct fill *fill)
{
	const struct record_connection *connection = fill->context->connection;
	bool here = fill->span->kind == SPAN_KIND_SERVER;

	fill->port = here ? connection->local_port : connection->remote_port;
	fill->server = fill->call->server_name;
	if (!fill->server.length)
		fill->server = network_address(fill->text, connection->family,
					       here ? connection->local_address : connection->remote_address);
}

/* What a call is aimed at, the nearest; empty: the server as a whole. */
static struct slice target(const struct db_call *call)
{
	if (call->collection.length)
		return call->collection;
	if (call->stored_procedure.length)
		return call->stored_procedure;
	return call->system->numbered_namespaces ? slice_of(NULL, 0) : call->namespace;
}

static void append_target(struct fill *fill)
{
	struct slice named = target(fill->call);

	if (named.length)
		text_append(fill->text, head_of(named, DB_NAME_PART_MAX));
	else if (fill->server.length)
		network_append_place(fill->text, head_of(fill->server, DB_NAME_PART_MAX), fill->port);
}

/* The summary; else operation and target, or the one of them that there is; else the system. */
static void set_name(struct fill *fill)
{
	const struct db_call *call = fill->call;
	struct span *span = fill->span;

	span->name = head_of(call->query_summary, DB_NAME_PART_MAX);
	if (span->name.length)
		return;
	text_begin(fill->text);
	text_append(fill->text, head_of(call->operation, DB_NAME_PART_MAX));
	if (call->operation.length && (target(call).length || fill->server.length))
		text_append(fill->text, SLICE_LITERAL(" "));
	append_target(fill);
	span->name = text_end(fill->text);
	if (!span->name.length)
		span->name = call->system->name;
}

/* Before what says less of it, which goes first where there are too many attributes. */
static void add_call(struct fill *fill)
{
	const struct db_call *call = fill->call;

	span_add_string(fill->span, "db.system.name", call->system->name);
	add_text(fill, "db.namespace", call->namespace);
	add_text(fill, "db.collection.name", call->collection);
	add_text(fill, "db.operation.name", call->operation);
	if (call->batch_size > 1)
		span_add_integer(fill->span, "db.operation.batch.size", (int64_t)call->batch_size);
	add_text(fill, "db.stored_procedure.name", call->stored_procedure);
	add_text(fill, "db.query.summary", call->query_summary);
	add_text(fill, "db.query.text", head_of(call->query_text, DB_QUERY_TEXT_MAX));
}

static void add_outcome(struct fill *fill)
{
	const struct db_call *call = fill->call;
	struct span *span = fill->span;

	span->status = SPAN_STATUS_UNSET;
	span->error_type = call->error_type;
	add_text(fill, "db.response.status_code", call->status_code);
	if (!span->error_type.length && call->failed)
		span->error_type = call->status_code.length ? call->status_code : SLICE_LITERAL("_OTHER");
	if (span->error_type.length) {
		span->status = SPAN_STATUS_ERROR;
		span_add_string(span, "error.type", span->error_type);
	}
}

static void add_server(struct fill *fill)
{
	if (!fill->server.length)
		return;
	span_add_string(fill->span, "server.address", fill->server);
	if (fill->port != fill->call->system->port)
		span_add_integer(fill->span, "server.port", fill->port);
}

void db_span_fill(const struct db_call *call, enum span_kind kind, const struct db_span_context *context,
		  struct span *span, struct text *text)
{
	struct fill fill = { .call = call, .context = context, .span = span, .text = text };

	span->kind = kind;
	find_server(&fill);
	set_name(&fill);
	add_call(&fill);
	add_outcome(&fill);
	add_server(&fill);
	network_add(span, text, context->connection, call->protocol_version);
	span_add_integer(span, "process.pid", context->pid);
	span_add_integer(span, "thread.id", context->tid);
}
