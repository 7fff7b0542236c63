/*
 * hub/document/rows.h
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

	/* Why it can't be taken, in words for the partner, a fault a line, and what to do; NULL while nothing is wrong. */
	char	   *problem;
	char	   *hint;

	/* Where it is in doubt: what must be stated, "programme", "period" or "form"; else NULL. */
	const char *doubt;
} ReturnRows;

/* Adds a row. Texts need no NUL; blanks round a field are dropped. A shortage of memory shows in rows_finish. */
extern void rows_add(ReturnRows *rows, long line, const char *field, size_t field_length, const char *answer,
					 size_t answer_length);

/* Adds a line to the problem, or sets the hint. None of them repeats an answer. */
extern void rows_problem(ReturnRows *rows, const char *format,...) HUB_PRINTF(2, 3);
extern void rows_hint(ReturnRows *rows, const char *hint);

/* Ends the arrays; false when memory was short. */
extern bool rows_finish(ReturnRows *rows) HUB_MUST_CHECK;
extern void rows_free(ReturnRows *rows);

#endif
