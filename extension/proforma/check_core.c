/*
 * check_core.c
 *		The rules for single answers: what stands in a box, and whether it is
 *		what the form asks for there; and all rules, in their order.
 */
#include "proforma/check.h"
#include "proforma/date.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rule that speaks of a kind of cell, or -1. */
static int
rule_of_cell(const Cell *cell)
{
	switch (cell->kind)
	{
		case CELL_BLANK:
			return -1;
		case CELL_NUMBER:
			switch (cell->writing)
			{
				case CELL_PLAIN:
					return -1;
				case CELL_WITH_SEPARATOR:
					return P106;
				case CELL_IN_WORDS:
					return P107;
				case CELL_OTHER_DIGITS:
					return P108;
				case CELL_WITH_UNIT:
					return P119;
				case CELL_WORD_FOR_NONE:
					return P120;
			}
			return -1;
		case CELL_NOT_APPLICABLE:
			return P115;
		case CELL_SOME:
			return P102;
		case CELL_FEWER:
			return P104;
		case CELL_APPROXIMATE:
			return P105;
		case CELL_DASH:
			return P103;
		case CELL_DATE:
			return P111;
		case CELL_LOGICAL:
			return P112;
		case CELL_NEGATIVE:
			return P110;
		case CELL_DECIMAL:
			return P109;
		case CELL_SPAN:
			return P114;
		case CELL_BROKEN_FORMULA:
			return P116;
		case CELL_NOT_KNOWN:
			return P117;
		case CELL_TOO_LARGE:
			return P113;
		case CELL_NESTED:
			return P118;
		case CELL_UNREADABLE:
			return P101;
	}
	return -1;
}

static void
check_cell(Check *check, const ProformaAnswer *answer)
{
	const Cell *cell = &answer->cell;
	int			rule = rule_of_cell(cell);
	char		title[TITLE_LENGTH];
	char		read_as[BOUNDS_LENGTH];
	char		expected[BOUNDS_LENGTH + 20] = "a whole number";

	if (rule >= 0)
	{
		const char *where = answer_title(check, answer, title);

		if (cell->kind == CELL_NUMBER)
			snprintf(expected, sizeof(expected), "%" PRId64, cell->number);
		if (cell->kind == CELL_NESTED)
			report(check, P118, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" there is %s where one number should be.", where, answer->shown);
		else if (cell->bounds.lower == 0 && cell->bounds.upper == BOUNDS_UNLIMITED)
			report(check, rule, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" you wrote \"%s\", which we cannot read as a number of people.", where, answer->shown);
		else
			report(check, rule, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" you wrote \"%s\". We read it as %s.", where, answer->shown,
				   bounds_text(cell->bounds, read_as));
	}
	if (cell->kind == CELL_NUMBER && answer->field >= 0)
	{
		const ProformaField *field = &check->given->form->fields[answer->field];

		if (field->has_minimum && (double) cell->number < field->minimum)
		{
			snprintf(expected, sizeof(expected), "%.15g or more", field->minimum);
			report(check, P209, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" you wrote %" PRId64 ", but it should be %s.", answer_title(check, answer, title),
				   cell->number, expected);
		}
		else if (field->has_maximum && (double) cell->number > field->maximum)
		{
			snprintf(expected, sizeof(expected), "at most %.15g", field->maximum);
			report(check, P209, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" you wrote %" PRId64 ", but it should be %s.", answer_title(check, answer, title),
				   cell->number, expected);
		}
	}
}

/* Characters of UTF-8; of another encoding, bytes that do not look like its middle. */
static size_t
characters(const char *text, size_t length)
{
	size_t		n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char) text[i] & 0xc0) != 0x80;
	return n;
}

static bool
is_one_of(const char *text, const char **choices, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(text, choices[i]) == 0)
			return true;
	return false;
}

/* "a, b or c", as far as there is room. */
static void
list_choices(const ProformaField *field, char *buffer, size_t size, CharacterLength measure)
{
	size_t		used = 0;

	buffer[0] = '\0';
	for (int i = 0; i < field->nchoices; i++)
	{
		char		choice[60 + CLIP_ROOM];
		int			n = snprintf(buffer + used, size - used, "%s%s", i == 0 ? "" : i == field->nchoices - 1 ? " or " : ", ",
								 clip_text(choice, sizeof(choice), field->choices[i], measure));

		if (n < 0 || (size_t) n >= size - used)
		{
			snprintf(buffer + used, size - used, " ...");
			return;
		}
		used += n;
	}
}

