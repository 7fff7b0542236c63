/*
 * check_report_core.c
 *		What the rules for returns say their findings with.
 */
#include "proforma/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
report(const Check *check, ReturnRule rule, const char *field, const char *observed,
	   const char *expected, const char *suggestion, const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	report_va(check->sink, check->context, &return_rules[rule], field, observed, expected, suggestion, format, arguments);
	va_end(arguments);
}

const char *
answer_title(const Check *check, const ProformaAnswer *answer, char buffer[TITLE_LENGTH])
{
	const ProformaField *field;

	if (answer->field < 0)
	{
		snprintf(buffer, TITLE_LENGTH, "%.120s", answer->name);
		return buffer;
	}
	field = &check->given->form->fields[answer->field];
	if (!field->is_family)
		return field->title;
	snprintf(buffer, TITLE_LENGTH, "%s %.40s", field->title, answer->name + strlen(field->name) - 1);
	return buffer;
}

const char *
bounds_text(Bounds bounds, char buffer[BOUNDS_LENGTH])
{
	if (bounds.upper == bounds.lower)
		snprintf(buffer, BOUNDS_LENGTH, "%" PRId64, bounds.lower);
	else if (bounds.upper == BOUNDS_UNLIMITED)
		snprintf(buffer, BOUNDS_LENGTH, "%" PRId64 " or more", bounds.lower);
	else
		snprintf(buffer, BOUNDS_LENGTH, "%" PRId64 " to %" PRId64, bounds.lower, bounds.upper);
	return buffer;
}

const char *
people_text(int64_t n)
{
	return n == 1 ? "person" : "people";
}
