/*
 * check_series_core.c
 *		Whom the numbers count, the caseload, and what earlier quarters say.
 */
#include "proforma/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Standard deviations beyond which a jump is queried: 1 in 1,000 by chance, both sides. */
#define JUMP 3.2905

static const char *
period_name(const ProformaReturn *given)
{
	return given->period_text != NULL && strlen(given->period_text) <= 20 ? given->period_text : "the last return";
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_year(const ProformaReturn *a, const ProformaReturn *b)
{
	return a->period != NO_PERIOD && b->period != NO_PERIOD && a->period / 4 == b->period / 4;
}

/* The number in the box of that name, whatever the form; -1 if there is none. */
static int64_t
number_by_name(const ProformaReturn *given, const char *name)
{
	int			low = 0;
	int			high = given->nanswers;

	/* The answers of an object stand in the order of length, then bytes: jsonb's own. */
	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		size_t		a = strlen(given->answers[middle].name);
		size_t		b = strlen(name);
		int			order = a != b ? (a < b ? -1 : 1) : strcmp(given->answers[middle].name, name);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < given->nanswers && strcmp(given->answers[low].name, name) == 0 && given->answers[low].cell.kind == CELL_NUMBER)
		return given->answers[low].cell.number;
	return -1;
}

static void
check_caseload(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	Cell		opening = return_cell(given, form->opening);
	Cell		newly = return_cell(given, form->newly);
	Cell		closed = return_cell(given, form->closed);
	Cell		closing = return_cell(given, form->closing);
	char		observed[BOUNDS_LENGTH];
	char		expected[BOUNDS_LENGTH];

	if (opening.kind == CELL_NUMBER && newly.kind == CELL_NUMBER && closed.kind == CELL_NUMBER)
	{
		int64_t		left = opening.number + newly.number - closed.number;

		if (left < 0)
			report(check, P507, form->fields[form->closed].name, bounds_text(closed.bounds, observed),
				   bounds_text((Bounds) {0, opening.number + newly.number}, expected), NULL,
				   "You closed %" PRId64 " cases, but there were only %" PRId64 " open at the start and %" PRId64 " new.",
				   closed.number, opening.number, newly.number);
		else if (closing.kind == CELL_NUMBER && left != closing.number)
			report(check, P504, form->fields[form->closing].name, bounds_text(closing.bounds, observed),
				   bounds_text((Bounds) {left, left}, expected), NULL,
				   "%" PRId64 " open on the first day, plus %" PRId64 " new, minus %" PRId64 " closed, makes %" PRId64 " open on the last day, not %" PRId64 ".",
				   opening.number, newly.number, closed.number, left, closing.number);
	}
	if (check->last != NULL && opening.kind == CELL_NUMBER)
	{
		Cell		before = return_cell(check->last, check->last->form->closing);

		/* Only from one quarter to the next. */
		if (before.kind == CELL_NUMBER && before.number != opening.number &&
			(given->period == NO_PERIOD || check->last->period == NO_PERIOD || given->period == check->last->period + 1))
			report(check, P505, form->fields[form->opening].name, bounds_text(opening.bounds, observed),
				   bounds_text(before.bounds, expected), NULL,
				   "You start with %" PRId64 " open cases, but %s ended with %" PRId64 ".",
				   opening.number, period_name(check->last), before.number);
	}
	if (given->totals[0] >= 0)
	{
		const ProformaAnswer *total = &given->answers[given->totals[0]];
		Bounds		wanted = BOUNDS_NOTHING_KNOWN;

		if (given->basis == BASIS_NEW_REFERRALS && newly.kind == CELL_NUMBER)
			wanted = newly.bounds;
		else if (given->basis == BASIS_CASELOAD_AT_END && closing.kind == CELL_NUMBER)
			wanted = closing.bounds;
		else if (given->basis == BASIS_CASELOAD_IN_PERIOD && opening.kind == CELL_NUMBER && newly.kind == CELL_NUMBER)
			wanted = (Bounds) {opening.number + newly.number, opening.number + newly.number};
		if (total->cell.kind == CELL_NUMBER && (total->cell.number < wanted.lower || total->cell.number > wanted.upper))
			report(check, P506, total->name, bounds_text(total->cell.bounds, observed), bounds_text(wanted, expected), NULL,
				   "Your numbers count %s. By your caseload the total should then be %s, but you gave %s.",
				   form_basis_words(given->basis), expected, observed);
	}
	{
		int			accepted = form_field(form, "referrals.accepted");
		Cell		taken = return_cell(given, accepted);

		if (taken.kind == CELL_NUMBER && newly.kind == CELL_NUMBER && taken.number != newly.number)
			report(check, P508, form->fields[form->newly].name, bounds_text(newly.bounds, observed),
				   bounds_text(taken.bounds, expected), NULL,
				   "You accepted %" PRId64 " referrals in the quarter, but have %" PRId64 " new cases.",
				   taken.number, newly.number);
	}
}

