/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The capturing program itself, compiled for the host: chunked messages, cut
 * into calls in every way, must be copied so far that a parser can follow them.
 */
#include "bpf/trace/test/capture_harness.h"

#define MESSAGE_MAX (256 * 1024)
#define REQUEST "GET /chunks HTTP/1.1\r\n\r\n"
#define HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"

/* A message, and which of its bytes no parser can do without. */
struct message {
	size_t length;
	char bytes[MESSAGE_MAX];
	bool framing[MESSAGE_MAX];
};

/* A connection's state, and how far its message was sent. */
struct sender {
	struct connection connection;
	const struct message *message;
	size_t sent;
};

static void message_add(struct message *message, const char *text, size_t length, bool framing)
{
	assert_true(message->length + length <= MESSAGE_MAX);
	memcpy(message->bytes + message->length, text, length);
	memset(message->framing + message->length, framing, length);
	message->length += length;
}

static void message_add_text(struct message *message, const char *text)
{
	message_add(message, text, strlen(text), true);
}

static void message_add_chunk(struct message *message, size_t size, const char *extension)
{
	char line[512];

	snprintf(line, sizeof(line), "%zx%s\r\n", size, extension);
	message_add_text(message, line);
	for (size_t i = 0; i < size; i++)
		message_add(message, &"0123\r\n\r\nabcdef;"[i % 15], 1, false);
	message_add_text(message, "\r\n");
}

/* `sizes` ends with 0. `trailer` holds whole lines. The caller frees. */
static struct message *message_new(const size_t *sizes, const char *extension, const char *trailer)
{
	struct message *message = calloc(1, sizeof(*message));

	assert_non_null(message);
	message_add_text(message, HEAD "\r\n");
	for (; *sizes; sizes++)
		message_add_chunk(message, *sizes, extension);
	message_add_text(message, "0\r\n");
	message_add_text(message, trailer);
	message_add_text(message, "\r\n");
	return message;
}

/* A connection on which a request arrived. */
static void sender_init(struct sender *sender, const struct message *message)
{
	memset(sender, 0, sizeof(*sender));
	sender->message = message;
	sender->connection.last_direction = NO_DIRECTION;
	sender->connection.first_direction = NO_DIRECTION;
	move(&sender->connection, RECORD_RECEIVE, buffer_source(REQUEST), strlen(REQUEST));
	assert_true(test_reported);
}

/* The record tells the truth, and all that frames the message. */
static void record_check(const struct sender *sender, size_t length)
{
	const struct message *message = sender->message;
	const char *at = test_record.bytes + sizeof(struct record_data);
	size_t known = 0;

	assert_true(test_reported);
	assert_int_equal(test_record.data.length, length);
	for (size_t i = 0; i < test_record.data.fragments; i++) {
		const struct record_fragment *fragment = (const struct record_fragment *)at;

		assert_true(fragment->length > 0 && fragment->offset >= known);
		assert_true(fragment->offset + fragment->length <= length);
		for (; known < fragment->offset; known++)
			assert_false(message->framing[sender->sent + known]);
		assert_memory_equal(at + sizeof(*fragment), message->bytes + sender->sent + known, fragment->length);
		known += fragment->length;
		at += sizeof(*fragment) + (fragment->length + 7) / 8 * 8;
	}
	assert_int_equal(at - test_record.bytes, test_record.data.header.size);
	for (; known < length; known++)
		assert_false(message->framing[sender->sent + known]);
}

static void sender_send(struct sender *sender, size_t length)
{
	const char *bytes = sender->message->bytes + sender->sent;

	move(&sender->connection, RECORD_SEND, buffer_source(bytes), length);
	record_check(sender, length);
	sender->sent += length;
}

/* Where the message ends, another one may begin. */
static void sender_end(const struct sender *sender)
{
	const struct http1_walk *walk = &sender->connection.directions[RECORD_SEND].walk.http1;

	assert_int_equal(sender->sent, sender->message->length);
	assert_int_equal(walk->phase, WALK_HEAD);
	assert_int_equal(walk->trailer, 0);
}

