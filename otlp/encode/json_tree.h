/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON items made in scratch memory: one span has over a hundred, and cJSON's own
 * constructors would allocate each and its name. Such items must not be given
 * to cJSON_Delete; they are gone with scratch_reset. Adding to NULL returns NULL
 * and the scratch remembers a failed allocation, so only the end needs a check.
 */
#ifndef WIRESPAN_OTLP_ENCODE_JSON_TREE_H
#define WIRESPAN_OTLP_ENCODE_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "otlp/encode/scratch.h"

/* Adds an item of that cJSON type to `parent` (NULL: a new root). `name`: static text, NULL for an array's item. */
cJSON *json_add(struct scratch *scratch, cJSON *parent, const char *name, int type);
/* As scratch_text has it. */
void json_add_string(struct scratch *scratch, cJSON *parent, const char *name, struct slice text);
/* `text` is UTF-8, ends with NUL and lives as long as the tree. */
void json_add_text(struct scratch *scratch, cJSON *parent, const char *name, const char *text);
/* 32 bits, or an enumeration: a number. */
void json_add_integer(struct scratch *scratch, cJSON *parent, const char *name, uint32_t value);
/* 64 bits: a decimal string. */
void json_add_signed(struct scratch *scratch, cJSON *parent, const char *name, int64_t value);
void json_add_unsigned(struct scratch *scratch, cJSON *parent, const char *name, uint64_t value);
/* A number; "NaN", "Infinity", "-Infinity" as strings. */
void json_add_double(struct scratch *scratch, cJSON *parent, const char *name, double value);
void json_add_boolean(struct scratch *scratch, cJSON *parent, const char *name, bool value);
/* Lower-case hexadecimal. */
void json_add_hex(struct scratch *scratch, cJSON *parent, const char *name, const uint8_t *bytes, size_t count);

#endif
