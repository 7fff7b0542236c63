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

/* The one thing that has to be asked of a column, if it is one that is often met. */
static ColumnTest
test_of_column(const RecordColumn *column)
{
	bool		is_text = column->type == FIELD_STRING || column->type == FIELD_UNKNOWN_TYPE;

	if (column->kind != COLUMN_TEXT || column->missing.slots != NULL || column->checks_length)
		return TEST_GENERAL;
	if (!column->checks_text)
		return is_text ? TEST_FILLED : column->type == FIELD_INTEGER ? TEST_INTEGER : column->type == FIELD_DATE ? TEST_DATE : TEST_GENERAL;
	if (!is_text)
		return TEST_GENERAL;
	if (column->field->matcher == NULL)
		return TEST_CHOICES;
	return column->plain != NULL && column->choices.slots == NULL ? TEST_PLAIN : TEST_GENERAL;
}

/* Notes what a column checks. */
void
record_prepare(RecordColumn *column)
{
	const ProformaField *field = column->field;

	column->type = field->type;
	column->blank_rule = !field->required ? RECORD_FINE : column->kind == COLUMN_ABSENT ? R113 : R102;
	column->minimum = field->has_minimum ? field->minimum : -HUGE_VAL;
	column->maximum = field->has_maximum ? field->maximum : HUGE_VAL;
	column->checks_length = field->min_length >= 0 || field->max_length >= 0;
	column->checks_text = column->checks_length || column->choices.slots != NULL || field->matcher != NULL;
	column->test = test_of_column(column);
}

static inline bool
is_digit(char c)
{
	return (unsigned char) (c - '0') <= 9;
}

static inline bool
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

/* A date of records is written in one way: 2025-07-31.  Days since 2000-01-01. */
static inline bool
read_day(const char *text, size_t length, double *number)
{
	static const uint8_t lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0};
	/* Days from 1 March to the first of a month. */
	static const int16_t before[] = {0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 0, 0, 0};
	static const char zeroes[] = "0000-00-";
	static const char six[] = {6, 6, 6, 6, 0, 6, 6, 0};
	static const unsigned char outside[] = {0xf0, 0xf0, 0xf0, 0xf0, 0xff, 0xf0, 0xf0, 0xff};
	uint64_t	word;
	uint64_t	zero;
	uint64_t	add;
	uint64_t	wrong;
	int			year;
	int			month;
	int			day;

	if (length != 10)
		return false;
	/* All of "2025-07-" at once: a digit less '0', with 6 added too, is below 16. */
	memcpy(&word, text, 8);
	memcpy(&zero, zeroes, 8);
	memcpy(&add, six, 8);
	memcpy(&wrong, outside, 8);
	word ^= zero;
	if ((((word + add) | word) & wrong) != 0 || !is_digit(text[8]) || !is_digit(text[9]))
		return false;
	year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	month = (text[5] - '0') * 10 + (text[6] - '0');
	day = (text[8] - '0') * 10 + (text[9] - '0');
	if (year == 0 || month > 12 || day < 1 || day > lengths[month])
	{
		if (month != 2 || day != 29 || year % 4 != 0 || (year % 100 == 0 && year % 400 != 0) || year == 0)
			return false;
	}
	year -= month <= 2;
	/* 1 March 2000 is day 60. */
	*number = 365 * year + year / 4 - year / 100 + year / 400 + before[month] + day - 730485 - 1 + 60;
	return true;
}

