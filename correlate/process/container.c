// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/container.h"

#include "base/ascii.h"

enum {
	CONTAINER_ID_LENGTH = 64,
	FARGATE_TASK_LENGTH = 32, /* ECS on Fargate: <32 hex>-<digits> */
};

static size_t hex_prefix(struct slice text)
{
	size_t length = 0;

	while (length < text.length && ascii_lower_hex_value(text.data[length]) >= 0)
		length++;
	return length;
}

static bool is_fargate_id(struct slice text)
{
	uint64_t number;

	return text.length > FARGATE_TASK_LENGTH + 1 && hex_prefix(text) == FARGATE_TASK_LENGTH &&
	       text.data[FARGATE_TASK_LENGTH] == '-' &&
	       slice_to_u64(slice_from(text, FARGATE_TASK_LENGTH + 1), &number);
}

static struct slice without_suffix(struct slice text, struct slice suffix)
{
	if (slice_ends_with(text, suffix))
		text.length -= suffix.length;
	return text;
}

/*
 * What may stand before the id in its segment: "docker-", "cri-containerd-",
 * "crio-", "libpod-", "...slice:cri-containerd:". Not the scopes of the
 * monitors beside the containers.
 */
static bool may_precede_id(struct slice prefix)
{
	if (!prefix.length)
		return true;
	if (prefix.data[prefix.length - 1] != '-' && prefix.data[prefix.length - 1] != ':')
		return false;
	return !slice_ends_with(prefix, SLICE_LITERAL("conmon-"));
}

static struct slice id_in_segment(struct slice segment)
{
	struct slice text = without_suffix(segment, SLICE_LITERAL(".scope"));

	text = without_suffix(text, SLICE_LITERAL(".service"));
	if (is_fargate_id(text))
		return text;
	if (text.length >= CONTAINER_ID_LENGTH) {
		struct slice prefix = slice_head(text, text.length - CONTAINER_ID_LENGTH);
		struct slice id = slice_from(text, prefix.length);

		if (hex_prefix(id) == CONTAINER_ID_LENGTH && may_precede_id(prefix))
			return id;
	}
	return slice_of(NULL, 0);
}

struct slice container_id_from_cgroup(struct slice cgroup)
{
	size_t end = cgroup.length;

	while (end > 0) {
		size_t begin = end;

		while (begin > 0 && cgroup.data[begin - 1] != '/')
			begin--;
		struct slice id = id_in_segment(slice_of(cgroup.data + begin, end - begin));

		if (id.length)
			return id;
		end = begin ? begin - 1 : 0;
	}
	return slice_of(NULL, 0);
}