/* Whom the numbers count, and whether they fit the caseload. */
void
check_basis(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaAnswer *answer = return_answer(given, form->basis_field);
	const char *name = form->basis_field >= 0 ? form->fields[form->basis_field].name : "basis";

	for (int i = 0; i < given->nanswers && answer == NULL && !check_stopped(check); i++)
		if (strcmp(given->answers[i].name, "basis") == 0)
			answer = &given->answers[i];
	if (given->basis == BASIS_NOT_STATED)
		report(check, P501, name, NULL, "new_referrals, caseload_in_period or caseload_at_end", NULL,
			   "You did not say whom your numbers count: only people newly referred in the quarter, everybody you worked with in it, or everybody open at its end.");
	else if (given->basis == BASIS_UNREADABLE)
		report(check, P502, name, answer != NULL ? answer->shown : NULL, "new_referrals, caseload_in_period or caseload_at_end", NULL,
			   "For whom your numbers count you wrote \"%s\", which is none of new_referrals (only people newly referred in the quarter), "
			   "caseload_in_period (everybody you worked with in it) and caseload_at_end (everybody open at its end).",
			   answer != NULL ? answer->shown : "");
	if (check->last != NULL && check->last->basis != given->basis && check->last->basis != BASIS_NOT_STATED &&
		check->last->basis != BASIS_UNREADABLE && given->basis != BASIS_NOT_STATED && given->basis != BASIS_UNREADABLE)
		report(check, P503, name, form_basis_name(given->basis), form_basis_name(check->last->basis), NULL,
			   "Your numbers count %s, but in %s they counted %s.",
			   form_basis_words(given->basis), period_name(check->last), form_basis_words(check->last->basis));
	check_caseload(check);
	if (check->last != NULL && !(same_text(check->last->form->name, form->name) && same_text(check->last->form->version, form->version)))
	{
		int			common = 0;

		for (int i = 0; i < form->nfields && !check_stopped(check); i++)
			if (form->fields[i].type == FIELD_INTEGER && form_field(check->last->form, form->fields[i].name) >= 0)
				common++;
		report(check, P509, NULL, form->name, check->last->form->name, NULL,
			   "This return is on the form \"%s\" and %s was on \"%s\". %d %s on both and can be compared; ages in other bands only as limits.",
			   form->title, period_name(check->last), check->last->form->title, common, common == 1 ? "box stands" : "boxes stand");
	}
}

/* Does every number stand in the last return too? */
static void
check_repeated(Check *check)
{
	const ProformaReturn *given = check->given;
	int			same = 0;

	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
	{
		const ProformaAnswer *answer = &given->answers[i];

		if (answer->cell.kind == CELL_BLANK || (answer->cell.kind == CELL_NUMBER && answer->cell.number == 0))
			continue;
		if (answer->cell.kind != CELL_NUMBER || number_by_name(check->last, answer->name) != answer->cell.number)
			return;
		same++;
	}
	for (int i = 0; i < check->last->nanswers && !check_stopped(check); i++)
		if (check->last->answers[i].cell.kind == CELL_NUMBER && check->last->answers[i].cell.number > 0 &&
			number_by_name(given, check->last->answers[i].name) != check->last->answers[i].cell.number)
			return;
	/* A few small numbers may well be the same. */
	if (same >= 4)
		report(check, P601, NULL, NULL, NULL, NULL, "All %d numbers are the same as in %s.", same, period_name(check->last));
}

/*
 * Two Poisson counts with the same mean: twice the difference of their roots
 * (with 3/8 added, after Anscombe) has a standard deviation near root 2.
 */
static void
check_jump(Check *check, Bounds now, Bounds before)
{
	double		root = sqrt((double) before.lower + 0.375);
	double		step = JUMP / sqrt(2.0);
	double		low = root > step ? (root - step) * (root - step) - 0.375 : 0;
	double		high = (root + step) * (root + step) - 0.375;
	Bounds		band = {low > 0 ? (int64_t) ceil(low) : 0, (int64_t) floor(high)};
	char		observed[BOUNDS_LENGTH];
	char		expected[BOUNDS_LENGTH];

	if (now.lower >= band.lower && now.lower <= band.upper)
		return;
	report(check, P602, check->given->form->people[0].total_name, bounds_text(now, observed), bounds_text(band, expected), NULL,
		   "There were %s %s in this quarter and %" PRId64 " in %s. By chance alone we would expect %s.",
		   observed, people_text(now.lower), before.lower, period_name(check->last), expected);
}

