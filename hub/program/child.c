/*
 * hub/program/child.c
 *		Starting another program with limits.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* What goes through the pipe; shorter than PIPE_BUF, so it comes whole or not at all. */
typedef struct Failure
{
	int			error;
	char		step[60];
} Failure;

_Noreturn void
child_failed(int report, const char *step)
{
	Failure		failure = {errno, ""};

	for (size_t i = 0; i < sizeof(failure.step) - 1 && step[i] != '\0'; i++)
		failure.step[i] = step[i];
	while (write(report, &failure, sizeof(failure)) < 0 && errno == EINTR)
		;
	_exit(127);
}

bool
child_limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	if (getrlimit(resource, &now) != 0)
		return false;
	if (hard < now.rlim_max)
		now.rlim_max = hard;
	now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
	return setrlimit(resource, &now) == 0;
}

pid_t
child_start(void (*become) (const void *context, int report), const void *context, char *reason, size_t size)
{
	Failure		failure;
	ssize_t		n;
	int			ends[2];
	pid_t		child;

	if (pipe2(ends, O_CLOEXEC) != 0)
	{
		snprintf(reason, size, "could not make a pipe: %s", strerror(errno));
		return -1;
	}
	child = fork();
	if (child == 0)
	{
		/* Where a standard stream was closed the pipe has its place, which the program's own must not take from it. */
		int			report = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);

		/* What the hub ignores ends other programs, as they expect. */
		(void) signal(SIGPIPE, SIG_DFL);
		(void) signal(SIGXFSZ, SIG_DFL);
		become(context, report);
		_exit(127);
	}
	if (child < 0)
		snprintf(reason, size, "could not fork: %s", strerror(errno));
	close(ends[1]);
	if (child > 0)
	{
		while ((n = read(ends[0], &failure, sizeof(failure))) < 0 && errno == EINTR)
			;
		if (n == (ssize_t) sizeof(failure))
		{
			snprintf(reason, size, "could not %s: %s", failure.step, strerror(failure.error));
			while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
				;
			child = -1;
		}
	}
	close(ends[0]);
	return child;
}
