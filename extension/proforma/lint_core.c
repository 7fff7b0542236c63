/*
 * lint_core.c
 *		Judges a form itself: will two people fill it in alike, and can their
 *		answers be added up and checked?
 */
#include "proforma/lint.h"

#include "proforma/heap.h"

#include <stdio.h>
#include <string.h>

#define LIST_LENGTH 600
#define SHOWN_SHAPE_LENGTH 130

typedef struct LintField LintField;

typedef struct Lint
{
	const ProformaForm *form;
	FindingSink sink;
	void	   *context;
	LintField  *fields;			/* room for one a field, of whatever is sorted */
	CharacterLength measure;
	StopFunction stop;
	uint32_t	steps;
	bool		stopped;
} Lint;

/* A field by its title, its section, or its band. */
struct LintField
{
	const char *text;
	AgeBand		band;
	int			field;
	bool		again;			/* an earlier field has the same title */
	bool		first;			/* of its section that has a band */
	int			head;			/* first field of its section */
	int			next;			/* field of the same section, or -1 */
};

_Static_assert(sizeof(LintField) <= LINT_SCRATCH, "the caller makes room for these");

/* One step of a loop; true once the answer was to stop. */
static bool
stopped(Lint *to)
{
	to->stopped = to->stopped || stop_now(to->stop, &to->steps);
	return to->stopped;
}

static void lint(Lint *to, FormRule rule, const char *field, const char *observed, const char *expected,
				 const char *format,...) FINDING_FORMAT(6, 7);

static void
lint(Lint *to, FormRule rule, const char *field, const char *observed, const char *expected, const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	report_va(to->sink, to->context, &form_rules[rule], field, observed, expected, NULL, format, arguments);
	va_end(arguments);
}

/* Adds a quoted title to a list; what does not fit is left out. */
static void
add_title(const Lint *to, char list[LIST_LENGTH], const char *title)
{
	size_t		used = strlen(list);
	char		shown[120 + 2 * CLIP_ROOM];
	int			n = snprintf(list + used, LIST_LENGTH - used, "%s\"%s\"", used == 0 ? "" : ", ",
							 clip_text(shown, sizeof(shown), title, to->measure));

	if (n < 0 || (size_t) n >= LIST_LENGTH - used)
		list[used] = '\0';
}

static void
age_text(AgeBand band, char buffer[64])
{
	if (band.upper == AGE_UNLIMITED)
		snprintf(buffer, 64, "ages %d and over", band.lower);
	else if (band.upper == band.lower + 1)
		snprintf(buffer, 64, "age %d", band.lower);
	else
		snprintf(buffer, 64, "ages %d to %d", band.lower, band.upper - 1);
}

/* False if it was stopped. */
static bool
sort_fields(Lint *to, int n, HeapCompare compare)
{
	if (!heap_sort(to->fields, (size_t) n, sizeof(LintField), compare, to->stop))
		to->stopped = true;
	return !to->stopped;
}

static int
compare_bands(const void *a, const void *b)
{
	const LintField *x = a;
	const LintField *y = b;

	if (x->band.lower != y->band.lower)
		return x->band.lower < y->band.lower ? -1 : 1;
	return x->field - y->field;
}

/* The boxes for ages of a group, in the order of the ages, into to->fields; how many. */
static int
sort_bands(Lint *to, int place)
{
	const ProformaForm *form = to->form;
	int			n = 0;

	for (int i = form->groups[place].first_field; i >= 0 && !stopped(to); i = form->fields[i].next_in_group)
		if (form->fields[i].has_band)
			to->fields[n++] = (LintField) {.band = form->fields[i].band, .field = i};
	return sort_fields(to, n, compare_bands) ? n : 0;
}

