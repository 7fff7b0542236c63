/*
 * record.h
 *		Judges records, one row a client, by the fields and rules of a form.
 */
#ifndef WARDSTAR_RECORD_H
#define WARDSTAR_RECORD_H

#include "proforma/check.h"

/* What a column of the row holds. */
typedef enum ColumnKind
{
	COLUMN_ABSENT,				/* the row has no such column */
	COLUMN_TEXT,
	COLUMN_INTEGER,
	COLUMN_NUMBER,
	COLUMN_BOOLEAN,
	COLUMN_DAY
} ColumnKind;

typedef struct RecordText
{
	const char *text;
	size_t		length;
} RecordText;

typedef struct RecordColumn
{
	const ProformaField *field;
	ColumnKind	kind;
	RecordText *choices;		/* in the order of length, then bytes */
	int			nchoices;
	RecordText *missing;
	int			nmissing;
	bool		checks_text;	/* choices, pattern or length */
	bool		single_byte;	/* characters of the encoding */
	PatternMatch matches;
	int			place;			/* of the column in the row, for the caller */
} RecordColumn;

/* A value of a row. The caller sets what its column holds; the rest is read from it. */
typedef struct RecordValue
{
	const char *text;			/* of COLUMN_TEXT, not ended by a zero */
	size_t		length;
	bool		present;
	bool		has_number;		/* number can be compared: days for dates */
	double		number;
} RecordValue;

typedef enum RowCheck
{
	ROW_DATE_ORDER,
	ROW_IN_PERIOD,
	ROW_AT_LEAST_ONE,
	ROW_EXACTLY_ONE,
	ROW_NOT_MORE_THAN,
	ROW_UNIQUE,
	ROW_NO_OVERLAP
} RowCheck;

typedef struct RowRule
{
	RowCheck	check;
	int		   *columns;
	int			ncolumns;
	double		from;			/* of a period: first day */
	double		before;			/* first day after it */
	bool		usable;			/* its columns are there, and are of the kind that it needs */
} RowRule;

/* No rule is broken. */
#define RECORD_FINE (-1)

extern void record_prepare(RecordColumn *column);
extern int	record_check_value(const RecordColumn *column, RecordValue *value);
extern int	record_check_row(const RowRule *rule, const RecordValue *values);
extern bool row_check_parse(const char *text, RowCheck *check);

#endif							/* WARDSTAR_RECORD_H */
