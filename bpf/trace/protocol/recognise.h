/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What does a connection speak? Decided from the first bytes of its stream,
 * byte by byte if they come so, behind a PROXY-protocol prefix (v1, v2) if
 * there is one. Includes the record format only, so that the host compiles and
 * tests it too: the includer provides bool.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_RECOGNISE_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_RECOGNISE_H

#include "bpf/record.h"

enum recogniser_phase {
	RECOGNISER_START = 0,    /* empty lines before a request */
	RECOGNISER_METHOD,
	RECOGNISER_TARGET,
	RECOGNISER_VERSION,
	RECOGNISER_PROXY_LINE,   /* PROXY v1: up to LF */
	RECOGNISER_PROXY_HEADER, /* PROXY v2: signature from its fifth byte on, and the fixed part */
	RECOGNISER_PROXY_SKIP,   /* PROXY v2: addresses and TLVs */
	RECOGNISER_REDIS,        /* how many strings a command has, and how long the first one is */
};

struct recogniser {
	__u8 phase;
	__u8 matched; /* bytes matched of a fixed text, or marks of a pattern */
	__u16 left;   /* PROXY v2: bytes to skip; method: Redis' inline commands that it may be, a bit each */
	__u16 count;  /* bytes in this phase */
	__u8 joined;  /* they may stand anywhere in a stream: what others might say there is not believed */
	__u8 reserved;
};

#define RECOGNISER_EMPTY_MAX 16
#define RECOGNISER_METHOD_MAX 32
#define RECOGNISER_TARGET_MAX 16384
#define RECOGNISER_DIGITS_MAX 9
#define RECOGNISER_PROXY_LINE_MAX 107 /* PROXY protocol, section 2.1 */
#define RECOGNISER_PROXY_FIXED 16     /* PROXY protocol, section 2.2: signature, version, family, length */

/* Texts of up to 8 bytes as numbers, the first byte lowest: BPF objects with static arrays do not link. */
#define RECOGNISER_PROXY 0x59584f5250ull             /* "PROXY" */
#define RECOGNISER_VERSION_TEXT 0x2e312f50545448ull  /* "HTTP/1." */
#define RECOGNISER_REDIS_MARKS 0x0a0d240a0dull       /* CR LF "$" CR LF */
#define RECOGNISER_PROXY_SIGNATURE 0x0a544955510a0d00ull /* "\0\r\nQUIT\n": PROXY v2's after CR LF CR LF */

static inline __u8 recogniser_text(__u64 text, __u32 index)
{
	return text >> (8 * (index & 7));
}