/* Each pair of bands that hold the same age, from the band that starts first. */
static void
lint_overlaps(Lint *to, int place, int n)
{
	const ProformaForm *form = to->form;

	for (int i = 0; i < n; i++)
	{
		const AgeBand a = to->fields[i].band;

		for (int k = i + 1; k < n && to->fields[k].band.lower < a.upper && !stopped(to); k++)
		{
			const AgeBand b = to->fields[k].band;
			const AgeBand both = {b.lower, a.upper < b.upper ? a.upper : b.upper};
			char		ages[64];

			if (both.lower >= both.upper)
				continue;
			age_text(both, ages);
			lint(to, F101, form->groups[place].name, ages, NULL, "Under \"%s\", %s %s in both \"%s\" and \"%s\".",
				 form->groups[place].title, ages, both.upper == both.lower + 1 ? "stands" : "stand",
				 form->fields[to->fields[i].field].title, form->fields[to->fields[k].field].title);
		}
	}
}

static void
report_gap(Lint *to, int place, AgeBand gap)
{
	char		ages[64];

	if (to->form->has_serves && (gap.upper <= to->form->serves.lower || gap.lower >= to->form->serves.upper))
		return;
	age_text(gap, ages);
	lint(to, F102, to->form->groups[place].name, ages, NULL, "Under \"%s\" there is no box for %s.", to->form->groups[place].title, ages);
}

static void
lint_gaps(Lint *to, int place, int n)
{
	const ProformaGroup *group = &to->form->groups[place];
	int32_t		reached = 0;

	if (group->kind != GROUP_PARTITION && group->kind != GROUP_DISJOINT)
		return;
	for (int i = 0; i < n && !stopped(to); i++)
	{
		const AgeBand band = to->fields[i].band;

		if (band.lower > reached)
			report_gap(to, place, (AgeBand) {reached, band.lower});
		if (band.upper > reached)
			reached = band.upper;
	}
	if (reached < AGE_UNLIMITED)
		report_gap(to, place, (AgeBand) {reached, AGE_UNLIMITED});
}

/* Numbers in a title: "5-11 years" has 5 and 11. */
static int
title_numbers(const char *title, int numbers[3])
{
	int			n = 0;

	while (*title != '\0' && n < 3)
	{
		int			digits = 0;
		int			number = 0;

		for (; *title >= '0' && *title <= '9'; title++)
			if (digits++ < 6)
				number = number * 10 + (*title - '0');
		if (digits > 0)
			numbers[n++] = number;
		else
			title++;
	}
	return n;
}

static bool
title_says_below(const char *title)
{
	return strstr(title, "under") != NULL || strstr(title, "Under") != NULL || strstr(title, "below") != NULL || strstr(title, "Below") != NULL;
}

static void
lint_band_title(Lint *to, const ProformaField *field)
{
	int			numbers[3] = {0, 0, 0};
	int			n = title_numbers(field->title, numbers);
	bool		below = title_says_below(field->title);
	bool		fits;
	char		ages[64];

	if (n == 0 || n > 2)
		return;
	if (n == 2)
		fits = field->band.lower == numbers[0] && field->band.upper == numbers[1] + (below ? 0 : 1);
	else if (below)
		fits = field->band.lower == 0 && field->band.upper == numbers[0];
	else
		fits = field->band.lower == numbers[0] && (field->band.upper == AGE_UNLIMITED || field->band.upper == numbers[0] + 1);
	if (fits)
		return;
	age_text(field->band, ages);
	lint(to, F113, field->name, ages, NULL, "The box \"%s\" is for %s by the form's document.", field->title, ages);
}

/* A title without its digits: titles written alike have the same. */
static void
title_shape(const char *title, char shape[SHOWN_SHAPE_LENGTH])
{
	size_t		n = 0;
	bool		digit = false;

	for (; *title != '\0' && n < SHOWN_SHAPE_LENGTH - 1; title++)
	{
		bool		is_digit = *title >= '0' && *title <= '9';

		if (!is_digit || !digit)
			shape[n++] = is_digit ? '9' : *title;
		digit = is_digit;
	}
	shape[n] = '\0';
}