static bool
is_blank(const ProformaAnswer *answer, const ProformaField *field)
{
	if (answer->kind == ANSWER_EMPTY || form_is_listed(field->missing, field->nmissing, answer->text))
		return true;
	return answer->kind == ANSWER_TEXT && strspn(answer->text, " \t\r\n") == answer->length;
}

static bool
is_a_number(const char *text)
{
	char	   *end;
	double		value;

	while (*text == ' ')
		text++;
	if (strspn(text, "0123456789+-.eE ") != strlen(text) || *text == '\0')
		return false;
	value = strtod(text, &end);
	while (*end == ' ')
		end++;
	return *end == '\0' && value - value == 0;
}

/* A text, date, number or choice: anything but a number of people. */
static void
check_value(Check *check, const ProformaAnswer *answer, const ProformaField *field)
{
	char		title[TITLE_LENGTH];
	char		expected[300];
	const char *where = answer_title(check, answer, title);
	size_t		length;
	int32_t		day;

	if (answer->kind == ANSWER_NESTED)
	{
		report(check, P118, answer->name, answer->shown, "one answer", NULL,
			   "In the box \"%s\" there is %s where one answer should be.", where, answer->shown);
		return;
	}
	if (field->nchoices > 0 && !form_is_listed(field->sorted_choices, field->nchoices, answer->text))
	{
		list_choices(field, expected, sizeof(expected), check->measure);
		/* A basis is known by other spellings too. */
		if (answer->field != check->given->form->basis_field || check->given->basis == BASIS_UNREADABLE ||
			!form_is_listed(field->sorted_choices, field->nchoices, form_basis_name(check->given->basis)))
			report(check, P206, answer->name, answer->shown, expected, NULL,
				   "In the box \"%s\" you wrote \"%s\". It should be %s.", where, answer->shown, expected);
		return;
	}
	if ((field->type == FIELD_DATE || field->type == FIELD_DATETIME) && !parse_day(answer->text, answer->length, &day))
	{
		report(check, P210, answer->name, answer->shown, "a date such as 2025-07-31", NULL,
			   "In the box \"%s\" you wrote \"%s\", which is not a date.", where, answer->shown);
		return;
	}
	if (field->type == FIELD_NUMBER && !is_a_number(answer->text))
	{
		report(check, P210, answer->name, answer->shown, "a number", NULL,
			   "In the box \"%s\" you wrote \"%s\", which is not a number.", where, answer->shown);
		return;
	}
	if (field->type == FIELD_NUMBER && ((field->has_minimum && strtod(answer->text, NULL) < field->minimum) ||
										(field->has_maximum && strtod(answer->text, NULL) > field->maximum)))
	{
		report(check, P209, answer->name, answer->shown, NULL, NULL,
			   "In the box \"%s\" you wrote %s, which is outside the limits of the form.", where, answer->shown);
		return;
	}
	if (field->type == FIELD_BOOLEAN && answer->kind != ANSWER_LOGICAL)
	{
		static const char *yes_or_no[] = {"yes", "no", "true", "false", "Yes", "No", "TRUE", "FALSE", "1", "0"};

		if (!is_one_of(answer->text, yes_or_no, 10))
			report(check, P210, answer->name, answer->shown, "yes or no", NULL,
				   "In the box \"%s\" you wrote \"%s\". It should be yes or no.", where, answer->shown);
		return;
	}
	length = characters(answer->text, answer->length);
	if (field->min_length >= 0 && length < (size_t) field->min_length)
		report(check, P207, answer->name, answer->shown, NULL, NULL,
			   "What you wrote in \"%s\" has %zu characters; it should have at least %d.", where, length, field->min_length);
	else if (field->max_length >= 0 && length > (size_t) field->max_length)
		report(check, P207, answer->name, NULL, NULL, NULL,
			   "What you wrote in \"%s\" has %zu characters; it should have at most %d.", where, length, field->max_length);
	else if (field->matcher != NULL && check->matches != NULL && !check->matches(field->matcher, answer->text, answer->length))
		report(check, P207, answer->name, answer->shown, NULL, NULL,
			   "What you wrote in \"%s\" (\"%s\") is not written in the way that the form asks for.", where, answer->shown);
}

