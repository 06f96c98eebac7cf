// SPDX-License-Identifier: Apache-2.0
#include "base/percent.h"

#include "base/ascii.h"

bool percent_decode(struct slice text, char *out, size_t *ret_length)
{
	bool valid = true;
	size_t length = 0;

	for (size_t i = 0; i < text.length; i++) {
		char byte = text.data[i];

		if (byte == '%') {
			int high = i + 2 < text.length ? ascii_hex_value(text.data[i + 1]) : -1;
			int low = i + 2 < text.length ? ascii_hex_value(text.data[i + 2]) : -1;

			if (high >= 0 && low >= 0) {
				byte = (char)(high << 4 | low);
				i += 2;
			} else {
				valid = false;
			}
		}
		out[length++] = byte;
	}
	*ret_length = length;
	return valid;
}
