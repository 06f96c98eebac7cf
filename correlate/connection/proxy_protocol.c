// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/proxy_protocol.h"

enum state { SIGNATURE, LINE, HEADER, ADDRESSES };

struct signature {
	struct slice bytes;
	uint8_t next; /* enum state after it */
};

static const struct signature signatures[] = {
	{ { "PROXY TCP4 ", 11 }, LINE },
	{ { "PROXY TCP6 ", 11 }, LINE },
	{ { "PROXY UNKNOWN", 13 }, LINE },
	{ { "\r\n\r\n\0\r\nQUIT\n", 12 }, HEADER },
};
#define SIGNATURES (sizeof(signatures) / sizeof(signatures[0]))

/* Offsets in version 2's header. */
enum { V2_COMMAND = 12, V2_LENGTH_HIGH = 14, V2_LENGTH_LOW = 15, V2_HEADER_END = 16 };

static bool signature_goes_on(const struct signature *signature, struct slice taken, char byte)
{
	return slice_starts_with(signature->bytes, taken) && taken.length < signature->bytes.length &&
	       signature->bytes.data[taken.length] == byte;
}

static enum proxy_protocol_result signature_step(struct proxy_protocol *proxy, char byte)
{
	struct slice taken = slice_head(signatures[proxy->signature].bytes, proxy->passed);
	uint8_t i = 0;

	while (i < SIGNATURES && !signature_goes_on(&signatures[i], taken, byte))
		i++;
	if (i == SIGNATURES)
		return PROXY_PROTOCOL_ABSENT;
	proxy->signature = i;
	proxy->passed++;
	if (proxy->passed == signatures[i].bytes.length)
		proxy->state = signatures[i].next;
	return PROXY_PROTOCOL_MORE;
}

static enum proxy_protocol_result line_step(struct proxy_protocol *proxy, char byte)
{
	proxy->passed++;
	if (byte == '\n')
		return PROXY_PROTOCOL_DONE;
	return proxy->passed < PROXY_PROTOCOL_V1_MAX ? PROXY_PROTOCOL_MORE : PROXY_PROTOCOL_ERROR;
}

static enum proxy_protocol_result header_step(struct proxy_protocol *proxy, char byte)
{
	unsigned int value = (unsigned char)byte;

	/* Version 2 and a command: LOCAL or PROXY. */
	if (proxy->passed == V2_COMMAND && value != 0x20 && value != 0x21)
		return PROXY_PROTOCOL_ERROR;
	if (proxy->passed == V2_LENGTH_HIGH)
		proxy->left = (uint16_t)(value << 8);
	if (proxy->passed == V2_LENGTH_LOW)
		proxy->left = (uint16_t)(proxy->left | value);
	proxy->passed++;
	if (proxy->passed < V2_HEADER_END)
		return PROXY_PROTOCOL_MORE;
	proxy->state = ADDRESSES;
	return proxy->left > 0 ? PROXY_PROTOCOL_MORE : PROXY_PROTOCOL_DONE;
}

static enum proxy_protocol_result addresses_step(struct proxy_protocol *proxy, char byte)
{
	(void)byte;
	proxy->left--;
	return proxy->left > 0 ? PROXY_PROTOCOL_MORE : PROXY_PROTOCOL_DONE;
}

static enum proxy_protocol_result (*const steps[])(struct proxy_protocol *proxy, char byte) = {
	[SIGNATURE] = signature_step,
	[LINE] = line_step,
	[HEADER] = header_step,
	[ADDRESSES] = addresses_step,
};

enum proxy_protocol_result proxy_protocol_feed(struct proxy_protocol *proxy, struct slice input, size_t *ret_consumed)
{
	struct proxy_protocol before = *proxy;
	enum proxy_protocol_result result = PROXY_PROTOCOL_MORE;
	size_t i = 0;

	while (i < input.length && result == PROXY_PROTOCOL_MORE)
		result = steps[proxy->state](proxy, input.data[i++]);
	if (result == PROXY_PROTOCOL_ABSENT) {
		*proxy = before;
		i = 0;
	}
	*ret_consumed = i;
	return result;
}

struct slice proxy_protocol_taken(const struct proxy_protocol *proxy)
{
	return slice_head(signatures[proxy->signature].bytes, proxy->passed);
}

enum proxy_protocol_result proxy_protocol_skip(struct proxy_protocol *proxy, uint64_t length)
{
	if (proxy->state != ADDRESSES || length > proxy->left)
		return PROXY_PROTOCOL_ERROR;
	proxy->left = (uint16_t)(proxy->left - length);
	return proxy->left > 0 ? PROXY_PROTOCOL_MORE : PROXY_PROTOCOL_DONE;
}
