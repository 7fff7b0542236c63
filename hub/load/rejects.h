/*
 * hub/load/rejects.h
 *		The records of a file that can't be taken. They are kept in COPY's form, past a little memory in a temporary
 *		file, and written to reference.rejected_row once the connection is free.
 */
#ifndef HUB_REJECTS_H
#define HUB_REJECTS_H

#include "db/copy.h"

typedef struct Rejects
{
	int64_t		source_file;
	uint64_t	count;
	Copy		rows;
	int			fd;				/* what didn't fit into memory; -1: all did */
	uint64_t	spilled;
} Rejects;

extern void rejects_open(Rejects *rejects, int64_t source_file);

/* False: out of memory or disk. */
extern bool rejects_add(Rejects *rejects, long line, const char *reason) HUB_MUST_CHECK;
extern bool rejects_store(Rejects *rejects, Db *db) HUB_MUST_CHECK;
extern void rejects_close(Rejects *rejects);

#endif
