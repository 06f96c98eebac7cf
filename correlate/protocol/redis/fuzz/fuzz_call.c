// SPDX-License-Identifier: Apache-2.0
/*
 * Whatever is asked and answered, of arguments nothing is told. Input: commands and answers, made up by its bytes:
 * each has a name from the tables, or the marked argument itself, arguments that hold the mark, and an answer that
 * quotes it. Keys are shown where the first byte is odd; then only commands whose arguments are hidden hold the mark.
 */
#include <stdio.h>
#include <stdlib.h>

#include "correlate/protocol/redis/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARK "s3cr3t"
#define ENCODED_MAX 8192

struct input {
	const uint8_t *data;
	size_t size, at;
};

struct talk {
	bool show_keys;
	struct redis_session session;
	struct redis_command_reader command;
	struct redis_reply reply;
	struct resp_reader commands, replies;
	struct redis_call call;
	bool asked, answered, lost;
	char query[REDIS_QUERY_MAX];
};

static uint8_t next(struct input *input)
{
	return input->at < input->size ? input->data[input->at++] : 0;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void begin_command(void *context, uint64_t position)
{
	struct talk *talk = context;

	(void)position;
	talk->call = (struct redis_call){ .database = -1 };
	redis_command_begin(&talk->command, talk->show_keys ? talk->query : NULL);
}

static void command_item(void *context, const struct resp_item *item)
{
	struct talk *talk = context;

	redis_command_item(&talk->command, item);
}

static void end_command(void *context, uint64_t position)
{
	struct talk *talk = context;

	(void)position;
	redis_command_end(&talk->command);
	redis_session_command(&talk->session, &talk->command.command, &talk->call.wait);
	redis_call_ask(&talk->call, &talk->command.command, &talk->session, true);
	talk->call.query = slice_of(talk->query, talk->command.command.query_length);
	talk->asked = true;
}

static void begin_reply(void *context, uint64_t position)
{
	struct talk *talk = context;

	(void)position;
	redis_reply_begin(&talk->reply);
}

static void reply_item(void *context, const struct resp_item *item)
{
	struct talk *talk = context;

	redis_reply_item(&talk->reply, item);
}

static void end_reply(void *context, uint64_t position)
{
	struct talk *talk = context;
	int32_t database = talk->session.database;

	(void)position;
	redis_session_reply(&talk->session, &talk->call.wait, &talk->reply);
	redis_call_answer(&talk->call, &talk->reply, database, &talk->session);
	talk->answered = true;
}

static void on_lost(void *context, enum resp_lost reason)
{
	struct talk *talk = context;

	(void)reason;
	talk->lost = true;
}

static const struct resp_events command_events = { begin_command, command_item, end_command, on_lost };
static const struct resp_events reply_events = { begin_reply, reply_item, end_reply, on_lost };

static bool shows(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (slice_starts_with(slice_from(text, i), SLICE_LITERAL(MARK)))
			return true;
	return false;
}

static void check_span(const struct talk *talk)
{
	const struct record_connection connection = { .family = RECORD_FAMILY_INET };
	const struct db_span_context context = { .connection = &connection };
	const struct outcome outcome = { .request_complete = true, .response_complete = true };
	static char buffer[DB_SPAN_TEXT_MAX + REDIS_QUERY_MAX];
	static struct span span;
	struct text text = { .data = buffer, .size = sizeof(buffer) };

	span.attribute_count = 0;
	redis_call_fill(&talk->call, &outcome, SPAN_KIND_CLIENT, &context, &span, &text);
	require(!shows(span.name) && !shows(span.error_type));
	for (size_t i = 0; i < span.attribute_count; i++)
		require(span.attributes[i].type != ATTRIBUTE_STRING || !shows(span.attributes[i].string));
}

/* A name, perhaps with its second word; empty: the marked argument stands for it. */
static struct slice pick_name(struct input *input)
{
	size_t which = (size_t)next(input) << 8 | next(input);

	which %= redis_commands_count + redis_subcommands_count + redis_module_commands_count + 8;
	if (which < redis_commands_count)
		return redis_commands[which].name;
	which -= redis_commands_count;
	if (which < redis_subcommands_count)
		return redis_subcommands[which].name;
	which -= redis_subcommands_count;
	return which < redis_module_commands_count ? redis_module_commands[which].name : slice_of(NULL, 0);
}

struct encoded {
	size_t length, words;
	char text[ENCODED_MAX];
};

static void add_word(struct encoded *encoded, bool inlined, struct slice word)
{
	size_t left = sizeof(encoded->text) - encoded->length;
	int length = snprintf(encoded->text + encoded->length, left, inlined ? "%.0d\"%.*s\" " : "$%d\r\n%.*s\r\n",
			      inlined ? 0 : (int)word.length, (int)word.length, word.data);

	if (length > 0 && (size_t)length < left) {
		encoded->length += (size_t)length;
		encoded->words++;
	}
}

static void add_arguments(struct encoded *encoded, struct input *input, bool inlined, bool marks)
{
	static const char *const words[] = { MARK, "prefix:" MARK ":suffix", "AUTH", "AUTH2", "STREAMS", "2", "1",
					     "SET", "ON", "OFF", "SKIP", "1000000", "", "-1", MARK MARK MARK MARK MARK
					     MARK MARK MARK MARK MARK MARK MARK MARK MARK };
	unsigned int count = next(input) % 24;

	for (unsigned int i = 0; i < count; i++) {
		const char *word = words[next(input) % (sizeof(words) / sizeof(words[0]))];

		if (!marks && strstr(word, MARK))
			word = "key";
		add_word(encoded, inlined, slice_of_string(word));
	}
}

static void ask(struct talk *talk, struct input *input)
{
	struct slice name = pick_name(input);
	const struct redis_command_row *row = redis_command_find(name);
	bool inlined = next(input) & 1, marks = !talk->show_keys || !row || row->flags & REDIS_HIDDEN;
	size_t blank = slice_find(name, ' ');
	struct encoded encoded = { 0 };
	char header[32];

	add_word(&encoded, inlined, name.length ? slice_head(name, blank) : SLICE_LITERAL(MARK));
	if (blank < name.length)
		add_word(&encoded, inlined, slice_from(name, blank + 1));
	add_arguments(&encoded, input, inlined, marks);
	snprintf(header, sizeof(header), "*%zu\r\n", encoded.words);
	if (!inlined)
		resp_reader_bytes(&talk->commands, 0, slice_of_string(header));
	for (size_t i = 0; i < encoded.length; i++)
		resp_reader_bytes(&talk->commands, 0, slice_of(encoded.text + i, 1));
	if (inlined)
		resp_reader_bytes(&talk->commands, 0, SLICE_LITERAL("\r\n"));
}

static void answer(struct talk *talk, struct input *input)
{
	static const char *const replies[] = {
		"+OK\r\n", "-ERR unknown command '" MARK "'\r\n", "-" MARK " text\r\n", "!6\r\n" MARK "\r\n",
		"+" MARK "\r\n", "$6\r\n" MARK "\r\n", "*1\r\n-" MARK "\r\n", "*1\r\n-WRONGTYPE " MARK "\r\n",
		"*3\r\n$9\r\nsubscribe\r\n$6\r\n" MARK "\r\n:1\r\n", "*2\r\n$6\r\nserver\r\n$6\r\n" MARK "\r\n",
		">2\r\n+" MARK "\r\n+" MARK "\r\n", "$40\r\n# Server\r\nserver_name:" MARK "012345678901\r\n", ":1\r\n",
	};

	resp_reader_bytes(&talk->replies, 0,
			  slice_of_string(replies[next(input) % (sizeof(replies) / sizeof(replies[0]))]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk talk;
	struct input input = { .data = data, .size = size };

	memset(&talk, 0, sizeof(talk));
	talk.show_keys = next(&input) & 1;
	redis_session_init(&talk.session, true);
	resp_reader_init(&talk.commands, RESP_COMMANDS, &command_events, &talk);
	resp_reader_init(&talk.replies, RESP_REPLIES, &reply_events, &talk);
	while (input.at < input.size && !talk.lost) {
		talk.asked = talk.answered = false;
		ask(&talk, &input);
		require(talk.asked || talk.lost);
		check_span(&talk);
		answer(&talk, &input);
		check_span(&talk);
	}
	return 0;
}
