/*
 * check_text_core.c
 *		Places, narrative, dates and quarters of a return.
 */
#include "proforma/check.h"

#include <stdio.h>
#include <string.h>

#include "area/gss_code.h"
#include "area/uk_postcode.h"
#include "proforma/date.h"
#include "proforma/heap.h"
#include "proforma/privacy.h"

static const char *
place_of(Check *check, const ProformaAnswer *answer)
{
	return answer->name + strlen(check->given->form->fields[answer->field].name) - 1;
}

/* LSOA, "a ward": names of levels for a reader. */
static const char *
level_words(const char *level)
{
	static const struct
	{
		const char *level;
		const char *words;
	}			levels[] = {
		{"oa", "an output area"}, {"lsoa", "an LSOA"}, {"msoa", "an MSOA"}, {"parish", "a parish"}, {"ward", "a ward"},
		{"unitary", "a unitary authority"}, {"district", "a district"}, {"metropolitan_district", "a metropolitan district"},
		{"london_borough", "a London borough"}, {"county", "a county"}, {"metropolitan_county", "a metropolitan county"},
		{"region", "a region"}, {"country", "a country"}, {"police_force_area", "a police force area"}
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i].level, level) == 0)
			return levels[i].words;
	return "another kind of area";
}

/* The outward half of a postcode and nothing else: a full one with any inward half. */
static bool
is_half_postcode(const char *text, size_t length)
{
	char		full[16];
	uk_postcode postcode;

	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (length < 2 || length > 4)
		return false;
	memcpy(full, text, length);
	memcpy(full + length, " 1AA", 5);
	return uk_postcode_parse(full, length + 4, &postcode) == UK_POSTCODE_OK;
}

static void
check_place(Check *check, const ProformaAnswer *answer)
{
	const ProformaField *field = &check->given->form->fields[answer->field];
	const char *place = place_of(check, answer);
	size_t		length = strlen(place);
	char		buffer[40 + CLIP_ROOM];
	const char *shown = clip_text(buffer, sizeof(buffer), place, check->measure);
	char		suggestion[160];
	uk_postcode postcode;
	gss_code	code;

	if (field->is_postcode)
	{
		if (uk_postcode_parse(place, length, &postcode) == UK_POSTCODE_OK)
		{
			if (uk_postcode_is_pseudo(postcode))
				report(check, P702, answer->name, shown, NULL, NULL,
					   "The postcode %s stands for no fixed home, or a home abroad.", shown);
		}
		else if (is_half_postcode(place, length))
			report(check, P707, answer->name, shown, NULL, NULL,
				   "\"%s\" is only the first half of a postcode. From it we cannot tell the ward.", shown);
		else if (uk_postcode_suggest(place, length, &postcode))
		{
			char		right[UK_POSTCODE_MAX_LENGTH + 1];

			uk_postcode_format(postcode, right);
			snprintf(suggestion, sizeof(suggestion), "Did you mean %s?", right);
			report(check, P701, answer->name, shown, right, suggestion, "\"%s\" is not a postcode.", shown);
		}
		else
			report(check, P701, answer->name, shown, NULL, NULL, "\"%s\" is not a postcode.", shown);
	}
	else if (field->level != NULL)
	{
		if (gss_code_parse(place, length, &code) != GSS_CODE_OK)
			report(check, P703, answer->name, shown, NULL, NULL, "\"%s\" is not an area code.", shown);
		else if (strcmp(gss_code_level(code), field->level) != 0)
			report(check, P704, answer->name, shown, level_words(field->level), NULL,
				   "%s is %s, but this box is for %s.", shown, level_words(gss_code_level(code)), level_words(field->level));
	}
}

typedef struct PlaceKey
{
	int			field;
	int32_t		place;
	int			answer;
} PlaceKey;

/* The number of a place that can be read, so that two spellings of one are equal. */
static bool
place_key(Check *check, int answer, PlaceKey *key)
{
	const ProformaAnswer *a = &check->given->answers[answer];
	const ProformaField *field = a->field < 0 ? NULL : &check->given->form->fields[a->field];
	const char *place;
	uk_postcode postcode;
	gss_code	code;

	if (field == NULL || !field->is_family || (!field->is_postcode && field->level == NULL))
		return false;
	place = place_of(check, a);
	key->field = a->field;
	key->answer = answer;
	if (field->is_postcode)
	{
		if (uk_postcode_parse(place, strlen(place), &postcode) != UK_POSTCODE_OK)
			return false;
		key->place = postcode;
	}
	else
	{
		if (gss_code_parse(place, strlen(place), &code) != GSS_CODE_OK)
			return false;
		key->place = code;
	}
	return true;
}

static int
compare_places(const void *a, const void *b)
{
	const PlaceKey *x = a;
	const PlaceKey *y = b;

	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->answer < y->answer ? -1 : x->answer > y->answer;
}

