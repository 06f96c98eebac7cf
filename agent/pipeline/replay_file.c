// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/replay_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Why the file cannot be replayed at all. */
static const char *refusal(int error)
{
	switch (error) {
	case -EBADMSG:
		return "it is no recording";
	case -EPROTONOSUPPORT:
		return "another version of wirespan recorded it, in a format that this one does not read";
	case -EXDEV:
		return "a machine with another byte order recorded it";
	case -EILSEQ:
		return "its header is damaged";
	default:
		return strerror(-error);
	}
}

int replay_open(const char *path, struct replay_file **ret_file)
{
	struct replay_file *file = calloc(1, sizeof(*file));
	int error;

	if (!file)
		return -ENOMEM;
	file->path = path;
	file->file = fopen(path, "re");
	error = file->file ? recording_reader_new(file->file, &file->reader) : -errno;
	if (error) {
		log_error("cannot replay '%s': %s", path, refusal(error));
		replay_close(file);
		return error;
	}
	*ret_file = file;
	return 0;
}

void replay_close(struct replay_file *file)
{
	if (!file)
		return;
	recording_reader_free(file->reader);
	if (file->file)
		fclose(file->file);
	free(file);
}

int replay_tell_damage(const struct replay_file *file)
{
	struct recording_damage damage = recording_reader_damage(file->reader);

	if (damage.blocks || damage.bytes)
		log_error("'%s' is damaged: blocks missing: %" PRIu64 ", bytes left out: %" PRIu64 "; the rest was replayed",
			  file->path, damage.blocks, damage.bytes);
	if (damage.cut)
		log_error("'%s' has no end: it was cut off, or its recording was; replayed up to its last whole block",
			  file->path);
	return damage.blocks || damage.bytes || damage.cut ? -EBADMSG : 0;
}
