/*
 * cell.h
 *		What a person may write in the box of a form where a number of people
 *		is asked for.
 */
#ifndef WARDSTAR_CELL_H
#define WARDSTAR_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proforma/bounds.h"

typedef enum CellKind
{
	CELL_BLANK,
	CELL_NUMBER,
	CELL_NOT_APPLICABLE,
	CELL_SOME,					/* "yes" */
	CELL_FEWER,					/* "<5" */
	CELL_APPROXIMATE,			/* "about 12", "12+" */
	CELL_DASH,
	CELL_DATE,
	CELL_LOGICAL,				/* "TRUE" */
	CELL_NEGATIVE,
	CELL_DECIMAL,
	CELL_SPAN,					/* "10-12" */
	CELL_BROKEN_FORMULA,		/* "#REF!" */
	CELL_NOT_KNOWN,
	CELL_TOO_LARGE,
	CELL_NESTED,				/* a list or an object of JSON */
	CELL_UNREADABLE
} CellKind;

/* How a number is written, where not in plain digits. */
typedef enum CellWriting
{
	CELL_PLAIN,
	CELL_WITH_SEPARATOR,		/* "1,024" */
	CELL_IN_WORDS,				/* "seven" */
	CELL_OTHER_DIGITS,			/* digits of another script or width */
	CELL_WITH_UNIT,				/* "12 people" */
	CELL_WORD_FOR_NONE			/* "none" */
} CellWriting;

typedef struct Cell
{
	CellKind	kind;
	CellWriting writing;
	int64_t		number;			/* of CELL_NUMBER; the limit of CELL_FEWER */
	Bounds		bounds;			/* how many people it may stand for */
} Cell;

/* Longest text in which a number is looked for, in bytes. */
#define CELL_MAX_LENGTH 120

extern Cell cell_read(const char *text, size_t length);
extern Cell cell_of_kind(CellKind kind);

#endif							/* WARDSTAR_CELL_H */
