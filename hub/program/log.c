/*
 * hub/program/log.c
 *		Log lines on standard error.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

static const char *const names[] = {"error", "warning", "info", "debug"};
static atomic_int threshold = LOG_INFO;
static atomic_int format = LOG_TEXT;

void
log_set_level(LogLevel level)
{
	atomic_store(&threshold, (int) level);
}

void
log_set_format(LogFormat new_format)
{
	atomic_store(&format, (int) new_format);
}

/* A line as it grows; what does not fit is cut off. */
typedef struct Line
{
	char		text[4096];
	size_t		used;
} Line;

static void
add(Line *line, const char *text)
{
	while (*text != '\0' && line->used < sizeof(line->text) - 4)
		line->text[line->used++] = *text++;
}

/*
 * A value in quotes. Control characters become blanks and bytes that are no UTF-8 may be cut at the line's end, so
 * that a file name or a server's message can't forge a second line or steer a terminal.
 */
static void
add_quoted(Line *line, const char *text)
{
	add(line, "\"");
	for (; *text != '\0' && line->used < sizeof(line->text) - 8; text++)
	{
		if (*text == '"' || *text == '\\')
			line->text[line->used++] = '\\';
		line->text[line->used++] = (unsigned char) *text < ' ' || *text == 127 ? ' ' : *text;
	}
	add(line, "\"");
}

static void
add_pair(Line *line, const char *name, const char *value)
{
	bool		json = atomic_load(&format) == LOG_JSON;
	bool		bare = *value != '\0';

	for (const char *p = value; *p != '\0' && bare; p++)
		bare = (unsigned char) *p > ' ' && (unsigned char) *p < 127 && strchr("\"=\\", *p) == NULL;
	if (line->used > 0 && line->text[line->used - 1] != '{')
		add(line, json ? ", " : " ");
	if (json)
		add_quoted(line, name);
	else
		add(line, name);
	add(line, json ? ": " : "=");
	if (json || !bare)
		add_quoted(line, value);
	else
		add(line, value);
}

static void
begin(Line *line, LogLevel level)
{
	struct timespec now;
	struct tm	utc;
	char		text[40];

	line->used = 0;
	if (atomic_load(&format) == LOG_TEXT)
	{
		add(line, "wardstar-hub: ");
		add(line, names[level]);
		add(line, ":");
		return;
	}
	if (atomic_load(&format) == LOG_JSON)
		add(line, "{");
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ".%03ldZ", now.tv_nsec / 1000000);
	add_pair(line, "time", text);
	add_pair(line, "level", names[level]);
}

/* A line goes out in one write, so that those of two threads never mix. */
static void
end(Line *line)
{
	if (atomic_load(&format) == LOG_JSON)
		line->text[line->used++] = '}';
	line->text[line->used++] = '\n';
	for (size_t done = 0; done < line->used;)
	{
		ssize_t		n = write(STDERR_FILENO, line->text + done, line->used - done);

		if (n <= 0)
			break;
		done += (size_t) n;
	}
}

void
log_line(LogLevel level, const char *who, const char *template,...)
{
	Line		line;
	char		message[3900];
	size_t		used;
	va_list		args;

	if ((int) level > atomic_load(&threshold))
		return;
	va_start(args, template);
	vsnprintf(message, sizeof(message), template, args);
	va_end(args);
	used = strlen(message);
	while (used > 0 && message[used - 1] == '\n')
		message[--used] = '\0';
	for (size_t i = 0; i < used; i++)
	{
		if ((unsigned char) message[i] < ' ' || message[i] == 127)
			message[i] = ' ';
	}
	begin(&line, level);
	if (atomic_load(&format) == LOG_TEXT)
	{
		add(&line, " ");
		if (who != NULL)
		{
			add(&line, who);
			add(&line, ": ");
		}
		add(&line, message);
		for (size_t i = 0; i < line.used; i++)
		{
			if ((unsigned char) line.text[i] < ' ' || line.text[i] == 127)
				line.text[i] = ' ';
		}
	}
	else
	{
		if (who != NULL)
			add_pair(&line, "who", who);
		add_pair(&line, "message", message);
	}
	end(&line);
}

void
log_event(LogLevel level, const char *event,...)
{
	Line		line;
	const char *name;
	va_list		args;

	if ((int) level > atomic_load(&threshold))
		return;
	begin(&line, level);
	add_pair(&line, "event", event);
	va_start(args, event);
	while ((name = va_arg(args, const char *)) != NULL)
	{
		const char *value = va_arg(args, const char *);

		if (value != NULL)
			add_pair(&line, name, value);
	}
	va_end(args);
	end(&line);
}
