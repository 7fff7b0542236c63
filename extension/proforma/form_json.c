/*
 * form_json.c
 *		Reads a form's document into the structure of form.h.  Whatever the
 *		document holds, nothing is raised: what can't be read is a problem that
 *		proforma_lint reports.
 */
#include "proforma/form_json.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "interrupts.h"
#include "proforma/date.h"
#include "proforma/json_read.h"

typedef struct Loader
{
	ProformaForm *form;
	int			field_room;
	int			problem_room;
	const char **missing;		/* the form's own missingValues */
	int			nmissing;
	ProformaName *people;		/* by their names */
} Loader;

static void
add_problem(Loader *loader, const char *place, const char *what)
{
	ProformaForm *form = loader->form;

	if (form->nproblems == loader->problem_room)
	{
		loader->problem_room = loader->problem_room == 0 ? 8 : loader->problem_room * 2;
		form->problems = form->problems == NULL ?
			palloc(loader->problem_room * sizeof(FormProblem)) :
			repalloc(form->problems, loader->problem_room * sizeof(FormProblem));
	}
	form->problems[form->nproblems++] = (FormProblem) {place, what};
}

static FieldType
field_type(const char *type, const char *format)
{
	static const struct
	{
		const char *name;
		FieldType	type;
	}			types[] = {
		{"string", FIELD_STRING}, {"integer", FIELD_INTEGER}, {"number", FIELD_NUMBER},
		{"boolean", FIELD_BOOLEAN}, {"date", FIELD_DATE}, {"datetime", FIELD_DATETIME}
	};

	if (type == NULL)
		return FIELD_STRING;
	for (int i = 0; i < (int) lengthof(types); i++)
		if (strcmp(types[i].name, type) == 0)
		{
			if (types[i].type == FIELD_STRING && format != NULL && strcmp(format, "uk-postcode") == 0)
				return FIELD_POSTCODE;
			if (types[i].type == FIELD_STRING && format != NULL && strcmp(format, "gss-code") == 0)
				return FIELD_AREA;
			return types[i].type;
		}
	return FIELD_UNKNOWN_TYPE;
}

/* A number; for dates a day as 2025-07-31. */
static bool
load_limit(const ProformaField *field, const JsonbContainer *constraints, const char *key, double *limit)
{
	const char *text;
	int32_t		day;

	if (field->type != FIELD_DATE && field->type != FIELD_DATETIME)
		return jread_number(constraints, key, limit);
	text = jread_text(constraints, key);
	if (text == NULL || !parse_day(text, strlen(text), &day))
		return false;
	*limit = day;
	return true;
}

