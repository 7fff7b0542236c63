/*
 * record_core.c
 *		The rules for records: one value, then several of a row.
 */
#include "proforma/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "area/gss_code.h"
#include "area/uk_postcode.h"

static int
compare_texts(const void *a, const void *b)
{
	const RecordText *x = a;
	const RecordText *y = b;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(x->text, y->text, x->length);
}

/* Brings the choices of a column into their order, and notes what it checks. */
void
record_prepare(RecordColumn *column)
{
	const ProformaField *field = column->field;

	if (column->nchoices > 1)
		qsort(column->choices, column->nchoices, sizeof(RecordText), compare_texts);
	column->checks_text = column->nchoices > 0 || field->matcher != NULL || field->min_length >= 0 || field->max_length >= 0;
}

static bool
is_choice(const RecordText *choices, int n, const char *text, size_t length)
{
	int			low = 0;

	/* A few are found sooner one by one. */
	if (n <= 8)
	{
		for (int i = 0; i < n; i++)
			if (choices[i].length == length && memcmp(choices[i].text, text, length) == 0)
				return true;
		return false;
	}
	while (low < n)
	{
		int			middle = low + (n - low) / 2;
		RecordText	wanted = {text, length};
		int			order = compare_texts(&choices[middle], &wanted);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return false;
}

static inline bool
is_digit(char c)
{
	return (unsigned char) (c - '0') <= 9;
}

static bool
read_integer(const char *text, size_t length, double *number)
{
	size_t		i = 0;
	int64_t		value = 0;
	bool		negative = false;

	if (length > 0 && (text[0] == '-' || text[0] == '+'))
	{
		negative = text[0] == '-';
		i++;
	}
	if (i == length || length - i > 18)
		return false;
	for (; i < length; i++)
	{
		if (!is_digit(text[i]))
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*number = (double) (negative ? -value : value);
	return true;
}

static bool
read_number(const char *text, size_t length, double *number)
{
	char		copy[64];
	char	   *end;

	if (read_integer(text, length, number))
		return true;
	if (length == 0 || length >= sizeof(copy))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_digit(text[i]) && text[i] != '.' && text[i] != '-' && text[i] != '+' && text[i] != 'e' && text[i] != 'E')
			return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	*number = strtod(copy, &end);
	return *end == '\0' && *number - *number == 0;
}

/* Dates of records are written in one way: 2025-07-31. */
static bool
read_day(const char *text, size_t length, bool with_time, double *number)
{
	int32_t		day;

	if (length < 10 || text[4] != '-' || text[7] != '-' || (!with_time && length > 10) || !parse_day(text, length, &day))
		return false;
	if (length > 10)
		for (size_t i = 11; i < length; i++)
			if (!is_digit(text[i]) && strchr(":.+-Z ", text[i]) == NULL)
				return false;
	*number = day;
	return true;
}

static bool
read_boolean(const char *text, size_t length)
{
	static const char *const words[] = {"true", "false", "yes", "no", "1", "0", "True", "False", "TRUE", "FALSE", "Yes", "No", "YES", "NO"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
			return true;
	return false;
}

static bool
read_value(const RecordColumn *column, RecordValue *value)
{
	switch (column->field->type)
	{
		case FIELD_STRING:
		case FIELD_UNKNOWN_TYPE:
			return true;
		case FIELD_INTEGER:
			value->has_number = read_integer(value->text, value->length, &value->number);
			return value->has_number;
		case FIELD_NUMBER:
			value->has_number = read_number(value->text, value->length, &value->number);
			return value->has_number;
		case FIELD_BOOLEAN:
			return read_boolean(value->text, value->length);
		case FIELD_DATE:
		case FIELD_DATETIME:
			value->has_number = read_day(value->text, value->length, column->field->type == FIELD_DATETIME, &value->number);
			return value->has_number;
		case FIELD_POSTCODE:
			{
				uk_postcode postcode;

				return uk_postcode_parse(value->text, value->length, &postcode) == UK_POSTCODE_OK;
			}
		case FIELD_AREA:
			{
				gss_code	code;

				return gss_code_parse(value->text, value->length, &code) == GSS_CODE_OK;
			}
	}
	return true;
}

/* May a column of the server's own types stand for the field? */
static bool
fits_kind(const RecordColumn *column, const RecordValue *value)
{
	switch (column->field->type)
	{
		case FIELD_INTEGER:
			return column->kind == COLUMN_INTEGER ||
				(column->kind == COLUMN_NUMBER && value->has_number && value->number == floor(value->number));
		case FIELD_NUMBER:
			return column->kind == COLUMN_INTEGER || column->kind == COLUMN_NUMBER;
		case FIELD_BOOLEAN:
			return column->kind == COLUMN_BOOLEAN;
		case FIELD_DATE:
		case FIELD_DATETIME:
			return column->kind == COLUMN_DAY;
		case FIELD_STRING:
		case FIELD_UNKNOWN_TYPE:
			return true;
		case FIELD_POSTCODE:
		case FIELD_AREA:
			return false;
	}
	return true;
}

static size_t
characters(const RecordValue *value, bool single_byte)
{
	size_t		n = 0;

	if (single_byte)
		return value->length;
	for (size_t i = 0; i < value->length; i++)
		n += ((unsigned char) value->text[i] & 0xc0) != 0x80;
	return n;
}

/*
 * The first rule that a value breaks, or RECORD_FINE.  Afterwards the value
 * says whether it is present, and has its number.
 */
int
record_check_value(const RecordColumn *column, RecordValue *value)
{
	const ProformaField *field = column->field;

	if (column->kind == COLUMN_TEXT)
	{
		value->has_number = false;
		if (value->present && (value->length == 0 || (column->nmissing > 0 && is_choice(column->missing, column->nmissing, value->text, value->length))))
			value->present = false;
	}
	if (!value->present)
		return field->required ? R102 : RECORD_FINE;
	if (column->kind == COLUMN_TEXT ? !read_value(column, value) : !fits_kind(column, value) || (column->kind == COLUMN_NUMBER && !value->has_number))
	{
		value->has_number = false;
		return R101;
	}
	if (value->has_number)
	{
		if (field->has_minimum && value->number < field->minimum)
			return R105;
		if (field->has_maximum && value->number > field->maximum)
			return R106;
	}
	if (column->checks_text && value->text != NULL)
	{
		if (column->nchoices > 0 && !is_choice(column->choices, column->nchoices, value->text, value->length))
			return R103;
		if (field->min_length >= 0 && characters(value, column->single_byte) < (size_t) field->min_length)
			return R107;
		if (field->max_length >= 0 && characters(value, column->single_byte) > (size_t) field->max_length)
			return R108;
		if (field->matcher != NULL && !column->matches(field->matcher, value->text, value->length))
			return R104;
	}
	return RECORD_FINE;
}

/* The rule that several values of a row break together, or RECORD_FINE. */
int
record_check_row(const RowRule *rule, const RecordValue *values)
{
	int			present = 0;

	switch (rule->check)
	{
		case ROW_DATE_ORDER:
		case ROW_NOT_MORE_THAN:
			for (int i = 1; i < rule->ncolumns; i++)
			{
				const RecordValue *a = &values[rule->columns[i - 1]];
				const RecordValue *b = &values[rule->columns[i]];

				if (a->present && b->present && a->has_number && b->has_number && a->number > b->number)
					return rule->check == ROW_DATE_ORDER ? R109 : R112;
			}
			return RECORD_FINE;
		case ROW_IN_PERIOD:
			for (int i = 0; i < rule->ncolumns; i++)
			{
				const RecordValue *a = &values[rule->columns[i]];

				if (a->present && a->has_number && (a->number < rule->from || a->number >= rule->before))
					return R110;
			}
			return RECORD_FINE;
		case ROW_AT_LEAST_ONE:
		case ROW_EXACTLY_ONE:
			for (int i = 0; i < rule->ncolumns; i++)
				present += values[rule->columns[i]].present;
			if (present == 0 || (rule->check == ROW_EXACTLY_ONE && present > 1))
				return R111;
			return RECORD_FINE;
		case ROW_UNIQUE:
		case ROW_NO_OVERLAP:
			/* These look across rows. */
			return RECORD_FINE;
	}
	return RECORD_FINE;
}

bool
row_check_parse(const char *text, RowCheck *check)
{
	static const char *const names[] = {
		[ROW_DATE_ORDER] = "date_order", [ROW_IN_PERIOD] = "in_period", [ROW_AT_LEAST_ONE] = "at_least_one",
		[ROW_EXACTLY_ONE] = "exactly_one", [ROW_NOT_MORE_THAN] = "not_more_than", [ROW_UNIQUE] = "unique",
		[ROW_NO_OVERLAP] = "no_overlap"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], text) == 0)
		{
			*check = (RowCheck) i;
			return true;
		}
	return false;
}