static void
check_same_place(Check *check)
{
	PlaceKey   *keys = check->scratch;
	char		one[60 + CLIP_ROOM];
	char		other[60 + CLIP_ROOM];
	int			n = 0;

	for (int i = 0; i < check->given->nanswers && !check_stopped(check); i++)
		n += place_key(check, i, &keys[n]);
	if (check->stopped || !heap_sort(keys, n, sizeof(PlaceKey), compare_places, check->stop))
	{
		check->stopped = true;
		return;
	}
	for (int i = 1; i < n; i++)
		if (keys[i].field == keys[i - 1].field && keys[i].place == keys[i - 1].place)
			report(check, P706, check->given->answers[keys[i].answer].name, NULL, NULL, NULL,
				   "\"%s\" and \"%s\" are the same place.",
				   clip_text(one, sizeof(one), place_of(check, &check->given->answers[keys[i - 1].answer]), check->measure),
				   clip_text(other, sizeof(other), place_of(check, &check->given->answers[keys[i].answer]), check->measure));
}

/* People by LSOA and people by ward, in one part of the form. */
static void
check_levels(Check *check, int place)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaGroup *group = &form->groups[place];
	BoundsSum	lsoa = {0};
	BoundsSum	ward = {0};
	int			lsoas = 0;
	int			wards = 0;
	char		a[BOUNDS_LENGTH];
	char		b[BOUNDS_LENGTH];
	char		c[BOUNDS_LENGTH];
	Cell		total = return_total(given, group->people);

	for (int i = given->sums[place].first; i >= 0 && !check_stopped(check); i = given->answers[i].next_in_group)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const char *level = answer->field < 0 ? NULL : form->fields[answer->field].level;

		if (level == NULL || answer->cell.kind == CELL_BLANK)
			continue;
		if (strcmp(level, "lsoa") == 0)
		{
			bounds_sum_part(&lsoa, answer->cell.bounds);
			lsoas++;
		}
		else if (strcmp(level, "ward") == 0)
		{
			bounds_sum_part(&ward, answer->cell.bounds);
			wards++;
		}
	}
	if (lsoas == 0 || wards == 0)
		return;
	bounds_text(bounds_sum_disjoint(&lsoa), a);
	bounds_text(bounds_sum_disjoint(&ward), b);
	if (group->kind == GROUP_OVERLAPPING || group->kind == GROUP_SUBSET)
	{
		if (lsoa.sum_lower > ward.sum_upper || lsoa.sum_upper < ward.sum_lower)
			report(check, P705, group->name, a, b, NULL, "By LSOA there are %s people, but by ward %s.", a, b);
	}
	else if (total.kind != CELL_BLANK && given->sums[place].bounds.lower > total.bounds.upper)
		report(check, P705, group->name, a, b, NULL,
			   "By LSOA there are %s people and by ward %s, together more than the total of %s. It looks as if some people are given twice.",
			   a, b, bounds_text(total.bounds, c));
	else if (total.kind == CELL_BLANK && lsoa.sum_lower == ward.sum_lower && lsoa.sum_lower > 0)
		report(check, P705, group->name, a, b, NULL,
			   "By LSOA there are %s people and by ward %s as well. It looks as if the same people are given twice.", a, b);
}

void
check_places(Check *check)
{
	const ProformaReturn *given = check->given;

	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
		if (given->answers[i].field >= 0 && given->form->fields[given->answers[i].field].is_family)
			check_place(check, &given->answers[i]);
	check_same_place(check);
	for (int i = 0; i < given->form->ngroups && !check_stopped(check); i++)
		check_levels(check, i);
}

/* One finding for each kind of thing that may point to a person. */
static void
check_privacy(Check *check, const ProformaAnswer *answer)
{
	static const struct
	{
		ReturnRule	rule;
		const char *what;
	}			kinds[PRIVACY_KINDS] = {
		{P802, "a date of birth"}, {P803, "an NHS number"}, {P804, "a telephone number"},
		{P805, "an e-mail address"}, {P806, "a full postcode"}, {P807, "a prison, police or National Insurance number"}
	};
	PrivacyFound found;
	char		title[TITLE_LENGTH];

	if (answer->kind != ANSWER_TEXT && answer->kind != ANSWER_NUMBER)
		return;
	found = privacy_scan(answer->text, answer->length, check->stop);
	check->stopped |= found.stopped;
	for (int i = 0; i < PRIVACY_KINDS; i++)
		if (found.kinds & (1u << i))
			report(check, kinds[i].rule, answer->name, NULL, NULL, NULL,
				   "In \"%s\" there seems to be %s, near character %zu. We do not repeat it here.",
				   answer_title(check, answer, title), kinds[i].what, found.at[i] + 1);
}