static int
compare_texts(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A list of texts in the order of their bytes. */
static const char **
load_sorted(const JsonbContainer *source, const char *key, int *n)
{
	const char **texts = jread_texts(source, key, n);

	if (texts != NULL && *n > 1)
		qsort(texts, *n, sizeof(char *), compare_texts);
	return texts;
}

static void
load_constraints(Loader *loader, ProformaField *field, const JsonbContainer *constraints)
{
	double		number;

	field->required = jread_boolean(constraints, "required", false);
	field->unique = jread_boolean(constraints, "unique", false);
	field->has_minimum = load_limit(field, constraints, "minimum", &field->minimum);
	field->has_maximum = load_limit(field, constraints, "maximum", &field->maximum);
	if (jread_number(constraints, "minLength", &number) && number >= 0 && number <= PG_INT32_MAX)
		field->min_length = (int) number;
	if (jread_number(constraints, "maxLength", &number) && number >= 0 && number <= PG_INT32_MAX)
		field->max_length = (int) number;
	field->pattern = jread_text(constraints, "pattern");
	field->choices = jread_texts(constraints, "enum", &field->nchoices);
	field->sorted_choices = load_sorted(constraints, "enum", &field->nchoices);
	if (jread_has(constraints, "enum") && field->choices == NULL)
		add_problem(loader, field->name, "Its list of answers to choose from (enum) is not a list.");
	if (field->has_minimum && field->has_maximum && field->minimum > field->maximum)
		add_problem(loader, field->name, "Its smallest value is larger than its largest.");
}

static void
load_field(Loader *loader, const JsonbContainer *source, bool narrative)
{
	ProformaForm *form = loader->form;
	ProformaField *field;
	const char *name = jread_text(source, "name");
	const char *level = jread_text(source, "level");
	const JsonbContainer *constraints;
	size_t		length;

	if (name == NULL || *name == '\0')
	{
		add_problem(loader, narrative ? "narrative" : "fields", "A field has no name.");
		return;
	}
	if (form->nfields == loader->field_room)
	{
		loader->field_room = loader->field_room == 0 ? 32 : loader->field_room * 2;
		form->fields = form->fields == NULL ?
			palloc_extended(loader->field_room * sizeof(ProformaField), MCXT_ALLOC_HUGE) :
			repalloc_huge(form->fields, loader->field_room * sizeof(ProformaField));
	}
	field = &form->fields[form->nfields++];
	memset(field, 0, sizeof(*field));
	length = strlen(name);
	field->name = name;
	field->title = jread_shown_text(source, "title", SHOWN_TITLE_LENGTH);
	if (field->title == NULL || *field->title == '\0')
		field->title = jread_clip(name, SHOWN_TITLE_LENGTH);
	field->description = jread_text(source, "description");
	if (field->description != NULL && *field->description == '\0')
		field->description = NULL;
	field->section = jread_shown_text(source, "section", SHOWN_TITLE_LENGTH);
	field->topic = jread_text(source, "topic");
	field->is_family = length > 2 && strcmp(name + length - 2, ".*") == 0;
	field->asks_narrative = narrative;
	field->min_length = field->max_length = -1;
	field->group = -1;
	field->type = field_type(jread_text(source, "type"), jread_text(source, "format"));
	if (field->type == FIELD_UNKNOWN_TYPE)
		add_problem(loader, name, "Its type is not one of string, integer, number, boolean, date and datetime.");
	if (level != NULL && strcmp(level, "postcode") == 0)
		field->is_postcode = true;
	else
		field->level = level;
	field->missing = load_sorted(source, "missingValues", &field->nmissing);
	if (field->missing == NULL)
	{
		field->missing = loader->missing;
		field->nmissing = loader->nmissing;
	}
	constraints = jread_object(source, "constraints");
	if (constraints != NULL)
		load_constraints(loader, field, constraints);
	else if (jread_has(source, "constraints"))
		add_problem(loader, name, "Its constraints are not an object.");
}

static void
load_fields(Loader *loader, const JsonbContainer *root, const char *key, bool narrative)
{
	const JsonbContainer *list = jread_array(root, key);
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;

	if (list == NULL)
	{
		if (!narrative)
			add_problem(loader, key, "The form has no list of fields.");
		else if (jread_has(root, key))
			add_problem(loader, key, "The narrative questions are not a list.");
		return;
	}
	it = JsonbIteratorInit(unconstify(JsonbContainer *, list));
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		CHECK_FOR_INTERRUPTS();
		if (value.type == jbvBinary && JsonContainerIsObject(value.val.binary.data))
			load_field(loader, value.val.binary.data, narrative);
		else
			add_problem(loader, key, "An entry of the list is not a field.");
	}
}

static void
load_people(Loader *loader, const JsonbContainer *root)
{
	ProformaForm *form = loader->form;
	const JsonbContainer *list = jread_array(root, "people");
	int			room = list != NULL ? JsonContainerSize(list) : 0;

	form->people = palloc_extended(Max(room, 1) * sizeof(ProformaPeople), MCXT_ALLOC_HUGE);
	for (int i = 0; i < room; i++)
	{
		const JsonbContainer *source = jread_element_object(list, i);
		const char *name = source != NULL ? jread_text(source, "name") : NULL;
		ProformaPeople *people = &form->people[form->npeople];

		CHECK_FOR_INTERRUPTS();
		if (name == NULL)
		{
			add_problem(loader, "people", "An entry of the list has no name.");
			continue;
		}
		form->npeople++;
		people->name = name;
		people->title = jread_shown_text(source, "title", SHOWN_TITLE_LENGTH);
		if (people->title == NULL)
			people->title = jread_clip(name, SHOWN_TITLE_LENGTH);
		people->total_name = jread_text(source, "total");
		if (people->total_name == NULL)
			people->total_name = psprintf("%s.total", name);
		people->total = form_field(form, people->total_name);
	}
	if (form->npeople == 0)
	{
		form->people[0] = (ProformaPeople) {"beneficiaries", "people", "total", form_field(form, "total"), -1};
		form->npeople = 1;
	}
	loader->people = palloc_extended(form->npeople * sizeof(ProformaName), MCXT_ALLOC_HUGE);
	for (int i = 0; i < form->npeople; i++)
		loader->people[i] = (ProformaName) {form->people[i].name, i};
	(void) names_sort(loader->people, form->npeople, stop_for_interrupts);
}

