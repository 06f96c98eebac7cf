// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/retry.h"

#include <string.h>

bool said_contains(const struct said *said, const char *text)
{
	for (size_t i = 0; i < said->count; i++) {
		if (strncmp(said->texts[i], text, sizeof(said->texts[i]) - 1) == 0)
			return true;
	}
	return false;
}

bool said_before(struct said *said, const char *text)
{
	if (said->count == SAID_MAX || said_contains(said, text))
		return true;
	memccpy(said->texts[said->count], text, '\0', sizeof(said->texts[0]) - 1);
	said->count++;
	return false;
}

bool may_tell(uint64_t *told_until, uint64_t now)
{
	uint64_t begin = *told_until > now ? *told_until : now;

	if (begin - now > (TOLD_BURST - 1) * TOLD_INTERVAL)
		return false;
	*told_until = begin + TOLD_INTERVAL;
	return true;
}

void outage_extend(struct outage *outage, uint64_t now, uint64_t retry_after, uint64_t random)
{
	uint64_t half;

	if (!outage->failing) {
		*outage = (struct outage){ .failing = true, .since = now, .interval = DELIVERY_BACKOFF_FIRST };
	}
	half = outage->interval / 2;
	if (retry_after > DELIVERY_RETRY_AFTER_MAX)
		retry_after = DELIVERY_RETRY_AFTER_MAX;
	outage->retry_at = now + (retry_after ? retry_after : half + random % (half + 1));
	outage->interval = (uint64_t)((double)outage->interval * DELIVERY_BACKOFF_FACTOR);
	if (outage->interval > DELIVERY_BACKOFF_MAX)
		outage->interval = DELIVERY_BACKOFF_MAX;
}

void outage_end(struct outage *outage)
{
	*outage = (struct outage){ 0 };
}

void outage_hurry(struct outage *outage)
{
	outage->retry_at = 0;
	outage->interval = DELIVERY_BACKOFF_FIRST;
}