static void send_cut(const struct message *message, size_t at)
{
	struct sender sender;

	sender_init(&sender, message);
	if (at)
		sender_send(&sender, at);
	sender_send(&sender, message->length - at);
	sender_end(&sender);
}

static void send_pieces(const struct message *message, size_t size)
{
	struct sender sender;

	sender_init(&sender, message);
	while (sender.sent < message->length) {
		size_t left = message->length - sender.sent;

		sender_send(&sender, size < left ? size : left);
	}
	sender_end(&sender);
}

static const size_t small_chunks[] = { 1, 5, 16, 300, 0 };
static const size_t large_chunks[] = { 3000, 5000, 1, 70000, 16, 0 };

static void small_chunks_are_followed(void **state)
{
	static const char *const trailers[] = { "", "X-Sum: abc\r\nX-Other: d\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(trailers) / sizeof(trailers[0]); i++) {
		struct message *message = message_new(small_chunks, ";name=value", trailers[i]);

		for (size_t at = 0; at < message->length; at++)
			send_cut(message, at);
		for (size_t size = 1; size < message->length; size++)
			send_pieces(message, size);
		free(message);
	}
}

#define HINTS "HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n"

/* Whether `text` begins less than `length` bytes before `at`. */
static bool begins_before(const struct message *message, const char *text, size_t at, size_t length)
{
	for (size_t i = 1; i < length && i <= at; i++)
		if (memcmp(message->bytes + at - i, text, strlen(text)) == 0)
			return true;
	return false;
}

/* What comes before the final answer, in the same call or in one of its own; but not cut in its status. */
static void interim_answers_are_followed(void **state)
{
	static const char *const interim[] = { HINTS, "HTTP/1.1 100 Continue\r\n\r\n" HINTS, HINTS HINTS HINTS HINTS };
	static const size_t sizes[] = { 5000, 3, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(interim) / sizeof(interim[0]); i++) {
		const size_t head = strlen(interim[i]);
		struct message *message = message_new(sizes, "", "X-Sum: abc\r\n");

		memmove(message->bytes + head, message->bytes, message->length);
		memmove(message->framing + head, message->framing, message->length);
		memcpy(message->bytes, interim[i], head);
		memset(message->framing, true, head);
		message->length += head;
		send_cut(message, 0);
		for (size_t at = sizeof("HTTP/1.1 103") - 1; at < message->length; at++)
			if (!begins_before(message, "HTTP/1.1 1", at, sizeof("HTTP/1.1 103") - 1))
				send_cut(message, at);
		for (size_t size = 700; size < message->length; size += 100)
			send_pieces(message, size);
		free(message);
	}
}

/* Cut near every line, and here and there in the data. */
static void large_chunks_are_followed(void **state)
{
	struct message *message = message_new(large_chunks, "", "X-Sum: abc\r\n");

	(void)state;
	for (size_t at = 0; at < message->length; at++) {
		if (at % 101 == 0 || message->framing[at] || message->framing[at - 1])
			send_cut(message, at);
	}
	for (size_t size = 1; size < message->length; size += size / 7 + 1)
		send_pieces(message, size);
	free(message);
}

/* Lines and trailers lie across the end of what is copied first. */
static void the_prefix_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t size = COPY_HEAD - 300; size < COPY_HEAD; size++) {
		size_t sizes[] = { size, 20, 0 };
		struct message *message = message_new(sizes, ";name=value", "X-Sum: abc\r\nX-Other: defghi\r\n");

		send_cut(message, 0);
		send_cut(message, 1);
		free(message);
	}
}

static void long_trailers_are_followed(void **state)
{
	char trailer[TRAILERS_MAX * TRAILER_COPY] = "X-Sum: ";
	const size_t begin = strlen(trailer), end = sizeof(trailer) - 100;
	struct message *message;

	(void)state;
	memset(trailer + begin, 'a', end - begin);
	strcpy(trailer + end, "\r\n");
	message = message_new(large_chunks, "", trailer);
	for (size_t at = message->length - 2 * sizeof(trailer); at < message->length; at++)
		send_cut(message, at);
	free(message);
}

