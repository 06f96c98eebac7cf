// SPDX-License-Identifier: Apache-2.0
/*
 * For a decoder that is not ours: writes the sample as spans.pb, spans.json,
 * metrics.pb and metrics.json to a directory. encode_sample DIRECTORY
 */
#include <limits.h>
#include <stdio.h>

#include "otlp/encode/encoder.h"
#include "otlp/encode/test/sample_export.h"

static bool write_file(const char *directory, const char *name, struct slice body)
{
	char path[PATH_MAX];
	bool written;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		return false;
	file = fopen(path, "wb");
	if (!file)
		return false;
	written = fwrite(body.data, 1, body.length, file) == body.length;
	return fclose(file) == 0 && written;
}

static bool write_sample(const char *directory, enum otlp_encoding encoding, const char *spans, const char *metrics)
{
	struct encoder *encoder = encoder_new(encoding, "1.2.3");
	struct sample_export sample;
	struct slice body;
	bool written;

	if (!encoder)
		return false;
	sample_export_init(&sample);
	written = encoder_spans(encoder, sample.spans, SAMPLE_EXPORT_SPANS, &body) == 0 &&
		  write_file(directory, spans, body) && encoder_metrics(encoder, sample.metrics, &body) == 0 &&
		  write_file(directory, metrics, body);
	sample_export_done(&sample);
	encoder_free(encoder);
	return written;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: encode_sample DIRECTORY\n");
		return 2;
	}
	if (!write_sample(argv[1], OTLP_PROTOBUF, "spans.pb", "metrics.pb") ||
	    !write_sample(argv[1], OTLP_JSON, "spans.json", "metrics.json")) {
		perror("encode_sample");
		return 1;
	}
	return 0;
}