/* Two earlier quarters of this year or more, and no number ever went down. */
static void
check_cumulative(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaReturn *later = given;
	int			quarters = 1;
	bool		contradiction;
	Bounds		now = return_bounds(given, 0, true, &contradiction);

	for (int k = check->nprevious - 1; k >= 0 && !check_stopped(check); k--)
	{
		const ProformaReturn *earlier = check->previous[k];
		Bounds		before;
		int			common = 0;

		if (earlier->status != RETURN_RECEIVED || !same_year(given, earlier) || earlier->period >= later->period)
			continue;
		before = return_bounds(earlier, 0, true, &contradiction);
		if (contradiction || before.lower != before.upper || now.lower != now.upper || before.upper >= now.lower || before.upper == 0)
			return;
		for (int i = 0; i < earlier->nanswers && !check_stopped(check); i++)
		{
			int64_t		was = earlier->answers[i].cell.kind == CELL_NUMBER ? earlier->answers[i].cell.number : -1;
			int64_t		is = was < 0 ? -1 : number_by_name(later, earlier->answers[i].name);

			/* A box that is no more filled went down. */
			if (was > 0 && is < was)
				return;
			if (was > 0 && is >= 0)
				common++;
		}
		if (common < 3)
			return;
		quarters++;
		later = earlier;
		now = before;
	}
	if (quarters >= 3)
		report(check, P603, NULL, NULL, NULL, NULL,
			   "In %d quarters of this year no number ever went down. It looks as if you counted the year so far.", quarters);
}

static void
check_same_people(Check *check, Bounds now, Bounds before)
{
	Bounds		both = {now.lower > before.lower ? now.lower : before.lower, bounds_add_end(now.upper, before.upper)};
	char		text[BOUNDS_LENGTH];
	char		a[BOUNDS_LENGTH];
	char		b[BOUNDS_LENGTH];

	if (now.lower == 0 || before.lower == 0 || now.upper == BOUNDS_UNLIMITED || before.upper == BOUNDS_UNLIMITED ||
		(check->given->basis == BASIS_NEW_REFERRALS && check->last->basis == BASIS_NEW_REFERRALS))
		return;
	report(check, P604, check->given->form->people[0].total_name, bounds_text(now, a), bounds_text(both, text), NULL,
		   "The %s of %s and the %s of this quarter may be partly the same people. Together these numbers stand for %s different people, not simply for their sum.",
		   bounds_text(before, b), period_name(check->last), a, text);
}

static void
check_served_ages(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	char		title[TITLE_LENGTH];
	char		expected[64];

	if (!form->has_serves)
		return;
	if (form->serves.upper == AGE_UNLIMITED)
		snprintf(expected, sizeof(expected), "ages %d and over", form->serves.lower);
	else
		snprintf(expected, sizeof(expected), "ages %d to %d", form->serves.lower, form->serves.upper - 1);
	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const ProformaField *field = answer->field >= 0 ? &form->fields[answer->field] : NULL;
		char		number[BOUNDS_LENGTH];

		if (field == NULL || !field->has_band || answer->cell.bounds.lower == 0 || form->groups[field->group].people != 0 ||
			(field->band.lower < form->serves.upper && form->serves.lower < field->band.upper))
			continue;
		report(check, P606, answer->name, answer->shown, expected, NULL,
			   "In the box \"%s\" there are %s %s, but the programme is for %s.", answer_title(check, answer, title),
			   bounds_text(answer->cell.bounds, number), people_text(answer->cell.bounds.lower), expected);
	}
}

/* What earlier returns say about this one. */
void
check_series(Check *check)
{
	const ProformaReturn *given = check->given;
	bool		contradiction;
	Bounds		now = return_bounds(given, 0, true, &contradiction);

	check_served_ages(check);
	for (int i = check->nprevious - 1; i >= 0 && !check_stopped(check); i--)
		if (check->previous[i]->status == RETURN_MISSING && check->previous[i]->period != NO_PERIOD && same_year(given, check->previous[i]) &&
			check->previous[i]->period < given->period)
			report(check, P605, NULL, period_name(check->previous[i]), NULL, NULL,
				   "There is no return for %s, so we cannot say how many people there were in the year.", period_name(check->previous[i]));
	if (check->last == NULL)
		return;
	check_repeated(check);
	check_cumulative(check);
	if (!contradiction)
	{
		Bounds		before = return_bounds(check->last, 0, true, &contradiction);

		if (contradiction)
			return;
		if (now.lower == now.upper && before.lower == before.upper && now.lower > 0 &&
			(given->basis == check->last->basis || given->basis == BASIS_NOT_STATED || check->last->basis == BASIS_NOT_STATED))
			check_jump(check, now, before);
		check_same_people(check, now, before);
	}
}