/* One call, its bytes in two or three buffers. */
static void vectors_are_followed(void **state)
{
	struct message *message = message_new(small_chunks, "", "X-Sum: abc\r\n");
	const char *bytes = message->bytes;

	(void)state;
	for (size_t at = 0; at < message->length; at++) {
		size_t middle = (message->length - at) / 2;
		struct user_iovec vectors[] = {
			{ (__u64)(uintptr_t)bytes, at },
			{ (__u64)(uintptr_t)(bytes + at), middle },
			{ (__u64)(uintptr_t)(bytes + at + middle), message->length - at - middle },
		};
		struct call_source source = { (__u64)(uintptr_t)vectors, 3, SOURCE_VECTOR, 0 };
		struct sender sender;

		sender_init(&sender, message);
		move(&sender.connection, RECORD_SEND, source, message->length);
		record_check(&sender, message->length);
		sender.sent = message->length;
		sender_end(&sender);
	}
	free(message);
}

/* Cut at random, many messages on one connection. */
static void connections_are_kept_alive(void **state)
{
	static const size_t chunks[] = { 700, 3, 9000, 64, 2, 0 };
	struct message *message = message_new(chunks, ";a;b=\"c\"", "X-Sum: abc\r\n");
	struct sender sender;
	uint32_t random = 1;

	(void)state;
	sender_init(&sender, message);
	for (size_t round = 0; round < 2000; round++) {
		move(&sender.connection, RECORD_RECEIVE, buffer_source(REQUEST), strlen(REQUEST));
		sender.sent = 0;
		while (sender.sent < message->length) {
			size_t left = message->length - sender.sent;
			size_t size;

			random = random * 1103515245 + 12345;
			size = random % (1u << (random >> 28)) + 1;
			sender_send(&sender, size < left ? size : left);
		}
		sender_end(&sender);
	}
	free(message);
}

/* A body that nobody copies to the end costs little. */
static void data_is_not_copied(void **state)
{
	static const size_t chunks[] = { 200000, 0 };
	struct message *message = message_new(chunks, "", "");
	struct sender sender;
	size_t copied = 0;

	(void)state;
	sender_init(&sender, message);
	while (sender.sent < message->length) {
		size_t left = message->length - sender.sent;

		sender_send(&sender, left < 8192 ? left : 8192);
		copied += test_record.data.header.size - sizeof(struct record_data);
	}
	sender_end(&sender);
	assert_true(copied < 24 * 1024);
	free(message);
}

#define PLAIN_HEAD "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n"

/* How many of the bytes were copied, from the first one on, when they are sent in buffers of these sizes. */
static size_t copied_of(struct sender *sender, const char *bytes, size_t first, size_t second)
{
	struct user_iovec vectors[] = {
		{ (__u64)(uintptr_t)bytes, first },
		{ (__u64)(uintptr_t)(bytes + first), second },
	};
	struct call_source source = { (__u64)(uintptr_t)vectors, 2, SOURCE_VECTOR, 0 };
	const struct record_fragment *fragment = (const struct record_fragment *)(&test_record.data + 1);

	move(&sender->connection, RECORD_SEND, second ? source : buffer_source(bytes), first + second);
	assert_true(test_reported);
	assert_int_equal(test_record.data.length, first + second);
	assert_int_equal(test_record.data.fragments, 1);
	assert_int_equal(fragment->offset, 0);
	assert_memory_equal(fragment + 1, bytes, fragment->length);
	return fragment->length;
}

static void ask(struct sender *sender, const char *request)
{
	move(&sender->connection, RECORD_RECEIVE, buffer_source(request), strlen(request));
}

