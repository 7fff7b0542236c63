/*
 * check_totals_core.c
 *		Do the parts of a return fit its total, and each other?
 */
#include "proforma/check.h"
#include "proforma/heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Most cells among which an explanation is looked for. */
#define MAX_CELLS 48

#define EXPLANATION_LENGTH 700

typedef struct Cells
{
	const ProformaAnswer *answers[MAX_CELLS];
	int			n;
} Cells;

/* The cells of a group that hold a number above 0. */
static void
collect_cells(Check *check, int group, Cells *cells)
{
	const ProformaReturn *given = check->given;

	cells->n = 0;
	for (int i = given->sums[group].first; i >= 0 && cells->n < MAX_CELLS && !check_stopped(check); i = given->answers[i].next_in_group)
		if (given->answers[i].cell.kind == CELL_NUMBER && given->answers[i].cell.number > 0)
			cells->answers[cells->n++] = &given->answers[i];
}

/* The fewest cells, up to three, that add up to a number; how many, or 0. */
static int
smallest_set(const Cells *cells, int64_t sum, int set[3])
{
	for (int i = 0; i < cells->n; i++)
		if (cells->answers[i]->cell.number == sum)
		{
			set[0] = i;
			return 1;
		}
	for (int i = 0; i < cells->n; i++)
		for (int k = i + 1; k < cells->n; k++)
			if (cells->answers[i]->cell.number + cells->answers[k]->cell.number == sum)
			{
				set[0] = i;
				set[1] = k;
				return 2;
			}
	for (int i = 0; i < cells->n; i++)
		for (int k = i + 1; k < cells->n; k++)
			for (int m = k + 1; m < cells->n; m++)
				if (cells->answers[i]->cell.number + cells->answers[k]->cell.number + cells->answers[m]->cell.number == sum)
				{
					set[0] = i;
					set[1] = k;
					set[2] = m;
					return 3;
				}
	return 0;
}

/* 12 for 21: two neighbouring digits changed places. */
static bool
digits_swapped(int64_t a, int64_t b)
{
	char		x[24];
	char		y[24];
	size_t		n;

	if (a < 10 || b < 10)
		return false;
	snprintf(x, sizeof(x), "%" PRId64, a);
	snprintf(y, sizeof(y), "%" PRId64, b);
	n = strlen(x);
	if (strlen(y) != n)
		return false;
	for (size_t i = 0; i + 1 < n; i++)
		if (x[i] != y[i])
			return x[i] == y[i + 1] && x[i + 1] == y[i] && strcmp(x + i + 2, y + i + 2) == 0;
	return false;
}

/* The title of an answer, cut; each of the three has buffers of its own. */
#define SHOWN(i, answer, limit) \
	clip_text(shown[i], (limit) + CLIP_ROOM, answer_title(check, answer, title[i]), check->measure)

/*
 * What would close a gap (total less parts): the fewest boxes, in words.  A
 * box whose digits were swapped comes first, then boxes that hold just as many
 * as there are too many, then boxes that are blank or not a plain number.
 */