static void
check_group_answers(Check *check, int place)
{
	const ProformaForm *form = check->given->form;
	const ProformaGroup *group = &form->groups[place];
	const GroupSum *sum = &check->given->sums[place];
	char		list[600];
	size_t		used = 0;
	bool		full = false;
	int			blanks = 0;
	const char *first = NULL;

	if (sum->filled == 0)
	{
		/* Parts of a whole of which nothing is asked are passed over. */
		if (group->kind != GROUP_SUBSET)
			report(check, P202, group->name, NULL, NULL, NULL,
				   "You left all boxes for \"%s\" blank, so we do not know whether there was nobody, or whether it was not filled in.%s",
				   group->title, group->counts ? " Until we know, there is no upper limit for the number of people." : "");
		return;
	}
	for (int i = group->first_field; i >= 0 && !check_stopped(check); i = form->fields[i].next_in_group)
	{
		const ProformaField *field = &form->fields[i];

		if (field->is_family || field->required || return_cell(check->given, i).kind != CELL_BLANK)
			continue;
		if (first == NULL)
			first = field->name;
		blanks++;
		if (!full)
		{
			char		title[60 + CLIP_ROOM];
			int			n = snprintf(list + used, sizeof(list) - used, "%s\"%s\"", used == 0 ? "" : ", ",
									 clip_text(title, sizeof(title), field->title, check->measure));

			full = n < 0 || (size_t) n >= sizeof(list) - used;
			if (full)
				list[used] = '\0';
			else
				used += n;
		}
	}
	if (blanks > 0)
		report(check, P203, blanks == 1 ? first : group->name, NULL, NULL, NULL,
			   "Under \"%s\" you left %d %s blank, which we read as 0: %s%s.", group->title, blanks,
			   blanks == 1 ? "box" : "boxes", list, full ? " and others" : "");
}

/* Every answer on its own, then what is missing. */
void
check_answers(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	bool		any = false;
	char		title[TITLE_LENGTH];

	for (int i = 0; i < given->nanswers && !any && !check_stopped(check); i++)
		any = strcmp(given->answers[i].name, "period") != 0 && given->answers[i].kind != ANSWER_EMPTY &&
			strspn(given->answers[i].text, " \t\r\n") < given->answers[i].length + (given->answers[i].kind == ANSWER_NESTED);
	if (!given->has_answers || !any)
	{
		report(check, P205, NULL, NULL, NULL, NULL, given->has_answers ?
			   "The return has no answer in any box." : "What was sent is not a list of answers, so there is nothing to check.");
		return;
	}
	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const ProformaField *field = answer->field >= 0 ? &form->fields[answer->field] : NULL;

		if (field == NULL && !answer->tolerated)
		{
			report(check, P204, answer->name, answer->shown, NULL, NULL,
				   "The form has no box called \"%s\", so what you wrote there was not used.", answer_title(check, answer, title));
			continue;
		}
		if (field == NULL && answer->counts && answer->cell.kind != CELL_BLANK)
			report(check, P208, answer->name, answer->shown, NULL, NULL,
				   "The form has no box \"%s\", but we understand it and have used it.", answer_title(check, answer, title));
		if (answer->counts)
			check_cell(check, answer);
		else if (field != NULL && !is_blank(answer, field))
			check_value(check, answer, field);
	}
	for (int i = 0; i < form->nfields && !check_stopped(check); i++)
	{
		const ProformaField *field = &form->fields[i];
		const ProformaAnswer *answer = return_answer(given, i);

		if (field->required && !field->asks_narrative && (answer == NULL || is_blank(answer, field)))
			report(check, P201, field->name, NULL, NULL, NULL, "The box \"%s\" must be filled in, but it is blank.", field->title);
	}
	for (int i = 0; i < form->ngroups && !check_stopped(check); i++)
		check_group_answers(check, i);
}

/* All rules, in the order of the catalogue. */
bool
check_return(Check *check)
{
	const ProformaReturn *given = check->given;

	check->last = NULL;
	for (int i = 0; i < check->nprevious; i++)
		if (check->previous[i]->status == RETURN_RECEIVED &&
			(given->period == NO_PERIOD || check->previous[i]->period == NO_PERIOD || check->previous[i]->period < given->period))
			check->last = check->previous[i];
	check_answers(check);
	if (given->has_answers && given->nanswers > 0 && !check->stopped)
	{
		check_totals(check);
		check_basis(check);
		check_series(check);
		check_places(check);
		check_narrative(check);
	}
	if (!check->stopped)
		check_time(check);
	return !check->stopped;
}
