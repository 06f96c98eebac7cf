/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, by the letter of OpenTelemetry's
 * "Resource SDK": those of the agent, and those of the processes that it traces. And the lists
 * that other variables hold, too.
 */
#ifndef WIRESPAN_BASE_RESOURCE_VARIABLES_H
#define WIRESPAN_BASE_RESOURCE_VARIABLES_H

#include "base/slice.h"

#define RESOURCE_ATTRIBUTES_MAX 128

struct resource_attribute {
	struct slice key; /* not empty; UTF-8 without NUL, as is the value */
	struct slice value;
};

/* Takes the next member that is not blank off a list; false where there is none. */
bool list_member_next(struct slice *rest, struct slice *ret_member);
/* "key=value" at the first '=', both without blanks around; false where there is none, or no key. */
bool list_member_split(struct slice member, struct slice *ret_key, struct slice *ret_value);

/*
 * Parses OTEL_RESOURCE_ATTRIBUTES: "key=value,..." as W3C Baggage writes it, percent-decoded
 * into `text`, which has room for list.length bytes and which the result points into. Of two
 * with one key the last stays, in the place of the first. 0; any error discards all of them:
 * -EINVAL where a member is not what it should be (*ret_member is its number, from 1), -ENOSPC
 * where there are too many.
 */
int resource_attributes_parse(struct slice list, char *text,
			      struct resource_attribute ret_attributes[RESOURCE_ATTRIBUTES_MAX], size_t *ret_count,
			      size_t *ret_member);

/*
 * The name that OTEL_SERVICE_NAME gives, a view without the blanks around; empty: none. 0;
 * -EINVAL where it is not UTF-8 (or has a NUL).
 */
int service_name_parse(struct slice value, struct slice *ret_name);

#endif
