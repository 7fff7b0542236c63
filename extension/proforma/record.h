/*
 * record.h
 *		Judges records, one row a client, by the fields and rules of a form.
 */
#ifndef WARDSTAR_RECORD_H
#define WARDSTAR_RECORD_H

#include "proforma/check.h"
#include "proforma/choices.h"
#include "proforma/date.h"
#include "proforma/pattern.h"

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

/* What has to be asked of the values of a column: most fields ask for one thing. */
typedef enum ColumnTest
{
	TEST_GENERAL,				/* whatever the field says */
	TEST_FILLED,				/* the rest: of text, without texts that mean no answer */
	TEST_CHOICES,
	TEST_PLAIN,
	TEST_INTEGER,
	TEST_DATE
} ColumnTest;

/*
 * A field of the form, for one column.  The caller sets field and kind, choices,
 * missing, plain and stop; record_prepare() the rest.  What each row needs stands first.
 */
typedef struct RecordColumn
{
	ColumnTest	test;
	ColumnKind	kind;
	FieldType	type;
	int			blank_rule;		/* that a missing value breaks, or RECORD_FINE */
	bool		checks_text;	/* choices, pattern or length */
	bool		checks_length;
	bool		single_byte;	/* characters of the encoding */
	double		minimum;
	double		maximum;
	Choices		missing;
	Choices		choices;
	const PlainPattern *plain;	/* the field's pattern, or NULL: matches() tells */
	PatternMatch matches;
	StopFunction stop;
	const ProformaField *field;
} RecordColumn;

/*
 * A value of a row.  The caller sets text and length of COLUMN_TEXT (NULL and 0:
 * missing), and present, has_number and number of the others.
 */
typedef struct RecordValue
{
	const char *text;			/* not ended by a zero */
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
extern int	record_check_values(const RecordColumn *columns, int n, RecordValue *values, int *place);
extern int	record_check_rules(const RowRule *rules, int n, const RecordValue *values, int *place);
extern bool row_check_parse(const char *text, RowCheck *check);

#endif							/* WARDSTAR_RECORD_H */
