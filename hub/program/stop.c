/*
 * hub/program/stop.c
 *		Stopping on a signal.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "stop.h"

/* Lock-free, so that both a handler and the workers may touch it. */
static atomic_int stop_flag;

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler needs a lock-free flag");

static void
handle_stop(int signo)
{
	(void) signo;
	atomic_store(&stop_flag, 1);
}

void
stop_on_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = handle_stop;	/* no SA_RESTART: a wait ends at once */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* A reader that went away, or a server that did, is an error of write, not our end. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* So is a limit of file sizes (LimitFSIZE). */
	sigaction(SIGXFSZ, &action, NULL);
}

bool
stop_requested(void)
{
	return atomic_load(&stop_flag) != 0;
}

void
stop_request(void)
{
	atomic_store(&stop_flag, 1);
}

bool
stop_sleep(long milliseconds)
{
	while (milliseconds > 0 && !stop_requested())
	{
		long		step = milliseconds < STOP_POLL_MS ? milliseconds : STOP_POLL_MS;
		struct timespec pause = {0, step * 1000000L};

		if (nanosleep(&pause, NULL) != 0 && errno != EINTR)
			break;
		milliseconds -= step;
	}
	return !stop_requested();
}