static void
load_group_field(Loader *loader, int place, const char *name)
{
	ProformaForm *form = loader->form;
	int			field = form_field(form, name);

	if (field < 0)
	{
		add_problem(loader, form->groups[place].name,
					psprintf("It names the field \"%s\", which the form does not have.", jread_clip(name, SHOWN_TITLE_LENGTH)));
		return;
	}
	if (form->fields[field].group >= 0 && form->fields[field].group != place)
	{
		add_problem(loader, form->groups[place].name,
					psprintf("Its field \"%s\" stands in another group already.", jread_clip(name, SHOWN_TITLE_LENGTH)));
		return;
	}
	form->fields[field].group = place;
	/* A number of people is a whole number, whatever the document calls it. */
	if (form->fields[field].type != FIELD_INTEGER)
	{
		add_problem(loader, form->fields[field].name, "It stands in a group, but its type is not integer.");
		form->fields[field].type = FIELD_INTEGER;
	}
}

static int
compare_bands(const void *a, const void *b)
{
	int32_t		x = ((const AgeBand *) a)->lower;
	int32_t		y = ((const AgeBand *) b)->lower;

	CHECK_FOR_INTERRUPTS();
	return (x > y) - (x < y);
}

/* Is any age in two of the bands?  They come out in their order. */
static bool
bands_overlap(AgeBand *bands, int n)
{
	if (n > 1)
		qsort(bands, n, sizeof(AgeBand), compare_bands);
	for (int i = 1; i < n; i++)
		if (bands[i].lower < bands[i - 1].upper)
			return true;
	return false;
}

static void
load_bands(Loader *loader, int place, const JsonbContainer *bands)
{
	AgeBand    *ages = palloc_extended(Max(JsonContainerSize(bands), 1) * sizeof(AgeBand), MCXT_ALLOC_HUGE);
	int			n = 0;
	ProformaForm *form = loader->form;
	ProformaGroup *group = &form->groups[place];
	JsonbIterator *it = JsonbIteratorInit(unconstify(JsonbContainer *, bands));
	JsonbValue	value;
	JsonbIteratorToken token;
	ProformaField *field = NULL;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token == WJB_KEY)
		{
			char	   *name = pnstrdup(value.val.string.val, value.val.string.len);
			int			found = form_field(form, name);

			field = found >= 0 && form->fields[found].group == place ? &form->fields[found] : NULL;
			if (field == NULL)
				add_problem(loader, group->name,
							psprintf("It gives ages for \"%s\", which is not one of its fields.", jread_clip(name, SHOWN_TITLE_LENGTH)));
		}
		else if (token == WJB_VALUE && field != NULL)
		{
			if (value.type == jbvString &&
				form_parse_band(value.val.string.val, value.val.string.len, &field->band))
			{
				field->has_band = group->has_bands = true;
				ages[n++] = field->band;
			}
			else
				add_problem(loader, field->name, "Its ages are not a range such as [5,12) or [25,).");
		}
	}
	group->bands_overlap = bands_overlap(ages, n);
	pfree(ages);
}

static bool
load_ages(Loader *loader, const JsonbContainer *source, const char *key, const char *place, AgeBand *ages)
{
	const char *text = jread_text(source, key);

	if (text != NULL && form_parse_band(text, strlen(text), ages))
		return true;
	if (jread_has(source, key))
		add_problem(loader, place, psprintf("Its %s are not a range such as [18,).", key));
	return false;
}

