// SPDX-License-Identifier: Apache-2.0
#include "agent/process/resources.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/uuid.h"
#include "correlate/process/process.h"

struct attribute *resources_shared(const struct otlp_config *config, const struct host *host, size_t *ret_count)
{
	size_t count = config->resource_attribute_count + host->attribute_count;
	struct attribute *shared = calloc(count + 1, sizeof(*shared));

	if (!shared)
		return NULL;
	if (config->resource_attribute_count)
		memcpy(shared, config->resource_attributes, config->resource_attribute_count * sizeof(*shared));
	memcpy(shared + config->resource_attribute_count, host->attributes, host->attribute_count * sizeof(*shared));
	*ret_count = count;
	return shared;
}

/* Empty when the kernel has no random bytes yet. */
static struct slice random_uuid(char text[UUID_TEXT_MAX])
{
	uint8_t bytes[UUID_SIZE];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return slice_of(NULL, 0);
	return uuid_format(bytes, 4, text);
}

static struct attribute text_attribute(const char *key, struct slice value)
{
	return (struct attribute){ .key = slice_of_string(key), .type = ATTRIBUTE_STRING, .string = value };
}

#define OWN_MAX 2
#define SERVICE_NAME_MAX 255 /* what is longer is cut */

struct resource *resources_self(const struct otlp_config *config, const struct attribute *shared, size_t shared_count)
{
	static const char variable[] = "OTEL_SERVICE_NAME=";
	char environment[sizeof(variable) + SERVICE_NAME_MAX + 1];
	char path[PATH_MAX], uuid_text[UUID_TEXT_MAX];
	ssize_t path_length = readlink("/proc/self/exe", path, sizeof(path));
	struct slice uuid = random_uuid(uuid_text);
	struct slice name = slice_head(slice_of_string(config->service_name), SERVICE_NAME_MAX);
	struct process_info info = { .pid = (uint32_t)getpid(), .parent_pid = (uint32_t)getppid() };
	struct attribute *extra = calloc(shared_count + OWN_MAX, sizeof(*extra));
	struct resource *resource;
	size_t count = shared_count;

	if (!extra)
		return NULL;
	/* First what the operator says, if only because all that is left has no other source. */
	memcpy(extra, shared, shared_count * sizeof(*extra));
	extra[count++] = text_attribute("service.version", SLICE_LITERAL(WIRESPAN_VERSION));
	if (uuid.length)
		extra[count++] = text_attribute("service.instance.id", uuid);
	while (!utf8_clean(name)) /* cut within a character */
		name.length--;
	snprintf(environment, sizeof(environment), "%s%.*s", variable, (int)name.length, name.data);
	/* As it is in a record, with the NUL that ends it. */
	info.environment = slice_of(environment, strlen(environment) + 1);
	info.executable = slice_of(path, path_length > 0 ? (size_t)path_length : 0);
	resource = resource_new(&info, extra, count);
	free(extra);
	return resource;
}
