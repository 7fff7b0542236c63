/*
 * date_core.c
 *		Calendar days, as a form or a return writes them.
 */
#include "proforma/date.h"

static int32_t
days_from_civil(int year, int month, int day)
{
	/* Days since 2000-03-01 by years that begin in March. */
	int			y = month <= 2 ? year - 1 : year;
	int			m = month <= 2 ? month + 9 : month - 3;
	int			era = (y >= 0 ? y : y - 399) / 400;
	int			yoe = y - era * 400;
	int			doy = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 730425;
}

static bool
read_two_digits(const char *text, int *number)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return false;
	*number = (text[0] - '0') * 10 + (text[1] - '0');
	return true;
}

/* 2025-07-31, or 31/07/2025; a time may follow the first. */
bool
parse_day(const char *text, size_t length, int32_t *day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			century;
	int			year;
	int			month;
	int			date;

	while (length > 0 && *text == ' ')
		text++, length--;
	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (length < 10 || (length > 10 && text[10] != 'T' && text[10] != ' '))
		return false;
	if (text[4] == '-' && text[7] == '-')
	{
		if (!read_two_digits(text, &century) || !read_two_digits(text + 2, &year) || !read_two_digits(text + 5, &month) ||
			!read_two_digits(text + 8, &date))
			return false;
	}
	else if ((text[2] == '/' && text[5] == '/') || (text[2] == '.' && text[5] == '.'))
	{
		if (length > 10 || !read_two_digits(text, &date) || !read_two_digits(text + 3, &month) || !read_two_digits(text + 6, &century) ||
			!read_two_digits(text + 8, &year))
			return false;
	}
	else
		return false;
	year += century * 100;
	if (year == 0 || month < 1 || month > 12 || date < 1 ||
		date > days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))
		return false;
	*day = days_from_civil(year, month, date);
	return true;
}

/* First day of a quarter of the reporting year, as days since 2000-01-01. */
int32_t
form_first_day(int32_t period)
{
	int			year = period / 4;
	int			quarter = period % 4;

	return quarter == 3 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, 4 + 3 * quarter, 1);
}
