// SPDX-License-Identifier: Apache-2.0
#include "correlate/fuzz/conversation_messages.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HIDDEN_LENGTH 80

/* Numbers are part of the status: 205, not 200, so that no number means 204 or 304. */
#define STATUS_OFFSET 5

struct request_form {
	const char *method;
	const char *rest; /* fields and content */
	bool hides;       /* HIDDEN_LENGTH bytes of content follow that are not copied */
	bool waits;       /* for 100 (Continue), before it sends one of awaited_bodies */
};

static const struct request_form request_forms[] = {
	{ .method = "GET", .rest = "\r\n" },
	{ .method = "POST", .rest = "Content-Length: 36\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n.." },
	{ .method = "POST",
	  .rest = "Transfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n3\r\nyou\r\n0\r\nTrailer: 1\r\n\r\n" },
	{ .method = "HEAD", .rest = "\r\n" },
	{ .method = "PUT", .rest = "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" },
	{ .method = "GET", .rest = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n" },
	{ .method = "POST", .rest = "Content-Length: 80\r\n\r\n", .hides = true },
	{ .method = "GET", .rest = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" },
	{ .method = "PUT", .rest = "Expect: 100-continue\r\nContent-Length: 36\r\n\r\n", .waits = true },
};

_Static_assert(COUNT(request_forms) == REQUEST_FORMS, "every form has its number");

/* Contents of 36 bytes. */
static const char *const awaited_bodies[] = {
	"GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n..",
	"GET /evil HTTP/1.1\r\nHost: evil..\r\n\r\n",
	"0123456789 0123456789 0123456789 012",
	"GET /evil HTTP/1.1\r\nTo whom it is du",
};

static const char *const content_forms[] = {
	"Content-Length: 0\r\n\r\n",
	"Content-Length: 41\r\n\r\nHTTP/1.1 999 Evil\r\nContent-Length: 0\r\n\r\n.",
	"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n",
	"\r\nuntil the close",
	"Content-Length: 80\r\n\r\n",
};
enum { CONTENT_CLOSE = 3, CONTENT_HIDDEN = 4 };

static void append(struct pipe *pipe, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct pipe *pipe, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(pipe->text + pipe->length, PIPE_MAX - pipe->length, format, arguments);
	va_end(arguments);
	assert(length >= 0 && (uint64_t)length < PIPE_MAX - pipe->length);
	pipe->length += (uint64_t)length;
}

static void append_hidden(struct pipe *pipe)
{
	uint64_t from = pipe->length;

	append(pipe, "%0*d", HIDDEN_LENGTH, 0);
	memset(pipe->hidden + from, true, HIDDEN_LENGTH);
}

void message_request(struct pipe *pipe, struct ask *ask, unsigned int number, unsigned int form)
{
	const struct request_form *chosen = &request_forms[form % COUNT(request_forms)];
	uint64_t from = pipe->length;

	append(pipe, "%s /r%u HTTP/1.1\r\nHost: h\r\n%s", chosen->method, number, chosen->rest);
	ask->method = chosen->method;
	ask->head_end = (uint64_t)(strstr(pipe->text + from, "\r\n\r\n") + 4 - pipe->text);
	if (chosen->hides)
		append_hidden(pipe);
	ask->waits = chosen->waits;
	ask->end = pipe->length;
	ask->upgrades = strstr(chosen->rest, "Upgrade") != NULL;
}

void message_awaited_body(struct pipe *pipe, struct ask *ask, unsigned int form)
{
	append(pipe, "%s", awaited_bodies[form % COUNT(awaited_bodies)]);
	ask->waits = false;
	ask->end = pipe->length;
}

void message_answer(struct pipe *pipe, struct ask *ask, unsigned int number, unsigned int form)
{
	static const int classes[] = { 200, 300, 400, 500 };
	unsigned int content = form % COUNT(content_forms);
	bool bare = form & 128;
	const char *rest = content_forms[content];

	ask->status = classes[form >> 5 & 3] + STATUS_OFFSET + (int)number;
	if (ask->upgrades && bare)
		ask->status = 101;
	else if (bare)
		ask->status = form & 64 ? 204 : 304;
	append(pipe, "HTTP/1.1 %d X\r\n", ask->status);
	if (bare || !strcmp(ask->method, "HEAD")) {
		/* A length that promises content which never comes. */
		append(pipe, "%s\r\n", ask->status >= 300 || ask->status == 205 ? "Content-Length: 9\r\n" : "");
	} else {
		append(pipe, "%s", rest);
		if (content == CONTENT_HIDDEN)
			append_hidden(pipe);
		if (content == CONTENT_CLOSE)
			return;
	}
	ask->answer_end = pipe->length;
}

void message_interim(struct pipe *pipe, unsigned int form)
{
	append(pipe, "HTTP/1.1 %s\r\n\r\n", form & 1 ? "100 Continue" : "103 Early Hints\r\nLink: </a>");
}

void message_tunnel(struct pipe *pipe)
{
	append(pipe, "HTTP/1.1 999 Evil\r\nContent-Length: 0\r\n\r\n");
}
