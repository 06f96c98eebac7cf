/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What signals ask of the agent. None ends it before what is in flight is delivered, but SIGKILL, and
 * a second SIGINT or SIGTERM: the end may wait for whoever should read what we write.
 */
#ifndef WIRESPAN_AGENT_PIPELINE_SIGNALS_H
#define WIRESPAN_AGENT_PIPELINE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

enum signals_request {
	SIGNALS_REOPEN, /* SIGHUP, unless it says that our terminal is gone: then it asks for the end */
	SIGNALS_TELL,   /* SIGUSR1 */
	SIGNALS_COUNT,
};

/*
 * From now on the process takes what users, shells and log rotation send. To be called once, by the
 * thread that goes on to ask; others should have all signals blocked.
 */
void signals_begin(void);

/* Whether the end was asked for: by SIGINT, SIGTERM or a terminal that is gone. */
bool signals_stop(void);

/* Whether it was asked for since this was called last. */
bool signals_take(enum signals_request request);

#endif
