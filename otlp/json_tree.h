/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON items made in an arena: one span has over a hundred, and cJSON's own
 * constructors would allocate each and its name. Such items must not be given
 * to cJSON_Delete; they are gone with arena_reset. Adding to NULL returns NULL
 * and a failed allocation is remembered, so only the end needs a check.
 */
#ifndef WIRESPAN_OTLP_JSON_TREE_H
#define WIRESPAN_OTLP_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "otlp/arena.h"

struct json_tree {
	struct arena arena;
	bool failed; /* out of memory; cleared by json_tree_reset */
};

void json_tree_init(struct json_tree *tree);
void json_tree_done(struct json_tree *tree);
void json_tree_reset(struct json_tree *tree);

/* Adds an item of that cJSON type to `parent` (NULL: a new root). `name`: static text, NULL for an array's item. */
cJSON *json_add(struct json_tree *tree, cJSON *parent, const char *name, int type);
/* Bytes that are not UTF-8 become U+FFFD, NUL too. The text is copied. */
void json_add_string(struct json_tree *tree, cJSON *parent, const char *name, struct slice text);
/* `text` is UTF-8, ends with NUL and lives as long as the tree. */
void json_add_text(struct json_tree *tree, cJSON *parent, const char *name, const char *text);
void json_add_integer(struct json_tree *tree, cJSON *parent, const char *name, int value);
/* 64 bits: a decimal string. */
void json_add_signed(struct json_tree *tree, cJSON *parent, const char *name, int64_t value);
void json_add_unsigned(struct json_tree *tree, cJSON *parent, const char *name, uint64_t value);
/* A number; "NaN", "Infinity", "-Infinity" as strings. */
void json_add_double(struct json_tree *tree, cJSON *parent, const char *name, double value);
void json_add_boolean(struct json_tree *tree, cJSON *parent, const char *name, bool value);
/* Lower-case hexadecimal. */
void json_add_hex(struct json_tree *tree, cJSON *parent, const char *name, const uint8_t *bytes, size_t count);

#endif
