// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/headers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/percent.h"
#include "base/resource_variables.h"
#include "base/token.h"

/* Of the exporter, or of the connection: RFC 9110, section 7.6.1. */
static const char *const reserved_headers[] = {
	"Connection", "Content-Encoding",  "Content-Length", "Content-Type", "Expect", "Keep-Alive",
	"TE",         "Transfer-Encoding", "Trailer",        "Upgrade",
};

static bool is_reserved(struct slice name)
{
	for (size_t i = 0; i < sizeof(reserved_headers) / sizeof(reserved_headers[0]); i++) {
		if (slice_equal_ignoring_case(name, slice_of_string(reserved_headers[i])))
			return true;
	}
	return false;
}

/* RFC 9110, section 5.5, and nothing that could end the line. */
static bool is_field_value(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			return false;
	}
	return true;
}

static void header_free(struct config_header *header)
{
	free(header->name);
	free(header->value);
}

void config_headers_free(struct otlp_signal_config *config)
{
	for (size_t i = 0; i < config->header_count; i++)
		header_free(&config->headers[i]);
	free(config->headers);
	config->headers = NULL;
	config->header_count = 0;
}

/* 0, *ret_reason NULL unless the member is bad; -ENOMEM. */
static int header_parse(struct slice member, struct config_header *ret_header, const char **ret_reason)
{
	struct config_header header;
	struct slice name, value;
	bool valid;

	*ret_reason = NULL;
	if (!list_member_split(member, &name, &value))
		*ret_reason = "it is not NAME=VALUE";
	else if (!token_is_valid(name))
		*ret_reason = "its name is no token (RFC 9110)";
	else if (is_reserved(name))
		*ret_reason = "the exporter sets that header itself";
	else if (slice_find(value, ';') < value.length)
		*ret_reason = "properties after ';' are not supported (as part of the value it is written %3B)";
	if (*ret_reason)
		return 0;
	header = (struct config_header){ slice_to_string(name), slice_to_string(value) };
	if (!header.name || !header.value) {
		header_free(&header);
		return -ENOMEM;
	}
	valid = percent_decode(value, header.value, &value.length);
	header.value[value.length] = '\0';
	value.data = header.value;
	if (!valid)
		*ret_reason = "a % in its value is not followed by two hexadecimal digits";
	else if (!is_field_value(value))
		*ret_reason = "its value has control characters";
	if (*ret_reason)
		header_free(&header);
	else
		*ret_header = header;
	return 0;
}

/* In the place of one with the same name. NULL, or why it is left out. */
static const char *header_add(struct otlp_signal_config *config, struct config_header header)
{
	for (size_t i = 0; i < config->header_count; i++) {
		if (slice_equal_ignoring_case(slice_of_string(config->headers[i].name), slice_of_string(header.name))) {
			header_free(&config->headers[i]);
			config->headers[i] = header;
			return NULL;
		}
	}
	if (config->header_count == CONFIG_HEADERS_MAX) {
		header_free(&header);
		return "there are too many";
	}
	config->headers[config->header_count++] = header;
	return NULL;
}

static int headers_parse(struct config_reader *reader, struct slice list, struct otlp_signal_config *config)
{
	size_t members = 0, bad = 0, first_bad = 0;
	const char *first_reason = NULL;
	struct slice member;

	while (list_member_next(&list, &member)) {
		struct config_header header;
		const char *reason;
		int error = header_parse(member, &header, &reason);

		if (error)
			return error;
		if (!reason)
			reason = header_add(config, header);
		members++;
		if (reason && bad++ == 0) {
			first_bad = members;
			first_reason = reason;
		}
	}
	if (bad)
		config_problem(reader, "%zu of %zu headers left out; the first, number %zu, because %s", bad, members,
			       first_bad, first_reason);
	return 0;
}

int config_headers(struct config_reader *reader, const char *name, struct otlp_signal_config *config)
{
	struct slice list;

	if (!config_lookup(reader, name, &list))
		return 0;
	config_headers_free(config);
	config->headers = calloc(CONFIG_HEADERS_MAX, sizeof(config->headers[0]));
	return config->headers ? headers_parse(reader, list, config) : -ENOMEM;
}