static void
lint_shapes(Lint *to, int place)
{
	const ProformaForm *form = to->form;
	char		list[LIST_LENGTH] = "";
	char		first[SHOWN_SHAPE_LENGTH];
	const ProformaField *before = NULL;
	bool		differ = false;

	for (int i = form->groups[place].first_field; i >= 0 && !stopped(to); i = form->fields[i].next_in_group)
	{
		const ProformaField *field = &form->fields[i];
		char		shape[SHOWN_SHAPE_LENGTH];
		int			numbers[3];

		/* Open bands and single ages have another shape by right. */
		if (!field->has_band || title_numbers(field->title, numbers) != 2)
			continue;
		title_shape(field->title, shape);
		if (before == NULL)
		{
			before = field;
			memcpy(first, shape, sizeof(first));
		}
		else if (strcmp(shape, first) != 0 && strstr(field->title, " and ") == NULL)
		{
			if (!differ)
				add_title(to, list, before->title);
			differ = true;
			add_title(to, list, field->title);
		}
	}
	if (differ)
		lint(to, F112, form->groups[place].name, NULL, NULL, "Under \"%s\" the titles are not written alike: %s.", form->groups[place].title, list);
}

static int
compare_sections(const void *a, const void *b)
{
	const LintField *x = a;
	const LintField *y = b;
	int			order = strcmp(x->text, y->text);

	return order != 0 ? order : x->field - y->field;
}

static int
compare_places(const void *a, const void *b)
{
	return ((const LintField *) a)->field - ((const LintField *) b)->field;
}