static size_t
count_words(Check *check, const char *text)
{
	size_t		n = 0;
	bool		inside = false;

	for (; *text != '\0' && !check_stopped(check); text++)
	{
		bool		blank = *text == ' ' || *text == '\n' || *text == '\r' || *text == '\t';

		n += !blank && !inside;
		inside = !blank;
	}
	return n;
}

/* The questions that ask for words, and personal data in any answer. */
void
check_narrative(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaField *first = NULL;
	bool		required = false;
	int			answered = 0;

	for (int i = 0; i < form->nfields && !check_stopped(check); i++)
	{
		const ProformaField *field = &form->fields[i];
		const ProformaAnswer *answer = return_answer(given, i);
		const ProformaAnswer *before;
		int			same;

		if (!field->asks_narrative)
			continue;
		if (answer == NULL || (answer->kind != ANSWER_NESTED && count_words(check, answer->text) == 0))
		{
			if (first == NULL)
				first = field;
			required |= field->required;
			if (field->required)
				report(check, P801, field->name, NULL, NULL, NULL, "You left the question \"%s\" without an answer.", field->title);
			continue;
		}
		if (answer->kind == ANSWER_NESTED)
			continue;
		answered++;
		/* The words themselves are not repeated: they may be a name. */
		if (count_words(check, answer->text) < 3)
			report(check, P809, answer->name, NULL, NULL, NULL, "Under \"%s\" you wrote only %zu %s.", field->title,
				   count_words(check, answer->text), count_words(check, answer->text) == 1 ? "word" : "words");
		same = check->last == NULL ? -1 : form_field(check->last->form, field->name);
		before = same < 0 ? NULL : return_answer(check->last, same);
		if (before != NULL && count_words(check, answer->text) >= 3 && strcmp(before->text, answer->text) == 0)
			report(check, P808, answer->name, NULL, NULL, NULL, "What you wrote under \"%s\" is the same as in the last return.", field->title);
	}
	/* Where no single question must be answered, one of them should be. */
	if (first != NULL && !required && answered == 0)
		report(check, P801, first->name, NULL, NULL, NULL,
			   "You answered none of the questions that ask for a few words, such as \"%s\".", first->title);
	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
		if (given->answers[i].cell.kind != CELL_NUMBER &&
			(given->answers[i].field < 0 || form->fields[given->answers[i].field].type != FIELD_POSTCODE))
			check_privacy(check, &given->answers[i]);
}

static void
period_text(int32_t period, char buffer[24])
{
	snprintf(buffer, 24, "%04d-Q%d", period / 4, period % 4 + 1);
}

/* The quarter of the return, the dates in it, and the quarters of the form. */
void
check_time(Check *check)
{
	const ProformaReturn *given = check->given;
	const ProformaForm *form = given->form;
	const ProformaAnswer *period = NULL;
	char		observed[24];
	char		expected[24];

	for (int i = 0; i < given->nanswers && period == NULL; i++)
		if (strcmp(given->answers[i].name, "period") == 0 && given->answers[i].kind != ANSWER_EMPTY)
			period = &given->answers[i];
	if (given->period == NO_PERIOD)
	{
		if (period != NULL)
			report(check, P901, "period", period->shown, "2025-Q2", NULL, "\"%s\" is not a quarter that we can read.", period->shown);
		else if (given->has_answers && given->nanswers > 0)
			report(check, P904, "period", NULL, "2025-Q2", NULL, "The return does not say for which quarter it is.");
		return;
	}
	period_text(given->period, observed);
	if (form->valid_from != NO_PERIOD && given->period < form->valid_from)
	{
		period_text(form->valid_from, expected);
		report(check, P903, "period", observed, expected, NULL,
			   "The form \"%s\" is used from %s on, but the return is for %s.", form->title, expected, observed);
	}
	else if (form->valid_to != NO_PERIOD && given->period > form->valid_to)
	{
		period_text(form->valid_to, expected);
		report(check, P903, "period", observed, expected, NULL,
			   "The form \"%s\" was used until %s, but the return is for %s.", form->title, expected, observed);
	}
	for (int i = 0; i < given->nanswers && !check_stopped(check); i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const ProformaField *field = answer->field >= 0 ? &form->fields[answer->field] : NULL;
		int32_t		day;
		char		title[TITLE_LENGTH];

		if (field == NULL || (field->type != FIELD_DATE && field->type != FIELD_DATETIME) ||
			!parse_day(answer->text, answer->length, &day))
			continue;
		if (day < form_first_day(given->period) || day >= form_first_day(given->period + 1))
			report(check, P902, answer->name, answer->shown, observed, NULL,
				   "In the box \"%s\" you wrote %s, which is not in %s.", answer_title(check, answer, title), answer->shown, observed);
	}
}
