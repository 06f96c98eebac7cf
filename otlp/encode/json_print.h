/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of cJSON items as text. */
#ifndef WIRESPAN_OTLP_ENCODE_JSON_PRINT_H
#define WIRESPAN_OTLP_ENCODE_JSON_PRINT_H

#include <cjson/cJSON.h>

#include "otlp/encode/encoding.h"

/* The finished request as the encoder's body. */
int json_print(struct encoder *encoder, cJSON *root, struct slice *ret_body);

#endif