static void
explain_gap(Check *check, int place, int64_t gap, char text[EXPLANATION_LENGTH])
{
	const ProformaForm *form = check->given->form;
	const ProformaGroup *group = &form->groups[place];
	Cells		cells;
	char		title[3][TITLE_LENGTH];
	char		shown[3][200 + CLIP_ROOM];
	int			set[3] = {0, 0, 0};

	text[0] = '\0';
	collect_cells(check, place, &cells);
	for (int i = 0; i < cells.n; i++)
		if (cells.answers[i]->cell.number + gap > 0 && digits_swapped(cells.answers[i]->cell.number, cells.answers[i]->cell.number + gap))
		{
			snprintf(text, EXPLANATION_LENGTH, " It would add up if \"%s\" were %" PRId64 " and not %" PRId64 ".",
					 SHOWN(0, cells.answers[i], 200), cells.answers[i]->cell.number + gap, cells.answers[i]->cell.number);
			return;
		}
	if (gap < 0)
	{
		int			n = smallest_set(&cells, -gap, set);

		if (n == 1)
			snprintf(text, EXPLANATION_LENGTH, " It would add up without the %" PRId64 " in \"%s\".", -gap,
					 SHOWN(0, cells.answers[set[0]], 200));
		else if (n == 2)
			snprintf(text, EXPLANATION_LENGTH, " It would add up without \"%s\" and \"%s\".",
					 SHOWN(0, cells.answers[set[0]], 200), SHOWN(1, cells.answers[set[1]], 200));
		else if (n == 3)
			snprintf(text, EXPLANATION_LENGTH, " It would add up without \"%s\", \"%s\" and \"%s\".",
					 SHOWN(0, cells.answers[set[0]], 150), SHOWN(1, cells.answers[set[1]], 150), SHOWN(2, cells.answers[set[2]], 150));
		return;
	}
	if (group->unknown >= 0)
	{
		Cell		unknown = return_cell(check->given, group->unknown);

		if (unknown.kind == CELL_BLANK || (unknown.kind == CELL_NUMBER && unknown.number == 0))
			snprintf(text, EXPLANATION_LENGTH, " It would add up if \"%s\" were %" PRId64 ".",
					 clip_text(shown[0], sizeof(shown[0]), form->fields[group->unknown].title, check->measure), gap);
	}
}

#undef SHOWN

static bool
covers_everyone(Check *check, int place)
{
	const ProformaGroup *group = &check->given->form->groups[place];

	return group->kind == GROUP_PARTITION || (group->kind == GROUP_DISJOINT && check->given->sums[place].unknown_filled);
}

/* One part against the total of its people. */
static void
check_group_total(Check *check, int place, const ProformaAnswer *answer)
{
	const ProformaForm *form = check->given->form;
	const ProformaGroup *group = &form->groups[place];
	const GroupSum *sum = &check->given->sums[place];
	const Bounds total = answer->cell.bounds;
	const char *people = form->people[group->people].title;
	char		parts[BOUNDS_LENGTH];
	char		whole[BOUNDS_LENGTH];
	char		explanation[EXPLANATION_LENGTH];
	int64_t		gap;

	if (sum->filled == 0 || group->kind == GROUP_SUBSET)
		return;
	if (group->kind == GROUP_OVERLAPPING)
	{
		for (int i = sum->first; i >= 0 && !check_stopped(check); i = check->given->answers[i].next_in_group)
		{
			const ProformaAnswer *cell = &check->given->answers[i];
			char		title[TITLE_LENGTH];

			if (cell->cell.kind != CELL_BLANK && cell->cell.bounds.lower > total.upper)
				report(check, P309, cell->name, bounds_text(cell->cell.bounds, parts), NULL, NULL,
					   "In the box \"%s\" there are %s %s, more than the %s in the total.",
					   answer_title(check, cell, title), parts, people_text(cell->cell.bounds.lower), bounds_text(total, whole));
		}
		return;
	}
	bounds_text(sum->bounds, parts);
	bounds_text(total, whole);
	if (sum->bounds.lower > total.upper && (!covers_everyone(check, place)))
	{
		gap = sum->bounds.lower - total.upper;
		explain_gap(check, place, sum->unclear > 0 ? 0 : -gap, explanation);
		report(check, P302, group->name, parts, whole, NULL,
			   "The boxes under \"%s\" add up to %s, which is %" PRId64 " more than the %s %s in the total.%s",
			   group->title, parts, gap, whole, people, explanation);
	}
	else if (covers_everyone(check, place) && (sum->bounds.lower > total.upper || sum->bounds.upper < total.lower))
	{
		gap = sum->bounds.lower > total.upper ? total.upper - sum->bounds.lower : total.lower - sum->bounds.upper;
		explain_gap(check, place, sum->unclear > 0 ? 0 : gap, explanation);
		report(check, P301, group->name, parts, whole, NULL,
			   "The boxes under \"%s\" add up to %s, but the total of %s is %s: %" PRId64 " too %s.%s",
			   group->title, parts, people, whole, gap < 0 ? -gap : gap, gap < 0 ? "many" : "few", explanation);
	}
	else if (!covers_everyone(check, place) && sum->bounds.upper < total.lower)
	{
		gap = total.lower - sum->bounds.upper;
		report(check, P303, group->name, parts, whole, NULL,
			   "The total of %s is %s, but the boxes under \"%s\" add up to %s: %" PRId64 " %s unaccounted for.",
			   people, whole, group->title, parts, gap, gap == 1 ? "is" : "are");
	}
}

