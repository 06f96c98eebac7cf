// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/signals.h"

#include <poll.h>
#include <stddef.h>
#include <unistd.h>

#include "base/log.h"

static volatile sig_atomic_t stop, hung_up, requested[SIGNALS_COUNT], meaningless;
/* Which of our standard streams are terminals, as bits; 0 where a terminal's end is none of our business. */
static unsigned int terminals;

static void on_signal(int number)
{
	switch (number) {
	case SIGHUP:
		hung_up = 1;
		break;
	case SIGUSR1:
		requested[SIGNALS_TELL] = 1;
		break;
	case SIGUSR2:
		meaningless = 1;
		break;
	default:
		stop = 1;
	}
}

void signals_begin(void)
{
	static const struct {
		int number;
		int flags;
		bool ignored;
	} rows[] = {
		{ SIGINT, SA_RESETHAND, false },
		{ SIGTERM, SA_RESETHAND, false },
		{ SIGHUP, 0, false },
		{ SIGUSR1, 0, false },
		{ SIGUSR2, 0, false },
		/* A reader who goes away, and a file that may not grow, are failed writes. */
		{ SIGPIPE, 0, true },
		{ SIGXFSZ, 0, true },
		/* Nor does a terminal stop capture because we write to it from the background. */
		{ SIGTTOU, 0, true },
	};
	struct sigaction before;

	/* As nohup(1) leaves it, SIGHUP is not to end us. */
	sigaction(SIGHUP, NULL, &before);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && before.sa_handler != SIG_IGN; fd++)
		terminals |= isatty(fd) ? 1u << fd : 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sigaction action = { .sa_handler = rows[i].ignored ? SIG_IGN : on_signal, .sa_flags = rows[i].flags };

		sigaction(rows[i].number, &action, NULL);
	}
}

static bool terminal_is_gone(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		struct pollfd file = { .fd = fd };

		if (terminals & 1u << fd && poll(&file, 1, 0) > 0 && file.revents & POLLHUP)
			return true;
	}
	return false;
}

/* Here rather than in the handler: it happens in the middle of anything. */
static void look_at_terminal(void)
{
	if (!hung_up)
		return;
	hung_up = 0;
	if (terminal_is_gone())
		stop = 1;
	else
		requested[SIGNALS_REOPEN] = 1;
}

bool signals_stop(void)
{
	look_at_terminal();
	return stop;
}

bool signals_take(enum signals_request request)
{
	look_at_terminal();
	if (meaningless) {
		meaningless = 0;
		log_notice("SIGUSR2 means nothing here; SIGHUP opens files anew, SIGUSR1 tells what was done so far");
	}
	if (!requested[request])
		return false;
	requested[request] = 0;
	return true;
}
