/*
 * form_core.c
 *		Finds what each answer of a return belongs to, and adds up its groups.
 */
#include "proforma/form.h"

#include <stdlib.h>
#include <string.h>

static int
compare_names(const void *a, const void *b)
{
	const ProformaName *x = a;
	const ProformaName *y = b;
	int			order = strcmp(x->name, y->name);

	/* Of two fields of one name the first is found. */
	return order != 0 ? order : x->field - y->field;
}

/* Fills by_name and families, for which the caller has made room. */
void
form_index(ProformaForm *form)
{
	form->nfamilies = 0;
	for (int i = 0; i < form->nfields; i++)
	{
		form->by_name[i] = (ProformaName) {form->fields[i].name, i};
		if (form->fields[i].is_family)
			form->families[form->nfamilies++] = i;
	}
	if (form->nfields > 0)
		qsort(form->by_name, form->nfields, sizeof(ProformaName), compare_names);
}

/* The field of that very name, or -1. */
int
form_field(const ProformaForm *form, const char *name)
{
	int			low = 0;
	int			high = form->nfields;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (strcmp(form->by_name[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < form->nfields && strcmp(form->by_name[low].name, name) == 0)
		return form->by_name[low].field;
	return -1;
}

/* The family ("place.lsoa.*") to which a name belongs, or -1. */
int
form_family(const ProformaForm *form, const char *name)
{
	for (int i = 0; i < form->nfamilies; i++)
	{
		const char *family = form->fields[form->families[i]].name;
		size_t		prefix = strlen(family) - 1;

		if (strncmp(name, family, prefix) == 0 && name[prefix] != '\0')
			return form->families[i];
	}
	return -1;
}

/* A quarter of the reporting year from April, as 2025-Q2. */
bool
form_parse_period(const char *text, size_t length, int32_t *period)
{
	int			year = 0;

	if (length != 7 || text[4] != '-' || (text[5] != 'Q' && text[5] != 'q') || text[6] < '1' || text[6] > '4')
		return false;
	for (int i = 0; i < 4; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
		year = year * 10 + (text[i] - '0');
	}
	*period = year * 4 + (text[6] - '1');
	return true;
}

/* Ages as [0,5) or [25,). */
bool
form_parse_band(const char *text, size_t length, AgeBand *band)
{
	int32_t		ends[2] = {0, 0};
	size_t		digits[2] = {0, 0};
	int			end = 0;

	if (length < 4 || text[0] != '[' || text[length - 1] != ')')
		return false;
	for (size_t i = 1; i < length - 1; i++)
	{
		if (text[i] == ',' && end == 0)
			end = 1;
		else if (text[i] >= '0' && text[i] <= '9' && digits[end]++ < 4)
			ends[end] = ends[end] * 10 + (text[i] - '0');
		else if (text[i] != ' ')
			return false;
	}
	if (end == 0 || digits[0] == 0)
		return false;
	*band = (AgeBand) {ends[0], digits[1] == 0 ? AGE_UNLIMITED : ends[1]};
	return band->lower < band->upper;
}

static const char *const basis_names[] = {
	[BASIS_NOT_STATED] = "not stated",
	[BASIS_NEW_REFERRALS] = "new_referrals",
	[BASIS_CASELOAD_IN_PERIOD] = "caseload_in_period",
	[BASIS_CASELOAD_AT_END] = "caseload_at_end",
	[BASIS_UNREADABLE] = "not readable"
};

const char *
form_basis_name(Basis basis)
{
	return basis_names[basis];
}

const char *
form_basis_words(Basis basis)
{
	static const char *const words[] = {
		[BASIS_NOT_STATED] = "not stated",
		[BASIS_NEW_REFERRALS] = "only people newly referred in the quarter",
		[BASIS_CASELOAD_IN_PERIOD] = "everybody you worked with in the quarter",
		[BASIS_CASELOAD_AT_END] = "everybody open at the end of the quarter",
		[BASIS_UNREADABLE] = "not readable"
	};

	return words[basis];
}

/* Blanks around, capitals, and blanks or dashes between the words do not matter. */
Basis
form_parse_basis(const char *text, size_t length)
{
	char		folded[32];
	size_t		n = 0;

	while (length > 0 && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r'))
		text++, length--;
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	if (length == 0)
		return BASIS_NOT_STATED;
	if (length >= sizeof(folded))
		return BASIS_UNREADABLE;
	for (; n < length; n++)
	{
		char		c = text[n];

		folded[n] = c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
	}
	folded[n] = '\0';
	for (int basis = BASIS_NEW_REFERRALS; basis <= BASIS_CASELOAD_AT_END; basis++)
		if (strcmp(folded, basis_names[basis]) == 0)
			return (Basis) basis;
	return BASIS_UNREADABLE;
}

/* Does the name end in ".not_known", and does a group's name begin like it? */
static bool
is_not_known_of(const char *name, const ProformaGroup *group, bool *whole)
{
	size_t		length = strlen(name);
	size_t		prefix;

	if (length <= 10 || strcmp(name + length - 10, ".not_known") != 0)
		return false;
	prefix = length - 10;
	if (strncmp(name, group->name, prefix) != 0)
		return false;
	*whole = group->name[prefix] == '\0';
	return *whole || group->name[prefix] == '.';
}

/* A box that the form lacks, but whose meaning is plain. */
static void
resolve_without_box(ProformaReturn *given, int place)
{
	const ProformaForm *form = given->form;
	ProformaAnswer *answer = &given->answers[place];

	if (strcmp(answer->name, "basis") == 0 || strcmp(answer->name, "period") == 0)
	{
		answer->tolerated = true;
		return;
	}
	for (int i = 0; i < form->npeople; i++)
		if (form->people[i].total < 0 && strcmp(answer->name, form->people[i].total_name) == 0)
		{
			answer->tolerated = answer->counts = true;
			answer->people = i;
			given->totals[i] = place;
			return;
		}
	for (int i = 0; i < form->ngroups; i++)
	{
		bool		whole;

		if (form->groups[i].unknown < 0 && form->groups[i].kind != GROUP_SUBSET &&
			is_not_known_of(answer->name, &form->groups[i], &whole))
		{
			answer->tolerated = answer->counts = true;
			if (whole)
				answer->group = i;
			return;
		}
	}
}

static bool
is_missing_value(const ProformaField *field, const char *text)
{
	for (int i = 0; i < field->nmissing; i++)
		if (strcmp(field->missing[i], text) == 0)
			return true;
	return false;
}

static void
read_cell(ProformaReturn *given, ProformaAnswer *answer)
{
	const ProformaField *field = answer->field >= 0 ? &given->form->fields[answer->field] : NULL;

	answer->cell = cell_of_kind(CELL_BLANK);
	if (!answer->counts)
		return;
	if (answer->kind == ANSWER_NESTED)
		answer->cell = cell_of_kind(CELL_NESTED);
	else if (answer->kind != ANSWER_EMPTY && !(field != NULL && is_missing_value(field, answer->text)))
		answer->cell = cell_read(answer->text, answer->length);
}

static void
add_up(ProformaReturn *given)
{
	const ProformaForm *form = given->form;

	for (int i = 0; i < form->ngroups; i++)
		given->sums[i] = (GroupSum) {0};
	for (int i = 0; i < given->nanswers; i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		GroupSum   *sum;

		if (answer->group < 0 || answer->cell.kind == CELL_BLANK)
			continue;
		sum = &given->sums[answer->group];
		sum->filled++;
		if (answer->cell.bounds.lower != answer->cell.bounds.upper)
			sum->unclear++;
		if (answer->field < 0 || answer->field == form->groups[answer->group].unknown)
			sum->unknown_filled = true;
		sum->bounds.lower = bounds_add_end(sum->bounds.lower, answer->cell.bounds.lower);
		sum->bounds.upper = bounds_add_end(sum->bounds.upper, answer->cell.bounds.upper);
		if (sum->max_lower < answer->cell.bounds.lower)
			sum->max_lower = answer->cell.bounds.lower;
	}
	for (int i = 0; i < form->ngroups; i++)
		if (form->groups[i].kind == GROUP_OVERLAPPING || form->groups[i].kind == GROUP_SUBSET)
			given->sums[i].bounds.lower = given->sums[i].max_lower;
}

/*
 * Joins the answers to the fields of the form, reads the numbers and adds up
 * the groups.  The caller has set form, answers and room for first, sums and
 * totals.
 */
void
return_resolve(ProformaReturn *given)
{
	const ProformaForm *form = given->form;

	for (int i = 0; i < form->nfields; i++)
		given->first[i] = -1;
	for (int i = 0; i < form->npeople; i++)
		given->totals[i] = -1;
	given->basis = form->basis;
	/* Backwards, so that the answers of a family come in their order. */
	for (int i = given->nanswers - 1; i >= 0; i--)
	{
		ProformaAnswer *answer = &given->answers[i];

		answer->field = form_field(form, answer->name);
		answer->group = answer->people = answer->next = -1;
		answer->tolerated = answer->counts = false;
		/* The name of a family itself is no answer. */
		if (answer->field >= 0 && form->fields[answer->field].is_family)
			answer->field = -1;
		else if (answer->field < 0)
			answer->field = form_family(form, answer->name);
		if (answer->field >= 0)
		{
			answer->group = form->fields[answer->field].group;
			answer->counts = form->fields[answer->field].type == FIELD_INTEGER;
			answer->next = given->first[answer->field];
			given->first[answer->field] = i;
		}
		else
			resolve_without_box(given, i);
		read_cell(given, answer);
		if ((answer->field >= 0 && answer->field == form->basis_field) || strcmp(answer->name, "basis") == 0)
		{
			Basis		basis = answer->kind == ANSWER_EMPTY ? BASIS_NOT_STATED :
				answer->kind == ANSWER_NESTED ? BASIS_UNREADABLE : form_parse_basis(answer->text, answer->length);

			if (basis != BASIS_NOT_STATED)
				given->basis = basis;
		}
	}
	for (int i = 0; i < form->npeople; i++)
		if (form->people[i].total >= 0)
			given->totals[i] = given->first[form->people[i].total];
	add_up(given);
}

/* The first answer to a field that was asked, or NULL. */
const ProformaAnswer *
return_answer(const ProformaReturn *given, int field)
{
	return field < 0 || given->first[field] < 0 ? NULL : &given->answers[given->first[field]];
}

/* The number in a box; blank where there is no box or no answer. */
Cell
return_cell(const ProformaReturn *given, int field)
{
	const ProformaAnswer *answer = return_answer(given, field);

	return answer == NULL ? cell_of_kind(CELL_BLANK) : answer->cell;
}

/* The total of a set of people; blank where it is not given. */
Cell
return_total(const ProformaReturn *given, int people)
{
	if (people < 0 || people >= given->form->npeople || given->totals[people] < 0)
		return cell_of_kind(CELL_BLANK);
	return given->answers[given->totals[people]].cell;
}