/* Boxes for ages and boxes for what people are, under one heading. */
static void
lint_sections(Lint *to)
{
	const ProformaForm *form = to->form;
	LintField  *fields = to->fields;

	for (int i = 0; i < form->nfields; i++)
		fields[i] = (LintField) {.text = form->fields[i].section != NULL ? form->fields[i].section : "", .field = i, .next = -1};
	if (!sort_fields(to, form->nfields, compare_sections))
		return;
	for (int start = 0, end; start < form->nfields; start = end)
	{
		bool		found = false;

		for (end = start; end < form->nfields && strcmp(fields[end].text, fields[start].text) == 0; end++)
		{
			if (end > start)
				fields[end - 1].next = fields[end].field;
			if (found || form->fields[fields[end].field].section == NULL || !form->fields[fields[end].field].has_band)
				continue;
			found = fields[end].first = true;
		}
		for (int i = start; i < end; i++)
			fields[i].head = fields[start].field;
	}
	if (!sort_fields(to, form->nfields, compare_places))
		return;
	for (int i = 0; i < form->nfields && !stopped(to); i++)
	{
		char		roles[LIST_LENGTH] = "";
		char		ages[LIST_LENGTH] = "";

		if (!fields[i].first)
			continue;
		for (int k = fields[i].head; k >= 0 && !stopped(to); k = fields[k].next)
		{
			const ProformaField *field = &form->fields[k];
			bool		unknown = field->group >= 0 && form->groups[field->group].unknown == k;

			if (field->has_band)
				add_title(to, ages, field->title);
			else if (!unknown)
				add_title(to, roles, field->title);
		}
		if (roles[0] != '\0')
			lint(to, F103, NULL, roles, ages, "Under \"%s\" the form lists %s beside the ages %s.", form->fields[i].section, roles, ages);
	}
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

static bool
same_title(const char *a, const char *b)
{
	for (; *a != '\0' && small(*a) == small(*b); a++, b++)
		;
	return small(*a) == small(*b);
}

/* What is unclear in a title; NULL if nothing. */
static const char *
unclear_title(const ProformaField *field)
{
	static const char *const vague[] = {"n/a", "na", "other", "others", "misc", "adults", "children", "families", "yes", NULL};
	size_t		length = strlen(field->title);

	for (const char *const *word = vague; *word != NULL; word++)
		if (same_title(field->title, *word))
			return "it does not say who is meant";
	if (field->description != NULL)
		return NULL;
	if (length > 1 && (field->title[length - 1] == '+' || strstr(field->title, "+ ") != NULL))
		return "the first age may or may not belong to it";
	for (size_t i = 1; i + 1 < length; i++)
		if (field->title[i] == '/' && small(field->title[i - 1]) >= 'a' && small(field->title[i - 1]) <= 'z')
			return "it may mean both together, or either";
	if (strstr(field->title, "etc") != NULL)
		return "it does not say where it ends";
	return NULL;
}

static int
compare_titles(const void *a, const void *b)
{
	const LintField *x = a;
	const LintField *y = b;
	const char *s = x->text;
	const char *t = y->text;

	for (; *s != '\0' && small(*s) == small(*t); s++, t++)
		;
	if (small(*s) != small(*t))
		return (unsigned char) small(*s) < (unsigned char) small(*t) ? -1 : 1;
	return x->field - y->field;
}

/* Marks the boxes whose title an earlier one has too. */
static bool
mark_repeated_titles(Lint *to)
{
	const ProformaForm *form = to->form;
	LintField  *fields = to->fields;

	for (int i = 0; i < form->nfields; i++)
		fields[i] = (LintField) {.text = form->fields[i].type == FIELD_INTEGER ? form->fields[i].title : "", .field = i};
	if (!sort_fields(to, form->nfields, compare_titles))
		return false;
	for (int i = 1; i < form->nfields; i++)
		fields[i].again = form->fields[fields[i].field].type == FIELD_INTEGER &&
			form->fields[fields[i - 1].field].type == FIELD_INTEGER && same_title(fields[i].text, fields[i - 1].text);
	return sort_fields(to, form->nfields, compare_places);
}

static void
lint_titles(Lint *to)
{
	const ProformaForm *form = to->form;

	if (!mark_repeated_titles(to))
		return;
	for (int i = 0; i < form->nfields && !stopped(to); i++)
	{
		const ProformaField *field = &form->fields[i];
		const char *unclear = unclear_title(field);

		if (unclear != NULL)
			lint(to, F110, field->name, field->title, NULL, "Two people may read the title \"%s\" differently: %s.", field->title, unclear);
		/* Two boxes of one title: reported for the second. */
		if (to->fields[i].again)
			lint(to, F110, field->name, field->title, NULL, "Two boxes have the title \"%s\".", field->title);
		if (field->has_band)
			lint_band_title(to, field);
	}
}

/* Boxes with no definition: those of one part together, the others one by one. */
static void
lint_definitions(Lint *to)
{
	const ProformaForm *form = to->form;

	for (int group = 0; group < form->ngroups && !stopped(to); group++)
	{
		char		list[LIST_LENGTH] = "";
		int			n = 0;

		for (int i = form->groups[group].first_field; i >= 0 && !stopped(to); i = form->fields[i].next_in_group)
			if (form->fields[i].description == NULL)
			{
				add_title(to, list, form->fields[i].title);
				n++;
			}
		if (n > 0)
			lint(to, F111, form->groups[group].name, list, NULL, "Under \"%s\" nothing says whom to count in %s: %s.",
				 form->groups[group].title, n == 1 ? "one box" : "these boxes", list);
	}
	for (int i = 0; i < form->nfields && !stopped(to); i++)
		if (form->fields[i].group < 0 && form->fields[i].type == FIELD_INTEGER && form->fields[i].description == NULL)
			lint(to, F111, form->fields[i].name, form->fields[i].title, NULL,
				 "Nothing beside the box \"%s\" says whom to count in it.", form->fields[i].title);
}

static bool
asks_for(const ProformaForm *form, const char *topic)
{
	for (int i = 0; i < form->nfields; i++)
		if (form->fields[i].topic != NULL && strcmp(form->fields[i].topic, topic) == 0)
			return true;
	return false;
}

static void
lint_belonging(Lint *to)
{
	const ProformaForm *form = to->form;

	for (int i = 0; i < form->nfields && !stopped(to); i++)
	{
		const ProformaField *field = &form->fields[i];
		int			people = names_find(form->people_by_total, form->npeople, field->name);
		bool		belongs = field->group >= 0 || i == form->opening || i == form->newly || i == form->closed || i == form->closing ||
			(field->topic != NULL && strcmp(field->topic, "contact") == 0);

		belongs |= people >= 0 && form->people[people].total == i;
		if (field->type == FIELD_INTEGER && !belongs)
			lint(to, F115, field->name, field->title, NULL, "The number in the box \"%s\" belongs to no part and no total.", field->title);
	}
}

/* All rules for forms. */
bool
lint_form(const ProformaForm *form, FindingSink sink, void *context, void *scratch, CharacterLength measure, StopFunction stop)
{
	Lint		to = {.form = form, .sink = sink, .context = context, .fields = scratch, .measure = measure, .stop = stop};
	char		place[120 + CLIP_ROOM];
	char		what[300 + CLIP_ROOM];

	for (int i = 0; i < form->nproblems && !stopped(&to); i++)
		lint(&to, F114, form->problems[i].place, NULL, NULL, "\"%s\": %s",
			 clip_text(place, sizeof(place), form->problems[i].place, measure),
			 clip_text(what, sizeof(what), form->problems[i].what, measure));
	for (int i = 0; i < form->nfields && !stopped(&to); i++)
		if (form->fields[i].bad_pattern)
			lint(&to, F114, form->fields[i].name, NULL, NULL, "The pattern of \"%s\" cannot be used.", form->fields[i].title);
	for (int i = 0; i < form->ngroups && !stopped(&to); i++)
	{
		if (form->groups[i].has_bands)
		{
			int			n = sort_bands(&to, i);

			lint_overlaps(&to, i, n);
			lint_gaps(&to, i, n);
			lint_shapes(&to, i);
		}
		if ((form->groups[i].kind == GROUP_PARTITION || form->groups[i].kind == GROUP_DISJOINT) && form->groups[i].unknown < 0)
			lint(&to, F104, form->groups[i].name, NULL, NULL, "Under \"%s\" there is no box for not known.", form->groups[i].title);
	}
	if (!to.stopped)
		lint_sections(&to);
	if (!to.stopped)
		lint_titles(&to);
	if (!to.stopped)
		lint_definitions(&to);
	if (!to.stopped)
		lint_belonging(&to);
	if (to.stopped)
		return false;
	if (form->basis == BASIS_NOT_STATED && form->basis_field < 0)
		lint(&to, F105, NULL, NULL, NULL, "The form does not say whom to count: new referrals, everybody worked with in the quarter, or everybody open at its end.");
	if (form->people[0].total < 0)
		lint(&to, F106, NULL, NULL, NULL, "The form does not ask for the total of %s.", form->people[0].title);
	if (!asks_for(form, "outcome"))
		lint(&to, F107, NULL, NULL, NULL, "The form does not ask for any outcome.");
	if (!asks_for(form, "referral"))
		lint(&to, F108, NULL, NULL, NULL, "The form does not ask for referrals and who sent them.");
	if (!asks_for(form, "contact") || !asks_for(form, "completion"))
		lint(&to, F109, NULL, NULL, NULL, "The form does not ask for contacts, or for how cases ended.");
	if (form->valid_from == NO_PERIOD)
		lint(&to, F116, NULL, NULL, NULL, "The form does not say from which quarter on it is used.");
	if (form->version == NULL || *form->version == '\0')
		lint(&to, F117, NULL, NULL, NULL, "The form has no version.");
	if (form->opening < 0 || form->newly < 0 || form->closed < 0 || form->closing < 0)
		lint(&to, F118, NULL, NULL, NULL, "The form does not ask for the opening caseload, new and closed cases, and the closing caseload.");
	return true;
}
