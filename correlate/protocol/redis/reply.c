// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/reply.h"

void redis_reply_begin(struct redis_reply *reply)
{
	*reply = (struct redis_reply){ .subscriptions = -1 };
}

struct word {
	struct slice text;
	enum redis_word word;
};

static const struct word firsts[] = {
	{ SLICE_LITERAL("message"), REDIS_WORD_MESSAGE },
	{ SLICE_LITERAL("pmessage"), REDIS_WORD_MESSAGE },
	{ SLICE_LITERAL("smessage"), REDIS_WORD_MESSAGE },
	{ SLICE_LITERAL("subscribe"), REDIS_WORD_SUBSCRIBE },
	{ SLICE_LITERAL("psubscribe"), REDIS_WORD_PSUBSCRIBE },
	{ SLICE_LITERAL("ssubscribe"), REDIS_WORD_SSUBSCRIBE },
	{ SLICE_LITERAL("unsubscribe"), REDIS_WORD_UNSUBSCRIBE },
	{ SLICE_LITERAL("punsubscribe"), REDIS_WORD_PUNSUBSCRIBE },
	{ SLICE_LITERAL("sunsubscribe"), REDIS_WORD_SUNSUBSCRIBE },
};

static enum redis_word word_of(struct slice text)
{
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		if (slice_equal(firsts[i].text, text))
			return firsts[i].word;
	return REDIS_WORD_OTHER;
}

/* "1339518083.107412 [0 127.0.0.1:60866] ...": no other status begins like that. */
static bool is_monitored(struct slice text)
{
	size_t seconds = slice_find(text, '.');
	size_t blank = slice_find(text, ' ');
	uint64_t number;

	return seconds < blank && blank + 1 < text.length && text.data[blank + 1] == '[' &&
	       slice_to_u64(slice_head(text, seconds), &number) &&
	       slice_to_u64(slice_from(slice_head(text, blank), seconds + 1), &number);
}

/* An error begins with a word in capitals that programs compare; all else of it may quote what was asked. */
static void take_prefix(struct redis_prefix *prefix, struct slice text)
{
	size_t length = slice_find(text, ' ');

	if (length < 2 || length > REDIS_PREFIX_MAX)
		return;
	for (size_t i = 0; i < length; i++)
		if (!(text.data[i] >= 'A' && text.data[i] <= 'Z') && !(text.data[i] == '_' && i > 0))
			return;
	memcpy(prefix->text, text.data, length);
	prefix->length = (uint8_t)length;
}

/* What INFO says of the server is its first section: "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\n". */
static enum redis_system system_of_info(struct slice text)
{
	const struct slice valkey = SLICE_LITERAL("\nserver_name:valkey");

	if (!slice_starts_with(text, SLICE_LITERAL("# Server")))
		return REDIS_SYSTEM_UNTOLD;
	for (size_t i = 0; i < text.length; i++)
		if (slice_starts_with(slice_from(text, i), valkey))
			return REDIS_SYSTEM_VALKEY;
	return REDIS_SYSTEM_REDIS;
}

static void take_value(struct redis_reply *reply, const struct resp_item *item)
{
	reply->type = item->type;
	reply->null = item->null;
	reply->error = item->type == '-' || item->type == '!';
	if (reply->error)
		take_prefix(&reply->prefix, item->text);
	else if (item->type == '+' && slice_equal(item->text, SLICE_LITERAL("QUEUED")))
		reply->word = REDIS_WORD_QUEUED;
	else if (item->type == '+' && is_monitored(item->text))
		reply->word = REDIS_WORD_MONITORED;
	else if (item->type == '$' || item->type == '=')
		reply->system = system_of_info(item->type == '=' ? slice_from(item->text, 4) : item->text);
}

static uint32_t hash(uint32_t seed, const struct resp_item *item)
{
	uint32_t value = 2166136261u ^ seed ^ (uint32_t)item->length;

	for (size_t i = 0; i < item->text.length; i++)
		value = (value ^ (unsigned char)item->text.data[i]) * 16777619u;
	return value;
}

static void take_channel(struct redis_reply *reply, const struct resp_item *item)
{
	if (item->index == 1) {
		reply->no_channel = item->null;
		reply->channel = hash(redis_word_kind(reply->word), item);
	} else if (item->index == 2 && item->type == ':') {
		reply->subscriptions = item->number;
	}
}

enum { KEY_NONE, KEY_SERVER, KEY_PROTOCOL };

/* Pairs as HELLO answers them, whether or not it is its answer. */
static void take_pair(struct redis_reply *reply, const struct resp_item *item)
{
	if (item->index % 2 == 0) {
		reply->key = KEY_NONE;
		if (slice_equal(item->text, SLICE_LITERAL("server")))
			reply->key = KEY_SERVER;
		else if (slice_equal(item->text, SLICE_LITERAL("proto")))
			reply->key = KEY_PROTOCOL;
	} else if (reply->key == KEY_SERVER) {
		bool valkey = slice_equal(item->text, SLICE_LITERAL("valkey"));

		reply->system = valkey ? REDIS_SYSTEM_VALKEY : REDIS_SYSTEM_REDIS;
	} else if (reply->key == KEY_PROTOCOL && item->type == ':' && (item->number == 2 || item->number == 3)) {
		reply->protocol = (uint8_t)item->number;
	}
}

void redis_reply_item(struct redis_reply *reply, const struct resp_item *item)
{
	if (item->depth == 0) {
		take_value(reply, item);
		return;
	}
	if (item->type == '-' || item->type == '!') {
		if (!reply->item_error)
			take_prefix(&reply->prefix, item->text);
		reply->item_error = true;
		return;
	}
	if (item->index == 0 && (reply->type == '*' || reply->type == '>') && item->length == item->text.length)
		reply->word = word_of(item->text);
	if (reply->word >= REDIS_WORD_SUBSCRIBE)
		take_channel(reply, item);
	else if (item->index < 16)
		take_pair(reply, item);
}

bool redis_reply_fits(const struct redis_reply *reply, const struct redis_command_row *row)
{
	static const char *const types[] = {
		[REDIS_FITS_STATUS] = "+",
		[REDIS_FITS_INTEGER] = ":#",
		[REDIS_FITS_BULK] = "$=,(",
		[REDIS_FITS_AGGREGATE] = "*%~",
	};

	if (reply->type == '>')
		return false;
	if (!row || row->fits == REDIS_FITS_ANY || reply->error || reply->null || reply->word == REDIS_WORD_QUEUED)
		return true;
	return strchr(types[row->fits], reply->type) != NULL;
}