/* Of a response that has no chunks, its head is enough, however it is sent. */
static void plain_bodies_are_not_copied(void **state)
{
	static const char response[] = PLAIN_HEAD "12345";
	const size_t head = sizeof(PLAIN_HEAD) - 1;
	static char body[4096] = "<html>";
	struct sender sender;

	(void)state;
	sender_init(&sender, NULL);
	assert_int_equal(copied_of(&sender, response, head + 5, 0), head);
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, response, head, 5), head);
	/* The two buffers' places, and the first. */
	assert_int_equal(test_reads, 2);
	assert_int_equal(test_bytes_read, 2 * sizeof(struct user_iovec) + head);
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, response, 20, head - 20 + 5), head);
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, response, head, 0), head);
	assert_int_equal(copied_of(&sender, body, sizeof(body), 0), COPY_BODY);
	assert_int_equal(copied_of(&sender, response, head + 5, 0), head + 5);
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, response, head, 5), head);
}

/* A head in more buffers than one read passes is whole all the same. */
static void heads_in_many_buffers_are_copied(void **state)
{
	static const char response[] = PLAIN_HEAD "12345";
	const size_t head = sizeof(PLAIN_HEAD) - 1;
	struct user_iovec vectors[sizeof(PLAIN_HEAD) + 4];
	const struct record_fragment *fragment = (const struct record_fragment *)(&test_record.data + 1);
	struct sender sender;

	(void)state;
	for (size_t i = 0; i < head + 5; i++)
		vectors[i] = (struct user_iovec){ (__u64)(uintptr_t)(response + i), 1 };
	sender_init(&sender, NULL);
	move(&sender.connection, RECORD_SEND,
	     (struct call_source){ (__u64)(uintptr_t)vectors, head + 5, SOURCE_VECTOR, 0 }, head + 5);
	assert_in_range(fragment->length, head, head + 5);
	assert_memory_equal(fragment + 1, response, head);
}

/* What a connection older than the agent waits for, nobody knows. */
static void answers_on_late_connections_are_copied(void **state)
{
	static const char response[] = PLAIN_HEAD "12345";
	const size_t head = sizeof(PLAIN_HEAD) - 1;
	struct sender sender;

	(void)state;
	sender_init(&sender, NULL);
	sender.connection.late = 1;
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, response, head, 5), head + 5);
}

static void what_may_not_be_plain_is_copied(void **state)
{
	static const char *const responses[] = {
		"HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\nTRANSFER-ENCODING: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		size_t head = (size_t)(strstr(responses[i], "\r\n\r\n") + 4 - responses[i]);
		size_t length = strlen(responses[i]);
		struct sender sender;

		sender_init(&sender, NULL);
		assert_int_equal(copied_of(&sender, responses[i], head, length - head), length);
		ask(&sender, REQUEST);
		assert_int_equal(copied_of(&sender, responses[i], head, length - head), length);
	}
}

/* Two requests that wait, however they came: behind the first one's answer may stand the other's. */
static void pipelined_answers_are_copied(void **state)
{
	static const char responses[] = PLAIN_HEAD "12345" PLAIN_HEAD "12345";
	static const char chunked[] =
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" REQUEST;
	static const char post[] = "POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n";
	static const char *const pipelines[][4] = {
		{ REQUEST, REQUEST },
		{ REQUEST REQUEST },
		{ REQUEST "\r\n" REQUEST },
		{ "POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"a\":1}" REQUEST },
		{ chunked },
		{ post, "{\"a\":1}" REQUEST },
		{ "GET / HTTP/1.1\r\n", "Host: h\r\n\r\n" REQUEST },
		{ REQUEST, "GE", "T / HTTP/1.1\r\n\r\n" },
	};
	const size_t head = sizeof(PLAIN_HEAD) - 1;

	(void)state;
	for (size_t i = 0; i < sizeof(pipelines) / sizeof(pipelines[0]); i++) {
		struct sender sender;

		sender_init(&sender, NULL);
		assert_int_equal(copied_of(&sender, PLAIN_HEAD "12345", head, 5), head);
		for (size_t call = 0; pipelines[i][call]; call++)
			ask(&sender, pipelines[i][call]);
		assert_int_equal(copied_of(&sender, responses, head, head + 10), 2 * (head + 5));
	}
}