/* RFC 9110, 5.6.2: tchar. */
static inline bool recogniser_is_token(__u8 byte)
{
	if ((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
		return true;
	return byte > ' ' && byte < 0x7f && byte != '"' && byte != '(' && byte != ')' && byte != ',' && byte != '/' &&
	       !(byte >= ':' && byte <= '@') && !(byte >= '[' && byte <= ']') && byte != '{' && byte != '}';
}

static inline void recogniser_enter(struct recogniser *r, enum recogniser_phase phase)
{
	r->phase = phase;
	r->count = 0;
	r->matched = 0;
}

/* Redis' inline commands that tools begin with, in any case; of memcached's it is not, which says "quit". */
enum recogniser_inline {
	RECOGNISER_PING = 1 << 0,
	RECOGNISER_INFO = 1 << 1,
	RECOGNISER_QUIT = 1 << 2,
	RECOGNISER_MONITOR = 1 << 3,
	RECOGNISER_INLINE_4 = RECOGNISER_PING | RECOGNISER_INFO | RECOGNISER_QUIT,
	RECOGNISER_INLINE_7 = RECOGNISER_MONITOR,
};

/* Byte `r->count` of what may be one. Those that it is not are left out. */
static inline void recogniser_inline_byte(struct recogniser *r, __u8 byte)
{
	__u8 lower = byte | 0x20;

	if (lower != recogniser_text(0x676e6970ull, r->count)) /* "ping" */
		r->left &= ~RECOGNISER_PING;
	if (lower != recogniser_text(0x6f666e69ull, r->count)) /* "info" */
		r->left &= ~RECOGNISER_INFO;
	if (byte != recogniser_text(0x54495551ull, r->count)) /* "QUIT" */
		r->left &= ~RECOGNISER_QUIT;
	if (lower != recogniser_text(0x726f74696e6f6dull, r->count)) /* "monitor" */
		r->left &= ~RECOGNISER_MONITOR;
}

/* Whether the line that ends here is one, and nothing else. NATS says "PING", too, but never first. */
static inline bool recogniser_is_inline(const struct recogniser *r)
{
	if (r->joined)
		return false;
	return (r->count == 4 && r->left & RECOGNISER_INLINE_4) || (r->count == 7 && r->left & RECOGNISER_INLINE_7);
}

/* Redis serialization protocol specification: "*N CR LF $M CR LF", as every command begins. */
static inline enum recognised recogniser_redis(struct recogniser *r, __u8 byte)
{
	bool number = r->matched == 0 || r->matched == 3;

	if (number && byte >= '0' && byte <= '9' && r->count < RECOGNISER_DIGITS_MAX) {
		r->count++;
		return RECOGNISED_NOT_YET;
	}
	if ((number && !r->count) || byte != recogniser_text(RECOGNISER_REDIS_MARKS, r->matched))
		return RECOGNISED_UNKNOWN;
	r->count = 0;
	return ++r->matched == 5 ? RECOGNISED_REDIS : RECOGNISED_NOT_YET;
}

static inline enum recognised recogniser_method(struct recogniser *r, __u8 byte)
{
	if (byte == ' ' && r->count > 0) {
		bool is_proxy = r->count == 5 && r->matched == 5;

		recogniser_enter(r, is_proxy ? RECOGNISER_PROXY_LINE : RECOGNISER_TARGET);
		return RECOGNISED_NOT_YET;
	}
	if ((byte == '\r' || byte == '\n') && recogniser_is_inline(r))
		return RECOGNISED_REDIS;
	if (!recogniser_is_token(byte) || r->count >= RECOGNISER_METHOD_MAX)
		return RECOGNISED_UNKNOWN;
	recogniser_inline_byte(r, byte);
	if (r->matched == r->count && r->matched < 5 && byte == recogniser_text(RECOGNISER_PROXY, r->matched))
		r->matched++;
	r->count++;
	return RECOGNISED_NOT_YET;
}

/* Targets with spaces exist in the wild: a version that does not match is target. */
static inline enum recognised recogniser_target(struct recogniser *r, __u8 byte)
{
	if (r->phase == RECOGNISER_VERSION && byte == recogniser_text(RECOGNISER_VERSION_TEXT, r->matched)) {
		r->matched++;
		return r->matched == 7 ? RECOGNISED_HTTP1 : RECOGNISED_NOT_YET;
	}
	if (byte < ' ' || byte == 0x7f || r->count++ >= RECOGNISER_TARGET_MAX)
		return RECOGNISED_UNKNOWN;
	r->matched = 0;
	r->phase = byte == ' ' ? RECOGNISER_VERSION : RECOGNISER_TARGET;
	return RECOGNISED_NOT_YET;
}

static inline enum recognised recogniser_proxy_header(struct recogniser *r, __u8 byte)
{
	if (r->count < 12) {
		if (byte != recogniser_text(RECOGNISER_PROXY_SIGNATURE, r->count - 4))
			return RECOGNISED_UNKNOWN;
	} else if (r->count >= 14) {
		r->left = r->left << 8 | byte;
	}
	if (++r->count == RECOGNISER_PROXY_FIXED)
		recogniser_enter(r, r->left ? RECOGNISER_PROXY_SKIP : RECOGNISER_START);
	return RECOGNISED_NOT_YET;
}

static inline enum recognised recogniser_start(struct recogniser *r, __u8 byte)
{
	if (byte == '\r' || byte == '\n')
		return ++r->count > RECOGNISER_EMPTY_MAX ? RECOGNISED_UNKNOWN : RECOGNISED_NOT_YET;
	if (byte == 0 && r->count == 4) {
		r->phase = RECOGNISER_PROXY_HEADER;
		r->left = 0;
		return recogniser_proxy_header(r, byte);
	}
	if (byte == '*') {
		recogniser_enter(r, RECOGNISER_REDIS);
		return RECOGNISED_NOT_YET;
	}
	recogniser_enter(r, RECOGNISER_METHOD);
	r->left = RECOGNISER_INLINE_4 | RECOGNISER_INLINE_7;
	return recogniser_method(r, byte);
}

/* Takes the stream's next byte. Anything but RECOGNISED_NOT_YET is final. */
static inline enum recognised recogniser_byte(struct recogniser *r, __u8 byte)
{
	switch (r->phase) {
	case RECOGNISER_START:
		return recogniser_start(r, byte);
	case RECOGNISER_METHOD:
		return recogniser_method(r, byte);
	case RECOGNISER_TARGET:
	case RECOGNISER_VERSION:
		return recogniser_target(r, byte);
	case RECOGNISER_PROXY_LINE:
		if (byte == '\n')
			recogniser_enter(r, RECOGNISER_START);
		else if (++r->count >= RECOGNISER_PROXY_LINE_MAX)
			return RECOGNISED_UNKNOWN;
		return RECOGNISED_NOT_YET;
	case RECOGNISER_PROXY_HEADER:
		return recogniser_proxy_header(r, byte);
	case RECOGNISER_REDIS:
		return recogniser_redis(r, byte);
	default:
		if (--r->left == 0)
			recogniser_enter(r, RECOGNISER_START);
		return RECOGNISED_NOT_YET;
	}
}

/* RFC 9112, 2.3: "HTTP/1." */
static inline bool recognise_response(const __u8 *b, __u32 length)
{
	return length >= 7 && b[0] == 'H' && b[1] == 'T' && b[2] == 'T' && b[3] == 'P' && b[4] == '/' && b[5] == '1' &&
	       b[6] == '.';
}

/* RFC 8446, 5.1: a handshake record */
static inline bool recognise_tls(const __u8 *b, __u32 length)
{
	return length >= 3 && b[0] == 0x16 && b[1] == 3 && b[2] <= 4;
}

/* RFC 4253, 4.2 */
static inline bool recognise_ssh(const __u8 *b, __u32 length)
{
	return length >= 4 && b[0] == 'S' && b[1] == 'S' && b[2] == 'H' && b[3] == '-';
}

/* RFC 9113, 3.4 */
static inline bool recognise_http2(const __u8 *b, __u32 length)
{
	return length >= 8 && b[0] == 'P' && b[1] == 'R' && b[2] == 'I' && b[3] == ' ' && b[4] == '*' && b[5] == ' ';
}

/* StartupMessage 3.0, SSLRequest */
static inline bool recognise_postgresql(const __u8 *b, __u32 length)
{
	return length >= 8 && b[0] == 0 && b[1] == 0 &&
	       ((b[4] == 0 && b[5] == 3 && b[6] == 0 && b[7] == 0) ||
		(b[4] == 4 && b[5] == 0xd2 && b[6] == 0x16 && b[7] == 0x2f));
}

/*
 * FastCGI 1.0, 3.3 and 5.1: version 1, FCGI_BEGIN_REQUEST with a body of 8 bytes and no padding, of a
 * known role. Its receiver may read the record's header alone.
 */
static inline bool recognise_fastcgi(const __u8 *b, __u32 length)
{
	if (length < 8 || b[0] != 1 || b[1] != 1 || b[4] != 0 || b[5] != 8 || b[6] != 0 || b[7] != 0)
		return false;
	return length < 10 || (b[8] == 0 && b[9] >= 1 && b[9] <= 3);
}

/*
 * A stream's opening bytes that name a protocol at once; NOT_YET: ask the recogniser.
 * At least RECOGNISE_OPENING bytes are readable at `b`, `length` of them count.
 */
#define RECOGNISE_OPENING 16

static inline enum recognised recognise_opening(const __u8 *b, __u32 length)
{
	if (recognise_response(b, length))
		return RECOGNISED_HTTP1;
	if (recognise_tls(b, length))
		return RECOGNISED_TLS;
	if (recognise_ssh(b, length))
		return RECOGNISED_SSH;
	if (recognise_http2(b, length))
		return RECOGNISED_HTTP2;
	if (recognise_postgresql(b, length))
		return RECOGNISED_POSTGRESQL;
	if (recognise_fastcgi(b, length))
		return RECOGNISED_FASTCGI;
	return RECOGNISED_NOT_YET;
}

/* The same of what the other side says while it is not known yet what the first one said. */
static inline enum recognised recognise_answer(const __u8 *b, __u32 length)
{
	return recognise_response(b, length) ? RECOGNISED_HTTP1 : RECOGNISED_NOT_YET;
}

/*
 * Whether a call's bytes look like the beginning of a request: a token, a
 * space, and something a target begins with. Decides what is copied and under
 * which name a loss is counted, never what is claimed.
 */
#define RECOGNISE_METHOD_LOOK 24

static inline bool recognise_request(const __u8 *b, __u32 length)
{
	for (__u32 i = 0; i < RECOGNISE_METHOD_LOOK && i + 1 < length; i++) {
		if (b[i] == ' ')
			/* "1a ;x" is a chunk-size line */
			return i > 0 && b[i + 1] > ' ' && b[i + 1] < 0x7f && b[i + 1] != ';';
		if (!recogniser_is_token(b[i]))
			return false;
	}
	return false;
}

/* The same of whatever is asked in a protocol that is read: also an array, as Redis' commands are. */
static inline bool recognise_beginning(const __u8 *b, __u32 length)
{
	if (length >= 3 && b[0] == '*' && b[1] >= '0' && b[1] <= '9')
		return b[2] == '\r' || (b[2] >= '0' && b[2] <= '9');
	return recognise_request(b, length);
}

#endif
