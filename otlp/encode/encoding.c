// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/encoding.h"

#include <errno.h>
#include <stdlib.h>

int encoder_reserve(struct encoder *encoder, size_t length)
{
	char *body;

	if (length > OTLP_REQUEST_SIZE_MAX)
		return -EMSGSIZE;
	if (length < encoder->body_size)
		return 0;
	body = malloc(length + 1);
	if (!body)
		return -ENOMEM;
	free(encoder->body);
	encoder->body = body;
	encoder->body_size = length + 1;
	return 0;
}
