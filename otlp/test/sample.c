// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* memfd_create */
#include "otlp/test/sample.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct resource *sample_resource(const char *service, uint32_t pid)
{
	struct resource *resource = calloc(1, sizeof(*resource) + 2 * sizeof(struct attribute));

	if (!resource)
		abort();
	resource->references = 1;
	resource->service_name = slice_of_string(service);
	resource->pid = pid;
	resource->attribute_count = 2;
	resource->attributes = (struct attribute *)(resource + 1);
	resource->attributes[0] = (struct attribute){
		.key = SLICE_LITERAL("service.name"), .type = ATTRIBUTE_STRING, .string = resource->service_name };
	resource->attributes[1] = (struct attribute){
		.key = SLICE_LITERAL("process.pid"), .type = ATTRIBUTE_INTEGER, .integer = pid };
	return resource;
}

struct span sample_span(struct resource *resource, uint8_t trace, uint8_t id, uint8_t parent, enum span_kind kind,
			const char *name, uint64_t start, uint64_t duration)
{
	struct span span = { .resource = resource, .kind = kind, .flags = 1, .name = slice_of_string(name) };

	span.trace_id[0] = 0x4b;
	span.trace_id[15] = trace;
	span.span_id[0] = 0xf0;
	span.span_id[7] = id;
	if (parent) {
		span.parent_span_id[0] = 0xf0;
		span.parent_span_id[7] = parent;
	}
	span.start = SAMPLE_EPOCH + start * 1000;
	span.end = span.start + duration * 1000;
	return span;
}

static void add(struct span *span, const char *key, struct attribute attribute)
{
	attribute.key = slice_of_string(key);
	span->attributes[span->attribute_count++] = attribute;
}

void sample_string(struct span *span, const char *key, const char *value)
{
	add(span, key, (struct attribute){ .type = ATTRIBUTE_STRING, .string = slice_of_string(value) });
}

void sample_integer(struct span *span, const char *key, int64_t value)
{
	add(span, key, (struct attribute){ .type = ATTRIBUTE_INTEGER, .integer = value });
}

static void add_double(struct span *span, const char *key, double value)
{
	add(span, key, (struct attribute){ .type = ATTRIBUTE_DOUBLE, .number = value });
}

struct span sample_http(struct resource *resource, uint8_t trace, uint8_t id)
{
	struct span span = sample_span(resource, trace, id, 0, SPAN_KIND_SERVER, "GET /users/{id}", 0, 1234);

	sample_string(&span, "http.request.method", "GET");
	sample_string(&span, "url.path", "/users/4711");
	sample_string(&span, "url.scheme", "http");
	sample_string(&span, "url.query", "verbose=1&page=2");
	sample_string(&span, "http.route", "/users/{id}");
	sample_integer(&span, "http.response.status_code", 200);
	sample_string(&span, "server.address", "shop.example");
	sample_integer(&span, "server.port", 8080);
	sample_string(&span, "client.address", "192.0.2.17");
	sample_string(&span, "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101");
	sample_string(&span, "network.protocol.version", "1.1");
	sample_string(&span, "network.transport", "tcp");
	sample_string(&span, "network.peer.address", "127.0.0.1");
	sample_integer(&span, "network.peer.port", 51234);
	sample_string(&span, "network.local.address", "127.0.0.1");
	sample_integer(&span, "network.local.port", 8080);
	sample_integer(&span, "http.request.size", 212);
	sample_integer(&span, "http.response.size", 4096);
	sample_integer(&span, "http.response.body.size", 3900);
	sample_integer(&span, "process.pid", 4242);
	sample_integer(&span, "thread.id", 4243);
	sample_string(&span, "wirespan.link.evidence", "connection");
	sample_string(&span, "wirespan.route.inferred", "true");
	add_double(&span, "wirespan.queue_time", 0.000012345);
	add_double(&span, "wirespan.time_to_first_byte", 0.001034567);
	return span;
}

struct span sample_redis(struct resource *resource, uint8_t id, uint8_t parent, enum span_kind kind,
			 const char *operation, const char *error)
{
	struct span span = sample_span(resource, 1, id, parent, kind, "redis", 0, 1000);
	bool server = kind == SPAN_KIND_SERVER;

	sample_string(&span, "db.system.name", "redis");
	sample_string(&span, "db.namespace", "0");
	sample_string(&span, "db.operation.name", operation);
	if (error) {
		sample_string(&span, "db.response.status_code", error);
		sample_string(&span, "error.type", error);
		span.error_type = slice_of_string(error);
		span.status = SPAN_STATUS_ERROR;
	}
	sample_string(&span, "server.address", "127.0.0.1");
	sample_string(&span, "network.peer.address", "127.0.0.1");
	sample_integer(&span, "network.peer.port", server ? 51234 : 6379);
	sample_string(&span, "network.local.address", "127.0.0.1");
	sample_integer(&span, "network.local.port", server ? 6379 : 51234);
	return span;
}

int sample_file(void)
{
	int fd = memfd_create("wirespan-test", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	return fd;
}

char *sample_file_text(int fd)
{
	struct stat stat;
	char *text;

	if (fstat(fd, &stat) < 0)
		abort();
	text = malloc((size_t)stat.st_size + 1);
	if (!text || pread(fd, text, (size_t)stat.st_size, 0) != stat.st_size)
		abort();
	text[stat.st_size] = '\0';
	return text;
}