/* A request that comes after an interim answer is not the only one that waits. */
static void answers_after_an_interim_one_are_copied(void **state)
{
	static const char responses[] = PLAIN_HEAD "12345" PLAIN_HEAD "12345",
			  early[] = "HTTP/1.1 103 Early Hints\r\n\r\n";
	const size_t head = sizeof(PLAIN_HEAD) - 1;
	struct sender sender;

	(void)state;
	sender_init(&sender, NULL);
	copied_of(&sender, early, sizeof(early) - 1, 0);
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, responses, head, head + 10), 2 * (head + 5));
	ask(&sender, REQUEST);
	assert_int_equal(copied_of(&sender, responses, head, 5), head);
}

static void what_is_not_read_is_told_once(void **state)
{
	static const char hello[] = "\x16\x03\x01\x02\0\x01\0\x01", begin[] = "\1\1\0\1\0\x08\0\0";
	struct connection connection;

	(void)state;
	begin_with(&connection, RECORD_ROLE_CLIENT, RECORD_SEND, hello, sizeof(hello) - 1);
	assert_false(test_reported);
	assert_int_equal(test_ignored.header.kind, RECORD_IGNORED);
	assert_int_equal(test_ignored.header.size, sizeof(test_ignored));
	assert_int_equal(test_ignored.header.flags, 0);
	assert_int_equal(test_ignored.recognised, RECOGNISED_TLS);
	assert_int_equal(test_ignored.connection.role, RECORD_ROLE_CLIENT);
	assert_false(connection.reported);
	move(&connection, RECORD_RECEIVE, buffer_source(hello), sizeof(hello) - 1);
	assert_false(test_reported);
	assert_int_equal(test_ignored.header.kind, 0);
	/* Of FastCGI's servers the end is told, too: it is that of the request. */
	begin_with(&connection, RECORD_ROLE_SERVER, RECORD_RECEIVE, begin, sizeof(begin) - 1);
	assert_int_equal(test_ignored.recognised, RECOGNISED_FASTCGI);
	assert_true(connection.reported);
}

