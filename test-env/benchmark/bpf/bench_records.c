// SPDX-License-Identifier: Apache-2.0
/* What the agent says of the calls that bench_calls makes: how many records, of what size. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/recording/reader.h"
#include "bpf/record.h"

static const char usage[] = "usage: bench_records RECORDING LENGTH\n"
			    "\n"
			    "The records of calls that moved LENGTH bytes, as a line of JSON: {\"records\": how many,\n"
			    "\"bytes\": how large they are together}.\n";

static int sum_records(struct recording_reader *reader, uint64_t length, uint64_t *ret_records, uint64_t *ret_bytes)
{
	struct recording_item item;
	int result;

	while ((result = recording_reader_next(reader, &item)) > 0) {
		const struct record_data *data = item.record;

		if (item.kind != RECORDING_ITEM_RECORD || item.size < sizeof(*data) ||
		    data->header.kind != RECORD_DATA || data->length != length)
			continue;
		++*ret_records;
		*ret_bytes += item.size;
	}
	return result;
}

int main(int argc, char **argv)
{
	uint64_t length, records = 0, bytes = 0;
	struct recording_reader *reader = NULL;
	FILE *file;
	int result;

	if (argc != 3 || sscanf(argv[2], "%" SCNu64, &length) != 1) {
		fputs(usage, stderr);
		return 2;
	}
	file = fopen(argv[1], "re");
	result = file ? recording_reader_new(file, &reader) : -errno;
	if (!result)
		result = sum_records(reader, length, &records, &bytes);
	if (result)
		fprintf(stderr, "bench_records: %s: %s\n", argv[1], strerror(-result));
	else
		printf("{\"records\": %" PRIu64 ", \"bytes\": %" PRIu64 "}\n", records, bytes);
	recording_reader_free(reader);
	if (file)
		fclose(file);
	return result ? 1 : 0;
}
