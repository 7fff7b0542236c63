/*
 * hub/log.c
 *		Log lines on standard error.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

static atomic_int threshold = LOG_INFO;

void
log_set_level(LogLevel level)
{
	atomic_store(&threshold, (int) level);
}

/*
 * A line goes out in one write, so that those of two workers never mix. Control characters in it become
 * blanks: a file name or a server's message can't forge a second line or steer a terminal.
 */
void
log_line(LogLevel level, const char *who, const char *format,...)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};
	char		line[4096];
	size_t		used;
	va_list		args;

	if ((int) level > atomic_load(&threshold))
		return;
	used = (size_t) snprintf(line, sizeof(line), "wardstar-hub: %s: %s%s", names[level],
							 who != NULL ? who : "", who != NULL ? ": " : "");
	if (used > sizeof(line) - 2)
		used = sizeof(line) - 2;
	va_start(args, format);
	vsnprintf(line + used, sizeof(line) - used - 1, format, args);
	va_end(args);
	used = strlen(line);
	while (used > 0 && line[used - 1] == '\n')
		used--;
	for (size_t i = 0; i < used; i++)
	{
		if ((unsigned char) line[i] < ' ' || line[i] == 127)
			line[i] = ' ';
	}
	line[used++] = '\n';
	for (size_t done = 0; done < used;)
	{
		ssize_t		n = write(STDERR_FILENO, line + done, used - done);

		if (n <= 0)
			break;
		done += (size_t) n;
	}
}
