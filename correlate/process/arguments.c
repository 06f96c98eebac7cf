// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/arguments.h"

#include "bpf/record.h"

void argument_list_split(struct argument_list *list, struct slice arguments)
{
	/* The last one may be cut even where a NUL has been put behind it. */
	bool cut = arguments.length + 1 >= RECORD_ARGUMENTS_MAX;

	list->count = 0;
	while (arguments.length && list->count < ARGUMENTS_COUNT_MAX) {
		struct slice item = slice_head(arguments, slice_find(arguments, '\0'));

		arguments = slice_from(arguments, item.length + 1);
		if (cut && !arguments.length && list->count)
			return;
		list->items[list->count++] = item;
	}
}

bool word_in(struct slice word, const char *const *list)
{
	for (; list && *list; list++)
		if (slice_equal(word, slice_of_string(*list)))
			return true;
	return false;
}

static bool flag_in(char flag, const char *flags)
{
	return flags && flag && strchr(flags, flag);
}

/* Where reading the options stands. */
struct option_cursor {
	const struct argument_list *list;
	size_t next;
};

static bool cursor_take(struct option_cursor *cursor, struct slice *ret_item)
{
	if (cursor->next >= cursor->list->count)
		return false;
	*ret_item = cursor->list->items[cursor->next++];
	return true;
}

enum option_effect { EFFECT_CONTINUE, EFFECT_SCRIPT, EFFECT_MODULE, EFFECT_NONE };

/* One argument of joined letters: "-u", "-Wignore", "-um". */
static enum option_effect read_flags(struct option_cursor *cursor, struct slice item,
				     const struct interpreter_options *options, struct slice *ret_target)
{
	for (size_t i = 1; i < item.length; i++) {
		char flag = item.data[i];
		struct slice value = slice_from(item, i + 1);
		bool script = flag_in(flag, options->script_flags);
		bool module = flag_in(flag, options->module_flags);

		if (flag_in(flag, options->code_flags))
			return EFFECT_NONE;
		if (!script && !module && !flag_in(flag, options->value_flags))
			continue;
		if (!value.length && !cursor_take(cursor, &value))
			return EFFECT_NONE;
		if (!script && !module)
			return EFFECT_CONTINUE;
		*ret_target = value;
		return script ? EFFECT_SCRIPT : EFFECT_MODULE;
	}
	return EFFECT_CONTINUE;
}

static enum option_effect read_word(struct option_cursor *cursor, struct slice item,
				    const struct interpreter_options *options)
{
	struct slice name = slice_head(item, slice_find(item, '='));
	struct slice value;

	if (word_in(name, options->code_words))
		return EFFECT_NONE;
	if (name.length == item.length && word_in(name, options->value_words))
		cursor_take(cursor, &value);
	return EFFECT_CONTINUE;
}

enum interpreter_target argument_list_target(const struct argument_list *list, size_t from,
					     const struct interpreter_options *options, struct slice *ret_target,
					     size_t *ret_next)
{
	struct option_cursor cursor = { list, from };
	enum option_effect effect = EFFECT_CONTINUE;
	bool options_ended = false;
	struct slice item, target;

	while (effect == EFFECT_CONTINUE && cursor_take(&cursor, &item)) {
		if (!options_ended && slice_equal(item, SLICE_LITERAL("--"))) {
			options_ended = true;
		} else if (!options_ended && slice_starts_with(item, SLICE_LITERAL("--"))) {
			effect = read_word(&cursor, item, options);
		} else if (!options_ended && item.length > 1 && (item.data[0] == '-' || item.data[0] == '+')) {
			effect = read_flags(&cursor, item, options, &target);
		} else if (!word_in(item, options->commands)) {
			target = item;
			/* "-" is standard input. */
			effect = !item.length || slice_equal(item, SLICE_LITERAL("-")) ? EFFECT_NONE : EFFECT_SCRIPT;
		}
	}
	if (effect != EFFECT_SCRIPT && effect != EFFECT_MODULE)
		return TARGET_NONE;
	*ret_target = target;
	*ret_next = cursor.next;
	return effect == EFFECT_SCRIPT ? TARGET_SCRIPT : TARGET_MODULE;
}

struct slice argument_list_option(const struct argument_list *list, size_t from, const char *const *names)
{
	for (size_t i = from; i < list->count; i++) {
		struct slice item = list->items[i];

		for (const char *const *name = names; *name; name++) {
			struct slice option = slice_of_string(*name);
			struct slice value = slice_from(item, option.length);

			if (!slice_starts_with(item, option))
				continue;
			if (!value.length)
				return i + 1 < list->count ? list->items[i + 1] : value;
			if (option.length == 2)
				return slice_from(value, value.data[0] == '=');
			if (value.data[0] == '=')
				return slice_from(value, 1);
		}
	}
	return slice_of(NULL, 0);
}
