/*
 * hub/db/embedded.h
 *		The files of sql/hub, embedded at build. They are looked up by their path there, without ".sql":
 *		"migrations/001_reference", "reference/functions/recognise"; queries without their folder: "queries/session";
 *		forms with their ending: "forms/old.json".
 */
#ifndef HUB_EMBEDDED_H
#define HUB_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedSql
{
	const char *name;
	const char *text;			/* ended by a NUL */
} EmbeddedSql;

/* Sorted by name. */
extern const EmbeddedSql embedded_sql[];
extern const size_t embedded_sql_count;

/* NULL: there is none of this name. */
extern const char *embedded_find(const char *name);

/* The next one whose name begins with "prefix" and holds no further "/", after index "after" (-1: the first); -1: no more. */
extern int	embedded_next(const char *prefix, int after);

#endif