/* A part that is among another part, or among a box. */
static void
check_subset(Check *check, int place)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaGroup *group = &form->groups[place];
	Bounds		whole;
	const char *whole_title;
	char		part_text[BOUNDS_LENGTH];
	char		whole_text[BOUNDS_LENGTH];

	if (group->kind != GROUP_SUBSET || given->sums[place].filled == 0)
		return;
	if (group->of_field >= 0 && return_cell(given, group->of_field).kind != CELL_BLANK)
	{
		whole = return_cell(given, group->of_field).bounds;
		whole_title = form->fields[group->of_field].title;
	}
	else if (group->of_group >= 0 && given->sums[group->of_group].filled > 0)
	{
		whole = given->sums[group->of_group].bounds;
		whole_title = form->groups[group->of_group].title;
	}
	else
		return;
	if (given->sums[place].max_lower > whole.upper)
	{
		Bounds		part = {given->sums[place].max_lower, given->sums[place].max_lower};

		report(check, P304, group->name, bounds_text(part, part_text), bounds_text(whole, whole_text), NULL,
			   "Under \"%s\" there are %s %s, but they are among \"%s\", where there are only %s.",
			   group->title, part_text, people_text(part.lower), whole_title, whole_text);
	}
}

/* Is the total what one gets by adding roles to ages? */
static bool
check_roles_added(Check *check, int people, const ProformaAnswer *answer)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;

	if (answer->cell.kind != CELL_NUMBER)
		return false;
	for (int ages = form->people[people].first_group; ages >= 0; ages = form->groups[ages].next_of_people)
	{
		if (!form->groups[ages].has_bands || given->sums[ages].filled == 0)
			continue;
		for (int roles = form->people[people].first_group; roles >= 0 && !check_stopped(check); roles = form->groups[roles].next_of_people)
		{
			const ProformaGroup *group = &form->groups[roles];
			int64_t		sum = given->sums[roles].sum_lower;
			int64_t		age_sum = given->sums[ages].bounds.lower;

			if (group->has_bands || group->topic == NULL || strcmp(group->topic, "role") != 0 ||
				given->sums[roles].filled == 0 || given->sums[roles].unclear > 0 || given->sums[ages].unclear > 0)
				continue;
			if (sum > 0 && age_sum > 0 && answer->cell.number == bounds_add_end(sum, age_sum))
			{
				char		observed[BOUNDS_LENGTH];
				char		expected[BOUNDS_LENGTH];

				report(check, P305, answer->name, bounds_text(answer->cell.bounds, observed),
					   bounds_text((Bounds) {age_sum, age_sum}, expected), NULL,
					   "Your total of %s is the %" PRId64 " under \"%s\" and the %" PRId64 " under \"%s\" added up. If these are the same people, there are %s.",
					   observed, age_sum, form->groups[ages].title, sum, group->title, expected);
				return true;
			}
		}
	}
	return false;
}

