/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a reply, or of what comes without being asked for. Pure; no text of an error but its prefix. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_REPLY_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_REPLY_H

#include "correlate/protocol/redis/command_rows.h"
#include "correlate/protocol/redis/resp.h"

#define REDIS_PREFIX_MAX 24 /* an error's longest prefix, twice that of any of Redis' own */

/* What a simple string says, or the first item of an array or push. */
enum redis_word {
	REDIS_WORD_OTHER,
	REDIS_WORD_QUEUED,
	REDIS_WORD_MONITORED, /* a line of MONITOR: a time, a database, a client */
	REDIS_WORD_MESSAGE,   /* also of patterns and shards */
	REDIS_WORD_SUBSCRIBE, /* these three in the order of enum redis_channel_kind */
	REDIS_WORD_PSUBSCRIBE,
	REDIS_WORD_SSUBSCRIBE,
	REDIS_WORD_UNSUBSCRIBE, /* likewise */
	REDIS_WORD_PUNSUBSCRIBE,
	REDIS_WORD_SUNSUBSCRIBE,
};

enum redis_channel_kind { REDIS_CHANNELS, REDIS_PATTERNS, REDIS_SHARD_CHANNELS, REDIS_CHANNEL_KINDS };

/* As far as HELLO and INFO tell. */
enum redis_system { REDIS_SYSTEM_UNTOLD, REDIS_SYSTEM_REDIS, REDIS_SYSTEM_VALKEY };

struct redis_prefix {
	uint8_t length; /* 0: none that is well-formed */
	char text[REDIS_PREFIX_MAX];
};

struct redis_reply {
	char type;
	bool null;
	bool error;      /* it is one */
	bool item_error; /* an item of it is one */
	uint8_t word;    /* enum redis_word */
	uint8_t system;  /* enum redis_system */
	uint8_t key;     /* of HELLO's map: whose value comes next */
	uint8_t protocol; /* as HELLO's answer says; 0: it does not */
	bool no_channel;  /* of (un)subscriptions: that field is null */
	uint32_t channel; /* its hash, with the word's kind */
	int64_t subscriptions; /* that are left, as the third item says; -1: it does not */
	struct redis_prefix prefix; /* of the error, or of the first item that is one */
};

void redis_reply_begin(struct redis_reply *reply);
/* An item of the reply, in order (resp.h). */
void redis_reply_item(struct redis_reply *reply, const struct resp_item *item);

/* Whether it may answer this command, by its type; NULL fits all. */
bool redis_reply_fits(const struct redis_reply *reply, const struct redis_command_row *row);

/* Of words about subscriptions. */
static inline bool redis_word_subscribes(enum redis_word word)
{
	return word >= REDIS_WORD_SUBSCRIBE && word <= REDIS_WORD_SSUBSCRIBE;
}

static inline bool redis_word_unsubscribes(enum redis_word word)
{
	return word >= REDIS_WORD_UNSUBSCRIBE && word <= REDIS_WORD_SUNSUBSCRIBE;
}

static inline enum redis_channel_kind redis_word_kind(enum redis_word word)
{
	return (enum redis_channel_kind)((word - REDIS_WORD_SUBSCRIBE) % REDIS_CHANNEL_KINDS);
}

#endif