static void a_tunnel_is_told_once(void **state)
{
	static const char switched[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
	struct sender sender;

	(void)state;
	sender_init(&sender, NULL);
	assert_int_equal(test_ignored.header.kind, 0);
	move(&sender.connection, RECORD_SEND, buffer_source(switched), sizeof(switched) - 1);
	assert_true(test_reported);
	assert_int_equal(test_ignored.recognised, RECOGNISED_TUNNEL);
	move(&sender.connection, RECORD_SEND, buffer_source("\x81\5hello"), 7);
	assert_false(test_reported);
	assert_int_equal(test_ignored.header.kind, 0);
}

/* Not one record more than its bytes need. */
static void plain_exchanges_tell_nothing_else(void **state)
{
	struct sender sender;

	(void)state;
	sender_init(&sender, NULL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(test_ignored.header.kind, 0);
		move(&sender.connection, RECORD_SEND, buffer_source(PLAIN_HEAD "12345"), sizeof(PLAIN_HEAD) + 4);
		assert_int_equal(test_ignored.header.kind, 0);
		ask(&sender, REQUEST);
	}
}

static void a_late_connection_is_told_as_such(void **state)
{
	struct connection connection;

	(void)state;
	memset(&connection, 0, sizeof(connection));
	connection.late = 1;
	connection.last_direction = connection.first_direction = NO_DIRECTION;
	for (unsigned int i = 0; i <= LATE_TURNS_MAX; i++) {
		assert_int_equal(test_ignored.header.kind, 0);
		move(&connection, i % 2, buffer_source("\1\2\3\4"), 4);
	}
	assert_int_equal(test_ignored.header.kind, RECORD_IGNORED);
	assert_int_equal(test_ignored.header.flags, RECORD_IGNORED_LATE);
	assert_int_equal(test_ignored.recognised, RECOGNISED_UNKNOWN);
}


/* Every record says as what its bytes were read. */
static void records_say_what_was_recognised(void **state)
{
	static const char switched[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
	struct connection connection;

	(void)state;
	begin_with(&connection, RECORD_ROLE_SERVER, RECORD_RECEIVE, "GET", 3);
	assert_int_equal(test_record.data.recognised, RECOGNISED_NOT_YET);
	move(&connection, RECORD_RECEIVE, buffer_source(" / HTTP/1.1\r\n\r\n"), 15);
	assert_int_equal(test_record.data.recognised, RECOGNISED_HTTP1);
	move(&connection, RECORD_SEND, buffer_source(switched), sizeof(switched) - 1);
	assert_int_equal(test_ignored.recognised, RECOGNISED_TUNNEL);
	assert_int_equal(test_record.data.recognised, RECOGNISED_HTTP1);
}

static void splice_by(struct connection *connection, __u32 direction, __u32 length)
{
	move(connection, direction, (struct call_source){ .kind = SOURCE_NONE }, length);
}

/* Each message that cannot be read is counted once, however many calls it takes, and as long as it goes on. */
static void unreadable_messages_are_counted(void **state)
{
	struct connection connection = { .last_direction = NO_DIRECTION, .first_direction = NO_DIRECTION };

	(void)state;
	memset(test_counters, 0, sizeof(test_counters));
	for (__u32 turn = 0; turn < 4 * LATE_TURNS_MAX; turn++) {
		for (__u32 call = 0; call < 3; call++) {
			splice_by(&connection, turn % 2, 10);
			/* What nobody could make anything of is reported no more. */
			assert_int_equal(test_reported, turn * 3 + call <= (LATE_TURNS_MAX - 1) * 3);
			assert_int_equal(test_ignored.header.kind, 0);
		}
		assert_int_equal(test_counters[COUNTER_UNREADABLE], turn + 1);
	}
	/* Until it can be read: what was not reported shows as a gap. */
	move(&connection, RECORD_RECEIVE, buffer_source(REQUEST), strlen(REQUEST));
	assert_true(test_reported);
	assert_int_equal(test_record.data.position & 0xffffffff, 1 + 3 * 10 * 2 * LATE_TURNS_MAX);
	assert_int_equal(connection.recognised, RECOGNISED_HTTP1);
}

/* Where a connection was joined, no message may begin; and how it goes on is not reported. */
static void unreadable_messages_of_late_connections_are_counted(void **state)
{
	struct connection connection = { .last_direction = NO_DIRECTION, .first_direction = NO_DIRECTION, .late = 1 };

	(void)state;
	memset(test_counters, 0, sizeof(test_counters));
	for (__u32 turn = 0; turn < 4; turn++) {
		splice_by(&connection, turn % 2, 10);
		assert_false(test_reported);
		assert_int_equal(test_counters[COUNTER_UNREADABLE], turn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_bodies_are_not_copied),
		cmocka_unit_test(what_may_not_be_plain_is_copied),
		cmocka_unit_test(heads_in_many_buffers_are_copied),
		cmocka_unit_test(answers_on_late_connections_are_copied),
		cmocka_unit_test(pipelined_answers_are_copied),
		cmocka_unit_test(answers_after_an_interim_one_are_copied),
		cmocka_unit_test(small_chunks_are_followed),
		cmocka_unit_test(interim_answers_are_followed),
		cmocka_unit_test(large_chunks_are_followed),
		cmocka_unit_test(the_prefix_may_end_anywhere),
		cmocka_unit_test(long_trailers_are_followed),
		cmocka_unit_test(vectors_are_followed),
		cmocka_unit_test(connections_are_kept_alive),
		cmocka_unit_test(data_is_not_copied),
		cmocka_unit_test(what_is_not_read_is_told_once),
		cmocka_unit_test(a_tunnel_is_told_once),
		cmocka_unit_test(plain_exchanges_tell_nothing_else),
		cmocka_unit_test(a_late_connection_is_told_as_such),
		cmocka_unit_test(records_say_what_was_recognised),
		cmocka_unit_test(unreadable_messages_are_counted),
		cmocka_unit_test(unreadable_messages_of_late_connections_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
