/*
 * hub/document/client_table.h
 *		A table of clients' data in memory: from a CSV file or a sheet of a workbook, with its headings, to tokens and
 *		to values that fit their columns.
 *
 * What is wrong goes into said->problem, in words for the partner, and never repeats a cell.
 */
#ifndef HUB_CLIENT_TABLE_H
#define HUB_CLIENT_TABLE_H

#include <regex.h>
#include <libpq-fe.h>

#include "document/document.h"
#include "spool/keys.h"
#include "document/rows.h"

#define CLIENT_TABLE_COLUMNS 256
/* Of a CSV file; wardstar-read has its own limit. Each becomes a piece of memory here, and three texts for the database. */
#define CLIENT_TABLE_CELLS 1000000

/* A row has a cell a column; an empty cell may be NULL. */
typedef struct ClientTable
{
	size_t		columns;
	size_t		rows;			/* the heading is row 0 */
	size_t		room;
	char	  **cells;
	long	   *lines;			/* of each row */
} ClientTable;

extern HubExit client_table_csv(ClientTable *table, const char *bytes, size_t size, ReturnRows *said) HUB_MUST_CHECK;

/* A sheet by its place in the document. Rows that are hidden are refused, or read and counted in said->hidden_rows. */
extern HubExit client_table_sheet(ClientTable *table, const Document *document, int sheet, bool hidden_too, ReturnRows *said) HUB_MUST_CHECK;

/* Wipes the cells. */
extern void client_table_free(ClientTable *table);

/* The cell, "" if there is none. */
extern const char *client_table_cell(const ClientTable *table, size_t row, size_t column);

/* Whether a heading is client_ref. Without it the first row may be data, of which nothing may leave this process. */
extern bool client_table_has_client(const ClientTable *table);

/* HUB_REFUSED if two columns have the same heading: which of the two holds can't be known. */
extern HubExit client_table_once(const ClientTable *table, ReturnRows *said) HUB_MUST_CHECK;

/* The headings as the text of an array; HUB_OK, or out of memory. The caller frees it by rows_free: headings->answers. */
extern HubExit client_table_headings(const ClientTable *table, ReturnRows *headings) HUB_MUST_CHECK;

/* A column of a result as patterns, one a column of the table; NULL is "anything". NULL on failure. */
extern regex_t *client_patterns(const PGresult *result, int column, size_t count);
extern void client_patterns_free(regex_t *patterns, size_t count);

/*
 * Adds the tokens of a value to rows: by the key of its purpose in use as "field", then, with field_was, by the
 * older ones, under which it may be known. Nothing for an empty value. HUB_REFUSED: it is not what it should be.
 */
extern HubExit client_tokens(const KeyRing *ring, KeyPurpose purpose, const char *scope, const char *value, long line,
							 const char *field, const char *field_was, ReturnRows *rows) HUB_MUST_CHECK;

#endif
