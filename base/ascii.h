/* SPDX-License-Identifier: Apache-2.0 */
/* What a byte is in ASCII, whatever the locale. */
#ifndef WIRESPAN_BASE_ASCII_H
#define WIRESPAN_BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool ascii_is_alphanumeric(char byte)
{
	return ascii_is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* What isspace() says in the C locale. */
static inline bool ascii_is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The value of a hexadecimal digit in lower case; -1: it is none. */
static inline int ascii_lower_hex_value(char byte)
{
	if (ascii_is_digit(byte))
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The same in either case. */
static inline int ascii_hex_value(char byte)
{
	return ascii_lower_hex_value(byte >= 'A' && byte <= 'F' ? (char)(byte | 0x20) : byte);
}

#endif
