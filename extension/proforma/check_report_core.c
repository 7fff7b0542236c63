/*
 * check_report_core.c
 *		What the rules for returns say their findings with.
 */
#include "proforma/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
report(Check *check, ReturnRule rule, const char *field, const char *observed,
	   const char *expected, const char *suggestion, const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	report_va(check->sink, check->context, &return_rules[rule], field, observed, expected, suggestion, format, arguments);
	va_end(arguments);
}

const char *
answer_title(Check *check, const ProformaAnswer *answer, char buffer[TITLE_LENGTH])
{
	const ProformaField *field;
	char		title[200];
	char		place[40 + CLIP_ROOM];

	if (answer->field < 0)
	{
		return clip_text(buffer, 120 + CLIP_ROOM, answer->name, check->measure);
	}
	field = &check->given->form->fields[answer->field];
	if (!field->is_family)
		return field->title;
	snprintf(buffer, TITLE_LENGTH, "%s %s", clip_text(title, sizeof(title), field->title, check->measure),
			 clip_text(place, sizeof(place), answer->name + strlen(field->name) - 1, check->measure));
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
