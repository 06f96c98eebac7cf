// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/retry_after.h"

#include <curl/curl.h>

#include "base/clock.h"

/* The longest form, "Wednesday, 09-Nov-94 08:49:37 GMT", and some spaces. */
#define DATE_LENGTH_MAX 47

static bool all_digits(struct slice value)
{
	for (size_t i = 0; i < value.length; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
	}
	return value.length > 0;
}

/* curl_getdate takes much that is no HTTP-date ("20301231"), but each of those begins with a day's name. */
static bool names_day(struct slice value)
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (slice_equal_ignoring_case(slice_head(value, 3), slice_of_string(days[i])))
			return true;
	}
	return false;
}

uint64_t retry_after_read(struct slice value, uint64_t wall)
{
	char text[DATE_LENGTH_MAX + 1];
	uint64_t seconds;
	time_t date;

	value = slice_trim(value);
	if (all_digits(value)) {
		if (!slice_to_u64(value, &seconds) || seconds > RETRY_AFTER_MAX / NSEC_PER_SEC)
			return RETRY_AFTER_MAX;
		return seconds * NSEC_PER_SEC;
	}
	if (value.length > DATE_LENGTH_MAX || !names_day(value))
		return 0;
	memcpy(text, value.data, value.length);
	text[value.length] = '\0';
	date = curl_getdate(text, NULL);
	if (date < 0 || (uint64_t)date <= wall / NSEC_PER_SEC)
		return 0;
	/* Far dates have more nanoseconds than 64 bits. */
	seconds = (uint64_t)date - wall / NSEC_PER_SEC;
	if (seconds > RETRY_AFTER_MAX / NSEC_PER_SEC)
		return RETRY_AFTER_MAX;
	return seconds * NSEC_PER_SEC - wall % NSEC_PER_SEC;
}
