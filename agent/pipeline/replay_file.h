/* SPDX-License-Identifier: Apache-2.0 */
/* A recording that is to be replayed. */
#ifndef WIRESPAN_AGENT_PIPELINE_REPLAY_FILE_H
#define WIRESPAN_AGENT_PIPELINE_REPLAY_FILE_H

#include <stdio.h>

#include "agent/recording/reader.h"

struct replay_file {
	const char *path;
	FILE *file;
	struct recording_reader *reader;
};

/* Opens a recording and reads its header. `path` outlives it. 0 or negative errno, said by the logger. */
int replay_open(const char *path, struct replay_file **ret_file);
/* Accepts NULL. */
void replay_close(struct replay_file *file);

/* After the last item: says what is wrong with the recording. 0: nothing; else -EBADMSG. */
int replay_tell_damage(const struct replay_file *file);

#endif
