/*
 * hub/intake/rows.h
 *		The answers of a return on their way to the database: three arrays, lines, fields and answers.
 */
#ifndef HUB_ROWS_H
#define HUB_ROWS_H

#include "hub.h"

/* The text form of an array, as it grows. */
typedef struct ArrayText
{
	char	   *text;
	size_t		length;
	size_t		size;
	bool		failed;			/* out of memory */
} ArrayText;

typedef struct ReturnRows
{
	ArrayText	lines;
	ArrayText	fields;
	ArrayText	answers;
	size_t		count;

	/* What the file says of itself in the fields programme, period and form; NULL if it doesn't. */
	char	   *programme;
	char	   *period;
	char	   *form;

	/* Of a document: what the partner should be asked about. */
	int			hidden_sheets;
	int			hidden_rows;
	int			unplaced;
} ReturnRows;

/* Adds a row. Texts need no NUL; blanks round a field are dropped. A shortage of memory shows in rows_finish. */
extern void rows_add(ReturnRows *rows, long line, const char *field, size_t field_length, const char *answer,
					 size_t answer_length);

/* Ends the arrays; false when memory was short. */
extern bool rows_finish(ReturnRows *rows) HUB_MUST_CHECK;
extern void rows_free(ReturnRows *rows);

#endif
