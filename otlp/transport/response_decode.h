/* SPDX-License-Identifier: Apache-2.0 */
/* A collector's answer out of its two encodings. */
#ifndef WIRESPAN_OTLP_TRANSPORT_RESPONSE_DECODE_H
#define WIRESPAN_OTLP_TRANSPORT_RESPONSE_DECODE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "otlp/encode/arena.h"

/* What an answer says, as raw as it came; all zero before it is read. */
struct response_view {
	int64_t rejected;
	struct slice message; /* lives until the view is done */
	union {
		cJSON *json;
		struct arena arena;
	};
};

/*
 * An Export*ServiceResponse of any signal (their numbers in protobuf are the same), or a
 * google.rpc.Status. `body` is not empty. False when it is none. Whatever the
 * result, the view needs to be done by its encoding's function.
 */
bool response_protobuf(struct slice body, struct response_view *ret);
bool status_protobuf(struct slice body, struct response_view *ret);
void view_protobuf_done(struct response_view *view);

bool response_json(struct slice body, struct response_view *ret);
bool status_json(struct slice body, struct response_view *ret);
void view_json_done(struct response_view *view);

#endif
