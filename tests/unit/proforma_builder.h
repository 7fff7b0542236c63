/*
 * proforma_builder.h
 *		Small forms and returns for tests, without PostgreSQL.
 */
#ifndef PROFORMA_BUILDER_H
#define PROFORMA_BUILDER_H

#include "proforma/form.h"

#include <stdio.h>
#include <string.h>

#define MAX_FIELDS 24
#define MAX_GROUPS 8

typedef struct BuiltForm
{
	ProformaForm form;
	ProformaField fields[MAX_FIELDS];
	ProformaName by_name[MAX_FIELDS];
	NamePrefix	families[MAX_FIELDS];
	ProformaGroup groups[MAX_GROUPS];
	ProformaName groups_by_name[MAX_GROUPS];
	ProformaPeople people[1];
	ProformaName people_by_total[1];
} BuiltForm;

typedef struct BuiltReturn
{
	ProformaReturn given;
	ProformaAnswer answers[MAX_FIELDS];
	int			first[MAX_FIELDS];
	GroupSum	sums[MAX_GROUPS];
	int			totals[1];
	char		texts[MAX_FIELDS][24];
} BuiltReturn;

static void
start_form(BuiltForm *built)
{
	memset(built, 0, sizeof(*built));
	built->form = (ProformaForm) {
		.name = "test", .title = "test", .version = "1", .fields = built->fields, .by_name = built->by_name,
		.families = built->families, .groups = built->groups, .groups_by_name = built->groups_by_name,
		.people = built->people, .people_by_total = built->people_by_total, .npeople = 1,
		.basis_field = -1, .opening = -1, .newly = -1, .closed = -1, .closing = -1,
		.valid_from = NO_PERIOD, .valid_to = NO_PERIOD
	};
	built->people[0] = (ProformaPeople) {"beneficiaries", "people", "total", -1, -1};
}

static int
add_group(BuiltForm *built, const char *name, GroupKind kind, bool counts)
{
	built->groups[built->form.ngroups] = (ProformaGroup) {
		.name = name, .title = name, .kind = kind, .counts = counts, .unknown = -1, .of_field = -1, .of_group = -1
	};
	return built->form.ngroups++;
}

static int
add_field(BuiltForm *built, const char *name, int group)
{
	built->fields[built->form.nfields] = (ProformaField) {
		.name = name, .title = name, .type = FIELD_INTEGER, .min_length = -1, .max_length = -1, .group = group
	};
	return built->form.nfields++;
}

static int
add_band(BuiltForm *built, const char *name, int group, int32_t lower, int32_t upper)
{
	int			field = add_field(built, name, group);

	built->fields[field].has_band = true;
	built->fields[field].band = (AgeBand) {lower, upper};
	built->groups[group].has_bands = true;
	return field;
}

static void
end_form(BuiltForm *built)
{
	form_index(&built->form, NULL);
	built->people[0].total = form_field(&built->form, "total");
	form_join(&built->form, NULL);
}

static void
start_return(BuiltReturn *built, const BuiltForm *form)
{
	built->given = (ProformaReturn) {
		.form = &form->form, .answers = built->answers, .first = built->first, .sums = built->sums,
		.totals = built->totals, .period = NO_PERIOD, .has_answers = true
	};
}

static void
answer(BuiltReturn *built, const char *name, const char *text)
{
	ProformaAnswer *a = &built->answers[built->given.nanswers];

	snprintf(built->texts[built->given.nanswers], sizeof(built->texts[0]), "%s", text);
	*a = (ProformaAnswer) {.name = name, .kind = ANSWER_TEXT};
	a->text = a->shown = built->texts[built->given.nanswers++];
	a->length = strlen(a->text);
}

static void
answer_number(BuiltReturn *built, const char *name, int n)
{
	char		text[24];

	snprintf(text, sizeof(text), "%d", n);
	answer(built, name, text);
}

#endif							/* PROFORMA_BUILDER_H */