/* Two parts that hold everyone, or everyone of whom it is known, and no total to say which is right. */
static void
check_parts_agree(Check *check, int people)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	int			before = -1;

	for (int i = form->people[people].first_group; i >= 0 && !check_stopped(check); i = form->groups[i].next_of_people)
	{
		const ProformaGroup *group = &form->groups[i];
		const GroupSum *sum = &given->sums[i];
		char		a[BOUNDS_LENGTH];
		char		b[BOUNDS_LENGTH];

		if (sum->filled == 0 || (group->kind != GROUP_PARTITION && group->kind != GROUP_DISJOINT))
			continue;
		if (before >= 0 && (sum->bounds.lower > given->sums[before].bounds.upper || sum->bounds.upper < given->sums[before].bounds.lower))
			report(check, P308, group->name, bounds_text(sum->bounds, a), bounds_text(given->sums[before].bounds, b), NULL,
				   "The boxes under \"%s\" add up to %s, but those under \"%s\" to %s, and there is no total.",
				   group->title, a, form->groups[before].title, b);
		before = i;
	}
}

typedef struct FilledBand
{
	AgeBand		band;
	int			answer;
} FilledBand;

_Static_assert(sizeof(FilledBand) <= CHECK_SCRATCH, "the caller makes room for these");

static int
compare_filled(const void *a, const void *b)
{
	const FilledBand *x = a;
	const FilledBand *y = b;

	if (x->band.lower != y->band.lower)
		return x->band.lower < y->band.lower ? -1 : 1;
	return x->answer - y->answer;
}

/* Ages at which a filled band starts within another one, as many as can be listed. */
static void
check_bands(Check *check, int place)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	FilledBand *bands = check->scratch;
	char		list[300];
	size_t		used = 0;
	size_t		n = 0;
	int			found = 0;
	bool		full = false;

	if (!form->groups[place].bands_overlap)
		return;
	for (int i = given->sums[place].first; i >= 0 && !check_stopped(check); i = given->answers[i].next_in_group)
	{
		const ProformaField *field = given->answers[i].field >= 0 ? &form->fields[given->answers[i].field] : NULL;

		if (field != NULL && field->has_band && given->answers[i].cell.bounds.upper > 0)
			bands[n++] = (FilledBand) {field->band, i};
	}
	if (check->stopped || !heap_sort(bands, n, sizeof(FilledBand), compare_filled, check->stop))
	{
		check->stopped = true;
		return;
	}
	for (size_t i = 0, later = 0; i < n && !full; i++)
	{
		/* Those that start together are no matter of a limit that stands twice. */
		while (later < n && bands[later].band.lower <= bands[i].band.lower && !check_stopped(check))
			later++;
		for (size_t k = later; k < n && bands[k].band.lower < bands[i].band.upper && !full && !check_stopped(check); k++)
		{
			int			length;

			found++;
			length = snprintf(list + used, sizeof(list) - used, "%s%d", used == 0 ? "" : ", ", bands[k].band.lower);
			full = length < 0 || (size_t) length >= sizeof(list) - used;
			if (full)
				list[used] = '\0';
			else
				used += (size_t) length;
		}
	}
	if (found > 0)
		report(check, P310, form->groups[place].name, NULL, NULL, NULL,
			   "Under \"%s\" the form prints %s in two boxes (%s). We take it that you counted each person in one box only.",
			   form->groups[place].title, found == 1 ? "one age" : "some ages", list);
}

