/*
 * hub/program/log.h
 *		Log lines on standard error. One call is one line, whole, from any thread.
 */
#ifndef HUB_LOG_H
#define HUB_LOG_H

#include "hub.h"

typedef enum LogLevel
{
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO,
	LOG_DEBUG
} LogLevel;

typedef enum LogFormat
{
	LOG_TEXT,
	LOG_LOGFMT,					/* time=… level=… event=… name=value … */
	LOG_JSON
} LogFormat;

extern void log_set_format(LogFormat format);

/* Lines of a higher level than this are dropped. */
extern void log_set_level(LogLevel level);

/* "who" tells whose business it is (a connection's db/user@host, a file), or is NULL. */
extern void log_line(LogLevel level, const char *who, const char *format,...) HUB_PRINTF(3, 4);

/*
 * Something that happened, as pairs of a name and a value, both strings, ended by NULL for a name; a pair whose value
 * is NULL is left out. Never content, never a token.
 */
extern void log_event(LogLevel level, const char *event,...) __attribute__((sentinel));

#define log_error(...) log_line(LOG_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, NULL, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, NULL, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, NULL, __VA_ARGS__)

#endif