/* A date, or a date and a time: 2025-07-31T12:30. */
static bool
read_day_and_time(const char *text, size_t length, double *number)
{
	int32_t		day;

	if (length < 10 || text[4] != '-' || text[7] != '-' || !parse_day(text, length, &day))
		return false;
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

static inline bool
read_value(const RecordColumn *column, RecordValue *value)
{
	switch (column->type)
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
			value->has_number = read_day(value->text, value->length, &value->number);
			return value->has_number;
		case FIELD_DATETIME:
			value->has_number = read_day_and_time(value->text, value->length, &value->number);
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
	switch (column->type)
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

/* The first rule that a text breaks by what it says, or RECORD_FINE. */
static inline int
check_text(const RecordColumn *column, const RecordValue *value)
{
	if (column->choices.slots != NULL && !choices_have(&column->choices, value->text, value->length))
		return R103;
	if (column->checks_length)
	{
		const ProformaField *field = column->field;
		size_t		n = characters(value, column->single_byte);

		if (field->min_length >= 0 && n < (size_t) field->min_length)
			return R107;
		if (field->max_length >= 0 && n > (size_t) field->max_length)
			return R108;
	}
	if (column->plain != NULL)
		return plain_pattern_matches(column->plain, value->text, value->length, column->stop) ? RECORD_FINE : R104;
	if (column->field->matcher != NULL && !column->matches(column->field->matcher, value->text, value->length))
		return R104;
	return RECORD_FINE;
}

/* The first rule that the number of a value breaks, or RECORD_FINE. */
static inline int
check_number(const RecordColumn *column, const RecordValue *value)
{
	if (value->number < column->minimum)
		return R105;
	if (value->number > column->maximum)
		return R106;
	return RECORD_FINE;
}

/* The same as check_value() for any column. */
static int
check_general(const RecordColumn *column, RecordValue *value)
{
	int			rule;

	if (column->kind == COLUMN_TEXT)
	{
		value->has_number = false;
		value->present = value->length > 0 &&
			(column->missing.slots == NULL || !choices_have(&column->missing, value->text, value->length));
		if (!value->present)
			return column->blank_rule;
		if (!read_value(column, value))
			return R101;
	}
	else
	{
		if (!value->present)
			return column->blank_rule;
		if (!fits_kind(column, value) || (column->kind == COLUMN_NUMBER && !value->has_number))
		{
			value->has_number = false;
			return R101;
		}
	}
	if (value->has_number && (rule = check_number(column, value)) != RECORD_FINE)
		return rule;
	return column->checks_text && value->text != NULL ? check_text(column, value) : RECORD_FINE;
}

/*
 * The first rule that a value breaks, or RECORD_FINE.  Afterwards the value
 * says whether it is present, and has its number.
 */
static inline int
check_value(const RecordColumn *column, RecordValue *value)
{
	if (column->test == TEST_GENERAL)
		return check_general(column, value);
	value->has_number = false;
	value->present = value->length > 0;
	if (!value->present)
		return column->blank_rule;
	switch (column->test)
	{
		case TEST_GENERAL:
		case TEST_FILLED:
			return RECORD_FINE;
		case TEST_CHOICES:
			return choices_have(&column->choices, value->text, value->length) ? RECORD_FINE : R103;
		case TEST_PLAIN:
			return plain_pattern_matches(column->plain, value->text, value->length, column->stop) ? RECORD_FINE : R104;
		case TEST_INTEGER:
			value->has_number = read_integer(value->text, value->length, &value->number);
			break;
		case TEST_DATE:
			value->has_number = read_day(value->text, value->length, &value->number);
			break;
	}
	return value->has_number ? check_number(column, value) : R101;
}

/*
 * Checks the values of a row from *place on, up to the first that breaks a
 * rule.  That rule, with *place where it is; or RECORD_FINE.
 */
int
record_check_values(const RecordColumn *columns, int n, RecordValue *values, int *place)
{
	for (int i = *place; i < n; i++)
	{
		int			rule = check_value(&columns[i], &values[i]);

		if (rule != RECORD_FINE)
		{
			*place = i;
			return rule;
		}
	}
	return RECORD_FINE;
}

/* The rule that several values of a row break together, or RECORD_FINE. */
static int
check_row(const RowRule *rule, const RecordValue *values)
{
	const RecordValue *before = NULL;
	int			present = 0;

	if (!rule->usable)
		return R114;
	switch (rule->check)
	{
		case ROW_DATE_ORDER:
		case ROW_NOT_MORE_THAN:
			for (int i = 0; i < rule->ncolumns; i++)
			{
				const RecordValue *a = &values[rule->columns[i]];

				/* What is missing, or can't be compared, is passed over. */
				if (!a->present || !a->has_number)
					continue;
				if (before != NULL && before->number > a->number)
					return rule->check == ROW_DATE_ORDER ? R109 : R112;
				before = a;
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

/* The same as record_check_values() for the rules over several columns. */
int
record_check_rules(const RowRule *rules, int n, const RecordValue *values, int *place)
{
	for (int i = *place; i < n; i++)
	{
		int			rule = check_row(&rules[i], values);

		if (rule != RECORD_FINE)
		{
			*place = i;
			return rule;
		}
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