static void
check_zero(Check *check, Bounds everyone)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	bool		contradiction;

	if (everyone.lower != 0 || everyone.upper != 0)
		return;
	report(check, P401, form->people[0].total_name, "0", NULL, NULL,
		   "According to the return there was nobody (0 %s) in this quarter.", form->people[0].title);
	if (check->last != NULL)
	{
		Bounds		before = return_bounds(check->last, 0, true, &contradiction);
		char		text[BOUNDS_LENGTH];

		if (before.lower > 0)
			report(check, P402, form->people[0].total_name, "0", NULL, NULL,
				   "There is nobody in this quarter, but there were %s in %s.", bounds_text(before, text),
				   check->last->period_text != NULL ? check->last->period_text : "the last return");
	}
	for (int i = 0; i < given->nanswers; i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const ProformaField *field = answer->field >= 0 ? &form->fields[answer->field] : NULL;
		char		title[TITLE_LENGTH];
		bool		other_people = field != NULL && field->group >= 0 && form->groups[field->group].people != 0;

		/* Referrals may come, and cases be turned away, though nobody is taken on. */
		if (field == NULL || field->type != FIELD_INTEGER || other_people || answer->cell.bounds.lower == 0 ||
			answer->field == form->people[0].total ||
			(field->topic != NULL && strcmp(field->topic, "referral") == 0))
			continue;
		report(check, P403, answer->name, answer->shown, NULL, NULL,
			   "There is nobody in the total, but in the box \"%s\" you wrote %s.", answer_title(check, answer, title), answer->shown);
		break;
	}
}

/* Why is the number of people not clear?  Most often two parts may hold the same people. */
static void
report_unclear(Check *check, int people, Bounds everyone)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const char *name = form->people[people].total_name;
	const char *title = form->people[people].title;
	char		text[BOUNDS_LENGTH];
	int			first = -1;
	int			second = -1;

	for (int i = form->people[people].first_group; i >= 0 && second < 0; i = form->groups[i].next_of_people)
		if (form->groups[i].counts && given->sums[i].bounds.upper > 0)
		{
			if (first < 0)
				first = i;
			else
				second = i;
		}
	bounds_text(everyone, text);
	if (everyone.upper == BOUNDS_UNLIMITED)
		report(check, P306, name, text, NULL, NULL,
			   "From your answers we can only say that there were %s different %s.", text, title);
	else if (second >= 0)
		report(check, P306, name, text, NULL, NULL,
			   "Your answers could mean any number of different %s from %s: we cannot tell how many of those under \"%s\" stand under \"%s\" too.",
			   title, text, form->groups[second].title, form->groups[first].title);
	else
		report(check, P306, name, text, NULL, NULL,
			   "Your answers could mean any number of different %s from %s.", title, text);
}

static void
check_everyone(Check *check, int people)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaAnswer *answer = given->totals[people] >= 0 ? &given->answers[given->totals[people]] : NULL;
	bool		contradiction;
	Bounds		everyone = return_bounds(given, people, true, &contradiction);
	char		text[BOUNDS_LENGTH];
	int			filled = 0;
	int			parts = 0;
	bool		roles_added = false;

	if (answer != NULL && answer->cell.kind == CELL_BLANK)
		answer = NULL;
	for (int i = form->people[people].first_group; i >= 0 && !check_stopped(check); i = form->groups[i].next_of_people)
	{
		parts++;
		filled += given->sums[i].filled;
		if (answer != NULL)
			check_group_total(check, i, answer);
		check_bands(check, i);
	}
	if (answer != NULL)
		roles_added = check_roles_added(check, people, answer);
	else
		check_parts_agree(check, people);
	if (contradiction)
		report(check, P307, form->people[people].total_name, bounds_text(everyone, text), NULL, NULL,
			   "No number of %s fits all your answers: they speak of %s. Until they agree we reckon with all of these.",
			   form->people[people].title, text);
	else if (filled > 0 && everyone.lower < everyone.upper && !roles_added)
		report_unclear(check, people, everyone);
	if (answer != NULL && parts > 0 && filled == 0 && answer->cell.bounds.lower > 0)
		report(check, P311, answer->name, answer->shown, NULL, NULL,
			   "You gave %s as the total of %s, but nothing else about them.", answer->shown, form->people[people].title);
	if (people == 0 && !contradiction && (answer != NULL || filled > 0))
		check_zero(check, everyone);
}

void
check_totals(Check *check)
{
	const ProformaForm *form = check->given->form;

	for (int i = 0; i < form->npeople && !check_stopped(check); i++)
		check_everyone(check, i);
	for (int i = 0; i < form->ngroups && !check_stopped(check); i++)
		check_subset(check, i);
}
