// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/state.h"

#include <stdarg.h>
#include <stdio.h>

#define WARNING_MAX 1024

void delivery_warn(struct delivery *delivery, const char *format, ...)
{
	char text[WARNING_MAX];
	va_list arguments;

	if (!delivery->warn)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	delivery->warn(delivery->context, text);
}
