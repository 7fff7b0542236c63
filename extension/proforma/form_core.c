/*
 * form_core.c
 *		Finds what each answer of a return belongs to, and adds up its groups.
 */
#include "proforma/form.h"

#include <string.h>

/* Fills by_name and families, for which the caller has made room.  False if it was stopped. */
bool
form_index(ProformaForm *form, StopFunction stop)
{
	uint32_t	steps = 0;

	form->nfamilies = 0;
	for (int i = 0; i < form->nfields; i++)
	{
		const char *name = form->fields[i].name;

		if (stop_now(stop, &steps))
			return false;
		form->by_name[i] = (ProformaName) {name, i};
		if (form->fields[i].is_family)
			form->families[form->nfamilies++] = (NamePrefix) {.name = name, .length = strlen(name) - 1, .place = i};
	}
	return names_sort(form->by_name, form->nfields, stop) && prefixes_sort(form->families, form->nfamilies, stop);
}

/*
 * Joins fields, groups and people, when all are there: fills groups_by_name and
 * people_by_total, for which the caller has made room, and the lists of the
 * fields of a group and the groups of a set of people.  False if it was stopped.
 */
bool
form_join(ProformaForm *form, StopFunction stop)
{
	uint32_t	steps = 0;

	for (int i = 0; i < form->npeople; i++)
	{
		if (stop_now(stop, &steps))
			return false;
		form->people[i].first_group = -1;
		form->people_by_total[i] = (ProformaName) {form->people[i].total_name, i};
	}
	/* Backwards, so that the lists are in the order of the form. */
	for (int i = form->ngroups - 1; i >= 0; i--)
	{
		ProformaGroup *group = &form->groups[i];

		if (stop_now(stop, &steps))
			return false;
		group->first_field = -1;
		group->next_of_people = form->people[group->people].first_group;
		form->people[group->people].first_group = i;
		form->groups_by_name[i] = (ProformaName) {group->name, i};
	}
	for (int i = form->nfields - 1; i >= 0; i--)
	{
		ProformaField *field = &form->fields[i];

		if (stop_now(stop, &steps))
			return false;
		field->next_in_group = -1;
		if (field->group < 0)
			continue;
		field->next_in_group = form->groups[field->group].first_field;
		form->groups[field->group].first_field = i;
	}
	return names_sort(form->groups_by_name, form->ngroups, stop) && names_sort(form->people_by_total, form->npeople, stop);
}

/* The field of that very name, or -1. */
int
form_field(const ProformaForm *form, const char *name)
{
	return names_find(form->by_name, form->nfields, name);
}

/* The family ("place.lsoa.*") to which a name belongs, or -1. */
int
form_family(const ProformaForm *form, const char *name)
{
	return prefixes_find(form->families, form->nfamilies, name);
}

/* Is a text among those that stand in the order of their bytes? */
bool
form_is_listed(const char **sorted, int n, const char *text)
{
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = strcmp(sorted[middle], text);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
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

/*
 * The first group without a box for not known whose name a name continues:
 * "age.not_known" is that of "age", or one for "age.band".  Or -1.
 */
static int
group_of_not_known(const ProformaForm *form, const char *name, bool *whole)
{
	size_t		length = strlen(name);
	size_t		prefix;
	int			found = -1;

	if (length <= 10 || strcmp(name + length - 10, ".not_known") != 0)
		return -1;
	prefix = length - 10;
	/* Each group is met once for each part of its own name, over all answers. */
	for (int i = names_from(form->groups_by_name, form->ngroups, name, prefix); i < form->ngroups; i++)
	{
		const ProformaName *entry = &form->groups_by_name[i];
		const ProformaGroup *group = &form->groups[entry->place];

		if (strncmp(entry->name, name, prefix) != 0 || (entry->name[prefix] != '\0' && (unsigned char) entry->name[prefix] > '.'))
			break;
		if ((entry->name[prefix] != '\0' && entry->name[prefix] != '.') || group->unknown >= 0 || group->kind == GROUP_SUBSET ||
			(found >= 0 && found < entry->place))
			continue;
		found = entry->place;
		*whole = entry->name[prefix] == '\0';
	}
	return found;
}

/* A box that the form lacks, but whose meaning is plain. */
static void
resolve_without_box(ProformaReturn *given, int place)
{
	const ProformaForm *form = given->form;
	ProformaAnswer *answer = &given->answers[place];
	int			people;
	int			group;
	bool		whole;

	if (strcmp(answer->name, "basis") == 0 || strcmp(answer->name, "period") == 0)
	{
		answer->tolerated = true;
		return;
	}
	people = names_find(form->people_by_total, form->npeople, answer->name);
	if (people >= 0 && form->people[people].total < 0)
	{
		answer->tolerated = answer->counts = true;
		answer->people = people;
		given->totals[people] = place;
		return;
	}
	group = group_of_not_known(form, answer->name, &whole);
	if (group >= 0)
	{
		answer->tolerated = answer->counts = true;
		if (whole)
			answer->group = group;
	}
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
	else if (answer->kind != ANSWER_EMPTY && !(field != NULL && form_is_listed(field->missing, field->nmissing, answer->text)))
		answer->cell = cell_read(answer->text, answer->length);
}

static bool
add_up(ProformaReturn *given, StopFunction stop)
{
	const ProformaForm *form = given->form;
	uint32_t	steps = 0;

	for (int i = 0; i < form->ngroups; i++)
		given->sums[i] = (GroupSum) {.first = -1};
	/* Backwards, so that the answers of a group come in their order. */
	for (int i = given->nanswers - 1; i >= 0; i--)
	{
		ProformaAnswer *answer = &given->answers[i];
		GroupSum   *sum;

		if (stop_now(stop, &steps))
			return false;
		if (answer->group < 0)
			continue;
		sum = &given->sums[answer->group];
		answer->next_in_group = sum->first;
		sum->first = i;
		if (answer->cell.kind == CELL_BLANK)
			continue;
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
	{
		given->sums[i].sum_lower = given->sums[i].bounds.lower;
		if (form->groups[i].kind == GROUP_OVERLAPPING || form->groups[i].kind == GROUP_SUBSET)
			given->sums[i].bounds.lower = given->sums[i].max_lower;
	}
	return true;
}

/*
 * Joins the answers to the fields of the form, reads the numbers and adds up
 * the groups.  The caller has set form, answers and room for first, sums and
 * totals.  False if it was stopped.
 */
bool
return_resolve(ProformaReturn *given, StopFunction stop)
{
	const ProformaForm *form = given->form;
	uint32_t	steps = 0;

	for (int i = 0; i < form->nfields; i++)
		given->first[i] = -1;
	for (int i = 0; i < form->npeople; i++)
		given->totals[i] = -1;
	given->basis = form->basis;
	/* Backwards, so that the answers of a family come in their order. */
	for (int i = given->nanswers - 1; i >= 0; i--)
	{
		ProformaAnswer *answer = &given->answers[i];

		if (stop_now(stop, &steps))
			return false;
		answer->field = form_field(form, answer->name);
		answer->group = answer->people = answer->next = answer->next_in_group = -1;
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
	return add_up(given, stop);
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