static void
load_group(Loader *loader, const JsonbContainer *source)
{
	ProformaForm *form = loader->form;
	int			place = form->ngroups;
	ProformaGroup *group = &form->groups[place];
	const char *kind = jread_text(source, "kind");
	const char *role = jread_text(source, "role");
	const char *people = jread_text(source, "people");
	const char *unknown = jread_text(source, "unknown");
	const JsonbContainer *fields = jread_array(source, "fields");
	const JsonbContainer *bands = jread_object(source, "bands");

	memset(group, 0, sizeof(*group));
	group->name = jread_text(source, "name");
	if (group->name == NULL || *group->name == '\0')
	{
		add_problem(loader, "groups", "A group has no name.");
		return;
	}
	form->ngroups++;
	group->title = jread_shown_text(source, "title", SHOWN_TITLE_LENGTH);
	if (group->title == NULL)
		group->title = jread_clip(group->name, SHOWN_TITLE_LENGTH);
	group->topic = jread_text(source, "topic");
	group->unknown = group->of_field = group->of_group = -1;
	group->kind = GROUP_OVERLAPPING;
	if (kind != NULL && strcmp(kind, "partition") == 0)
		group->kind = GROUP_PARTITION;
	else if (kind != NULL && strcmp(kind, "disjoint") == 0)
		group->kind = GROUP_DISJOINT;
	else if (kind != NULL && strcmp(kind, "subset") == 0)
		group->kind = GROUP_SUBSET;
	else if (kind == NULL || strcmp(kind, "overlapping") != 0)
		add_problem(loader, group->name, "Its kind is not one of partition, disjoint, overlapping and subset.");
	group->counts = role != NULL && strcmp(role, "counts") == 0;
	if (role == NULL || (!group->counts && strcmp(role, "describes") != 0))
		add_problem(loader, group->name, "It does not say whether it counts people or describes them.");
	if (people != NULL)
	{
		group->people = names_find(loader->people, form->npeople, people);
		if (group->people < 0)
		{
			add_problem(loader, group->name, "It belongs to people whom the form does not name.");
			group->people = 0;
		}
	}
	if (fields == NULL)
		add_problem(loader, group->name, "It has no list of fields.");
	else
	{
		int			n = JsonContainerSize(fields);

		for (int i = 0; i < n; i++)
		{
			const char *name = jread_element_text(fields, i);

			CHECK_FOR_INTERRUPTS();
			if (name != NULL)
				load_group_field(loader, place, name);
			else
				add_problem(loader, group->name, "An entry of its list of fields is not a name.");
		}
	}
	if (bands != NULL)
		load_bands(loader, place, bands);
	group->has_ages = load_ages(loader, source, "ages", group->name, &group->ages);
	if (unknown != NULL)
	{
		group->unknown = form_field(form, unknown);
		if (group->unknown < 0 || form->fields[group->unknown].group != place)
		{
			add_problem(loader, group->name, "Its box for not known is not one of its fields.");
			group->unknown = -1;
		}
	}
}

