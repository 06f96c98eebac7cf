/* SPDX-License-Identifier: Apache-2.0 */
/* A process's argument vector, and what an interpreter's command line makes it run. */
#ifndef WIRESPAN_CORRELATE_PROCESS_ARGUMENTS_H
#define WIRESPAN_CORRELATE_PROCESS_ARGUMENTS_H

#include "base/slice.h"

#define ARGUMENTS_COUNT_MAX 64 /* what decides stands further in front */

struct argument_list {
	struct slice items[ARGUMENTS_COUNT_MAX];
	size_t count;
};

/*
 * Splits arguments as a record holds them. One that the record's limit may have
 * cut is left out, unless it is the first.
 */
void argument_list_split(struct argument_list *list, struct slice arguments);

/* How an interpreter reads its options. Lists end with NULL, and may be NULL. */
struct interpreter_options {
	const char *value_flags;        /* letters whose value is the rest of the argument, or the next one */
	const char *code_flags;         /* letters after which no script comes (-c CODE) */
	const char *module_flags;       /* letters whose value names a module */
	const char *script_flags;       /* letters whose value is the script */
	const char *const *value_words; /* long options whose value is the next argument */
	const char *const *code_words;  /* long options after which no script comes */
	const char *const *commands;    /* words skipped before the script ("run") */
};

enum interpreter_target { TARGET_NONE, TARGET_SCRIPT, TARGET_MODULE };

/*
 * What items[from...] make an interpreter run. *ret_next is the index behind the
 * result in the list; both are set except for TARGET_NONE.
 */
enum interpreter_target argument_list_target(const struct argument_list *list, size_t from,
					     const struct interpreter_options *options, struct slice *ret_target,
					     size_t *ret_next);

/*
 * Value of the first of the options `names` (list ending with NULL: "--app",
 * "-A") in items[from...], as "--app X", "--app=X" or "-AX". Empty where none.
 */
struct slice argument_list_option(const struct argument_list *list, size_t from, const char *const *names);

/* Whether `word` is in a list that ends with NULL (a NULL list is empty). */
bool word_in(struct slice word, const char *const *list);

#endif
