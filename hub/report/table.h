/*
 * hub/report/table.h
 *		A query's result as a table for reading.
 */
#ifndef HUB_TABLE_H
#define HUB_TABLE_H

#include <libpq-fe.h>
#include <stdio.h>

#include "db/db.h"

/*
 * Writes headings and rows to "out", columns as wide as their widest cell; a heading's underscores become
 * blanks. A column of nothing but empty cells is left out. False: out of memory.
 */
extern bool table_write(FILE *out, const PGresult *result) HUB_MUST_CHECK;

/* Runs a query and writes its result as table_write does; what is wrong is logged as "failed". */
extern HubExit table_print(FILE *out, Db *db, const char *query, int nvalues, const char *const *values, const char *failed);

/* Writes the first column of each row as a line. */
extern void table_write_lines(FILE *out, const PGresult *result);

#endif