/* The last group of that name, but for one; or -1. */
static int
group_by_name(const ProformaForm *form, const char *name, int but)
{
	int			low = 0;
	int			high = form->ngroups;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (strcmp(form->groups_by_name[middle].name, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (--low >= 0 && strcmp(form->groups_by_name[low].name, name) == 0)
		if (form->groups_by_name[low].place != but)
			return form->groups_by_name[low].place;
	return -1;
}

static void
load_groups(Loader *loader, const JsonbContainer *root)
{
	ProformaForm *form = loader->form;
	const JsonbContainer *list = jread_array(root, "groups");
	int			n = list != NULL ? JsonContainerSize(list) : 0;

	form->groups = palloc_extended(Max(n, 1) * sizeof(ProformaGroup), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
	{
		const JsonbContainer *source = jread_element_object(list, i);

		CHECK_FOR_INTERRUPTS();
		if (source != NULL)
			load_group(loader, source);
		else
			add_problem(loader, "groups", "An entry of the list is not a group.");
	}
	form->groups_by_name = palloc_extended(Max(form->ngroups, 1) * sizeof(ProformaName), MCXT_ALLOC_HUGE);
	form->people_by_total = palloc_extended(form->npeople * sizeof(ProformaName), MCXT_ALLOC_HUGE);
	(void) form_join(form, stop_for_interrupts);
	/* What a subset is part of may stand anywhere. */
	for (int i = 0, place = 0; i < n && place < form->ngroups; i++)
	{
		const JsonbContainer *source = jread_element_object(list, i);
		const char *name = source != NULL ? jread_text(source, "name") : NULL;
		const char *of;

		CHECK_FOR_INTERRUPTS();
		if (name == NULL || strcmp(name, form->groups[place].name) != 0)
			continue;
		of = jread_text(source, "of");
		if (of != NULL && form->groups[place].kind == GROUP_SUBSET)
		{
			form->groups[place].of_field = form_field(form, of);
			form->groups[place].of_group = group_by_name(form, of, place);
		}
		if (form->groups[place].kind == GROUP_SUBSET && form->groups[place].of_field < 0 && form->groups[place].of_group < 0)
			add_problem(loader, name, "It is a part of a whole that the form does not have.");
		place++;
	}
}

static int
field_at(Loader *loader, const JsonbContainer *source, const char *key, const char *place)
{
	const char *name = source != NULL ? jread_text(source, key) : NULL;
	int			field;

	if (name == NULL)
		return -1;
	field = form_field(loader->form, name);
	if (field < 0)
		add_problem(loader, place, psprintf("It names the field \"%s\", which the form does not have.", jread_clip(name, SHOWN_TITLE_LENGTH)));
	return field;
}

static int32_t
period_at(Loader *loader, const JsonbContainer *source, const char *key)
{
	const char *text = source != NULL ? jread_text(source, key) : NULL;
	int32_t		period = NO_PERIOD;

	if (text != NULL && !form_parse_period(text, strlen(text), &period))
		add_problem(loader, "valid", "A quarter is not written as in 2025-Q2.");
	return period;
}

static void
load_root(Loader *loader, const JsonbContainer *root)
{
	ProformaForm *form = loader->form;
	const JsonbContainer *basis = jread_object(root, "basis");
	const JsonbContainer *caseload = jread_object(root, "caseload");
	const JsonbContainer *valid = jread_object(root, "valid");
	const char *value;

	form->name = jread_shown_text(root, "name", SHOWN_TITLE_LENGTH);
	form->title = jread_shown_text(root, "title", SHOWN_TITLE_LENGTH);
	form->version = jread_text(root, "version");
	loader->missing = load_sorted(root, "missingValues", &loader->nmissing);
	load_fields(loader, root, "fields", false);
	load_fields(loader, root, "narrative", true);
	form->by_name = palloc_extended(Max(form->nfields, 1) * sizeof(ProformaName), MCXT_ALLOC_HUGE);
	form->families = palloc_extended(Max(form->nfields, 1) * sizeof(NamePrefix), MCXT_ALLOC_HUGE);
	(void) form_index(form, stop_for_interrupts);
	for (int i = 1; i < form->nfields; i++)
		if (strcmp(form->by_name[i - 1].name, form->by_name[i].name) == 0)
			add_problem(loader, form->by_name[i].name, "Two fields have this name.");
	load_people(loader, root);
	load_groups(loader, root);

	value = basis != NULL ? jread_text(basis, "value") : NULL;
	if (value != NULL)
	{
		form->basis = form_parse_basis(value, strlen(value));
		if (form->basis == BASIS_UNREADABLE || form->basis == BASIS_NOT_STATED)
		{
			add_problem(loader, "basis", "Its value is not one of new_referrals, caseload_in_period and caseload_at_end.");
			form->basis = BASIS_NOT_STATED;
		}
	}
	form->first_time_in_year = basis != NULL && jread_boolean(basis, "first_time_in_year", false);
	form->basis_field = field_at(loader, basis, "field", "basis");
	form->opening = field_at(loader, caseload, "opening", "caseload");
	form->newly = field_at(loader, caseload, "new", "caseload");
	form->closed = field_at(loader, caseload, "closed", "caseload");
	form->closing = field_at(loader, caseload, "closing", "caseload");
	form->valid_from = period_at(loader, valid, "from");
	form->valid_to = period_at(loader, valid, "to");
	if (form->valid_from != NO_PERIOD && form->valid_to != NO_PERIOD && form->valid_from > form->valid_to)
		add_problem(loader, "valid", "Its first quarter comes after its last.");
	form->has_serves = load_ages(loader, root, "serves", "serves", &form->serves);
}

/* The form that an object describes, in the current memory context; NULL is no form. */
ProformaForm *
form_from_container(const JsonbContainer *document)
{
	Loader		loader = {.form = palloc0(sizeof(ProformaForm))};
	ProformaForm *form = loader.form;
	static const JsonbContainer empty = {JB_FOBJECT};

	if (document != NULL && JsonContainerIsObject(document))
		load_root(&loader, document);
	else
	{
		add_problem(&loader, "form", "The document is not an object, so it describes no form.");
		load_root(&loader, &empty);
	}
	if (form->name == NULL)
		form->name = "form";
	if (form->title == NULL)
		form->title = form->name;
	return form;
}

ProformaForm *
form_from_jsonb(const Jsonb *document)
{
	return form_from_container(&document->root);
}
