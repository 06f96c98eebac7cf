// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <stdio.h>

#include "base/sha1.h"

struct slice uuid_format(const uint8_t bytes[UUID_SIZE], unsigned int version, char text[UUID_TEXT_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < UUID_SIZE; i++) {
		unsigned int byte = bytes[i];

		if (i == 6)
			byte = version << 4 | (byte & 0x0f);
		if (i == 8)
			byte = 0x80 | (byte & 0x3f);
		length += (size_t)snprintf(text + length, UUID_TEXT_MAX - length,
					   i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", byte);
	}
	return slice_of(text, length);
}

struct slice uuid_of_name(const uint8_t namespace[UUID_SIZE], struct slice name, char text[UUID_TEXT_MAX])
{
	uint8_t digest[SHA1_SIZE];

	sha1(slice_of(namespace, UUID_SIZE), name, digest);
	return uuid_format(digest, 5, text);
}
