/*
 * proforma_fuzz.c
 *		Any bytes as a form, a return on it, earlier returns and records:
 *		nothing is read or written out of place, bounds are in order, and
 *		findings are complete.
 */
#include "proforma/check.h"
#include "proforma/lint.h"
#include "proforma/pattern.h"
#include "proforma/privacy.h"
#include "proforma/record.h"

#include <stdlib.h>
#include <string.h>

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

#define MAX_FIELDS 24
#define MAX_GROUPS 6
#define MAX_ANSWERS 40
#define MAX_TEXTS 400

typedef struct Input
{
	const uint8_t *data;
	size_t		size;
	char	   *texts[MAX_TEXTS];
	int			ntexts;
} Input;

static uint8_t
byte(Input *in)
{
	if (in->size == 0)
		return 0;
	in->size--;
	return *in->data++;
}

/* A text of its own, so that reading past its end is seen. */
static const char *
text(Input *in, size_t longest)
{
	size_t		length = byte(in) % (longest + 1);
	char	   *copy;

	if (in->ntexts == MAX_TEXTS)
		return "";
	if (length > in->size)
		length = in->size;
	copy = malloc(length + 1);
	memcpy(copy, in->data, length);
	copy[length] = '\0';
	in->data += length;
	in->size -= length;
	in->texts[in->ntexts++] = copy;
	return copy;
}

static const char *
name(Input *in)
{
	static const char *const names[] = {
		"total", "age.0-4", "age.25+", "age.not_known", "role.parent", "place.lsoa.*", "place.ward.*", "place.postcode.*",
		"place.lsoa.E01006512", "place.postcode.L1 8JQ", "place.postcode.l18jq", "place.not_known", "basis", "period",
		"narrative.activities", "caseload.new", "referrals.accepted", "secondary.total"
	};
	uint8_t		choice = byte(in) % 20;

	return choice < 18 ? names[choice] : text(in, 20);
}

static int
index_below(Input *in, int n)
{
	return n == 0 ? -1 : (int) (byte(in) % (n + 1)) - 1;
}

static AgeBand
band(Input *in)
{
	AgeBand		b = {byte(in), byte(in)};

	if (b.upper <= b.lower)
		b.upper = AGE_UNLIMITED;
	return b;
}

typedef struct FuzzForm
{
	ProformaForm form;
	ProformaField fields[MAX_FIELDS];
	ProformaName by_name[MAX_FIELDS];
	NamePrefix	families[MAX_FIELDS];
	ProformaGroup groups[MAX_GROUPS];
	ProformaName groups_by_name[MAX_GROUPS];
	ProformaPeople people[2];
	ProformaName people_by_total[2];
	PlainPattern patterns[MAX_FIELDS];
	const char *choices[2];
} FuzzForm;

static bool
match_plain(void *pattern, const char *t, size_t length)
{
	return plain_pattern_matches(pattern, t, length, NULL);
}

static void
make_form(Input *in, FuzzForm *f)
{
	static const char *const levels[] = {NULL, "lsoa", "ward", "msoa"};
	static const char *const topics[] = {NULL, "role", "referral", "outcome", "contact", "completion"};

	memset(f, 0, sizeof(*f));
	f->form = (ProformaForm) {.name = "f", .title = text(in, 30), .fields = f->fields, .by_name = f->by_name, .families = f->families,
		.groups = f->groups, .groups_by_name = f->groups_by_name, .people = f->people, .people_by_total = f->people_by_total};
	f->choices[0] = text(in, 10);
	f->choices[1] = "caseload_in_period";
	f->form.ngroups = byte(in) % (MAX_GROUPS + 1);
	f->form.nfields = byte(in) % (MAX_FIELDS + 1);
	for (int i = 0; i < f->form.nfields; i++)
	{
		ProformaField *field = &f->fields[i];
		size_t		length;

		field->name = name(in);
		field->title = byte(in) & 1 ? text(in, 40) : field->name;
		field->type = (FieldType) (byte(in) % (FIELD_UNKNOWN_TYPE + 1));
		field->group = index_below(in, f->form.ngroups);
		if (field->group >= 0)
			field->type = FIELD_INTEGER;
		length = strlen(field->name);
		field->is_family = length > 2 && strcmp(field->name + length - 2, ".*") == 0;
		field->section = byte(in) & 1 ? "section" : NULL;
		field->topic = topics[byte(in) % 6];
		field->description = byte(in) & 1 ? "who" : NULL;
		field->level = levels[byte(in) % 4];
		field->is_postcode = byte(in) % 4 == 0;
		field->required = byte(in) & 1;
		field->asks_narrative = field->type == FIELD_STRING && byte(in) & 1;
		field->has_minimum = byte(in) & 1;
		field->minimum = (int8_t) byte(in);
		field->has_maximum = byte(in) & 1;
		field->maximum = byte(in);
		field->min_length = (int8_t) byte(in);
		field->max_length = (int8_t) byte(in);
		if (byte(in) % 4 == 0)
		{
			field->choices = f->choices;
			field->sorted_choices = strcmp(f->choices[0], f->choices[1]) < 0 ? f->choices : f->choices + 1;
			field->nchoices = strcmp(f->choices[0], f->choices[1]) < 0 ? 2 : 1;
		}
		if (byte(in) % 4 == 0)
		{
			field->missing = f->choices;
			field->nmissing = 1;
		}
		if (field->group >= 0 && byte(in) & 1)
		{
			field->has_band = true;
			field->band = band(in);
			f->groups[field->group].has_bands = true;
		}
		if (byte(in) % 4 == 0 && plain_pattern_compile(text(in, 16), &f->patterns[i]))
			field->matcher = &f->patterns[i];
	}
	form_index(&f->form, NULL);
	f->form.npeople = 1 + (byte(in) & 1);
	for (int i = 0; i < f->form.npeople; i++)
		f->people[i] = (ProformaPeople) {"p", "people", i == 0 ? "total" : "secondary.total", index_below(in, f->form.nfields), -1};
	for (int i = 0; i < f->form.ngroups; i++)
	{
		ProformaGroup *group = &f->groups[i];

		group->name = byte(in) & 1 ? "age" : "place.lsoa";
		group->title = text(in, 10);
		group->topic = topics[byte(in) % 6];
		group->kind = (GroupKind) (byte(in) % 4);
		group->counts = byte(in) & 1;
		group->bands_overlap = group->has_bands && byte(in) & 1;
		group->has_ages = byte(in) & 1;
		group->ages = band(in);
		group->people = byte(in) % f->form.npeople;
		group->unknown = index_below(in, f->form.nfields);
		group->of_field = index_below(in, f->form.nfields);
		group->of_group = index_below(in, f->form.ngroups);
	}
	form_join(&f->form, NULL);
	f->form.basis = (Basis) (byte(in) % 4);
	f->form.first_time_in_year = byte(in) & 1;
	f->form.basis_field = index_below(in, f->form.nfields);
	f->form.opening = index_below(in, f->form.nfields);
	f->form.newly = index_below(in, f->form.nfields);
	f->form.closed = index_below(in, f->form.nfields);
	f->form.closing = index_below(in, f->form.nfields);
	f->form.valid_from = byte(in) & 1 ? NO_PERIOD : 8100;
	f->form.valid_to = byte(in) & 1 ? NO_PERIOD : 8103;
	f->form.has_serves = byte(in) & 1;
	f->form.serves = band(in);
}

typedef struct FuzzReturn
{
	ProformaReturn given;
	ProformaAnswer answers[MAX_ANSWERS];
	int			first[MAX_FIELDS + 1];
	GroupSum	sums[MAX_GROUPS + 1];
	int			totals[2];
} FuzzReturn;

static void
make_return(Input *in, FuzzReturn *r, const FuzzForm *form)
{
	memset(r, 0, sizeof(*r));
	r->given = (ProformaReturn) {.form = &form->form, .answers = r->answers, .first = r->first, .sums = r->sums, .totals = r->totals,
		.period = byte(in) & 1 ? NO_PERIOD : 8096 + byte(in) % 8, .has_answers = byte(in) % 8 != 0, .status = (ReturnStatus) (byte(in) % 3)};
	r->given.period_text = byte(in) & 1 ? NULL : text(in, 30);
	r->given.nanswers = r->given.has_answers ? byte(in) % (MAX_ANSWERS + 1) : 0;
	for (int i = 0; i < r->given.nanswers; i++)
	{
		ProformaAnswer *a = &r->answers[i];

		a->name = name(in);
		a->kind = (AnswerKind) (byte(in) % 5);
		a->text = a->shown = a->kind == ANSWER_NESTED || a->kind == ANSWER_EMPTY ? "" : text(in, 60);
		a->length = strlen(a->text);
	}
	return_resolve(&r->given, NULL);
}

static void
take_finding(void *n, const Finding *finding)
{
	++*(long *) n;
	CHECK(finding->rule != NULL && finding->rule->code != NULL && finding->suggestion != NULL);
	CHECK(finding->message != NULL && strlen(finding->message) < FINDING_LENGTH && *finding->message != '\0');
}

static void
check_bounds(Bounds bounds)
{
	CHECK(bounds.lower >= 0 && bounds.lower <= bounds.upper);
}

/* Cells, patterns, dates and personal data take any bytes. */
static void
fuzz_texts(const char *bytes, size_t size)
{
	static const char *const codes[] = {"a*b+c?", "[A-Z]{2,3}\\d", "x{0,60}", "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", "x{0,3}y?"};
	Cell		cell = cell_read(bytes, size);
	PlainPattern pattern;
	PrivacyFound found = privacy_scan(bytes, size, NULL);
	int32_t		day;
	AgeBand		ages;

	CHECK(cell.bounds.lower >= 0 && cell.bounds.lower <= cell.bounds.upper);
	for (int i = 0; i < PRIVACY_KINDS; i++)
		CHECK((found.kinds >> i & 1) == 0 || found.at[i] < size);
	if (parse_day(bytes, size, &day))
		CHECK(day > -800000 && day < 3000000);
	if (form_parse_band(bytes, size, &ages))
		CHECK(ages.lower >= 0 && ages.lower < ages.upper);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
	{
		CHECK(plain_pattern_compile(codes[i], &pattern));
		CHECK(plain_pattern_matches(&pattern, bytes, size, NULL) == plain_pattern_simulate(&pattern, bytes, size, NULL));
	}
}

/* A text is in a set if it is one of its texts. */
static void
fuzz_choices(const Choices *set, const char *const *texts, int n, const char *t, size_t length)
{
	bool		listed = false;

	for (int i = 0; i < n; i++)
		listed |= strlen(texts[i]) == length && memcmp(texts[i], t, length) == 0;
	CHECK(set->slots == NULL ? n == 0 : choices_have(set, t, length) == listed);
}

static void
fuzz_records(Input *in, FuzzForm *form)
{
	for (int i = 0; i < form->form.nfields; i++)
	{
		const char *texts[12];
		Choice		slots[64];
		Choice		missing[16];
		int			nchoices = byte(in) % 11;
		int			nmissing = byte(in) % 3;
		const ProformaField *field = &form->fields[i];
		RecordColumn column = {.field = field, .kind = (ColumnKind) (byte(in) % 6), .matches = match_plain,
			.plain = byte(in) & 1 ? field->matcher : NULL};
		RecordValue values[3];
		int			places[3] = {0, 1, 2};
		RowRule		rule = {.check = (RowCheck) (byte(in) % 7), .columns = places, .ncolumns = byte(in) % 4, .from = 0, .before = 90, .usable = byte(in) % 8 != 0};
		int			place = 0;

		for (int k = 0; k < 12; k++)
			texts[k] = text(in, 20);
		CHECK(choices_room(nchoices) <= 64 && choices_room(nmissing) <= 16);
		choices_prepare(&column.choices, slots, texts, nchoices, NULL);
		choices_prepare(&column.missing, missing, texts + 10, nmissing, NULL);
		record_prepare(&column);
		for (int k = 0; k < 3; k++)
		{
			values[k] = (RecordValue) {.present = byte(in) % 4 != 0, .has_number = column.kind != COLUMN_TEXT, .number = (int8_t) byte(in)};
			if (column.kind == COLUMN_TEXT)
			{
				values[k].text = byte(in) & 1 ? text(in, 30) : texts[byte(in) % 12];
				values[k].length = strlen(values[k].text);
				fuzz_choices(&column.choices, texts, nchoices, values[k].text, values[k].length);
				fuzz_choices(&column.missing, texts + 10, nmissing, values[k].text, values[k].length);
			}
			place = 0;
			CHECK(record_check_values(&column, 1, &values[k], &place) == RECORD_FINE || place == 0);
		}
		place = 0;
		CHECK(record_check_rules(&rule, 1, values, &place) == RECORD_FINE || place == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		in = {data, size, {0}, 0};
	FuzzForm   *forms = malloc(2 * sizeof(FuzzForm));
	FuzzReturn *returns = malloc(4 * sizeof(FuzzReturn));
	ProformaReturn *previous[3];
	char	   *scratch = malloc(CHECK_SCRATCH * MAX_ANSWERS);
	char	   *lint_scratch = malloc(LINT_SCRATCH * (MAX_FIELDS + 1));
	Check		check = {0};
	bool		contradiction;
	long		findings = 0;

	fuzz_texts((const char *) data, size);
	make_form(&in, &forms[0]);
	make_form(&in, &forms[1]);
	for (int i = 0; i < 4; i++)
	{
		make_return(&in, &returns[i], &forms[i & 1]);
		if (i > 0)
			previous[i - 1] = &returns[i].given;
		for (int p = 0; p < forms[i & 1].form.npeople; p++)
		{
			check_bounds(return_bounds(&returns[i].given, p, true, &contradiction));
			check_bounds(return_bounds(&returns[i].given, p, false, &contradiction));
		}
		check_bounds(return_band_bounds(&returns[i].given, band(&in), NULL));
	}
	check_bounds(returns_served(previous, 3, NULL));
	check_bounds(returns_newly_referred(previous, 3, NULL));
	lint_form(&forms[0].form, take_finding, &findings, lint_scratch, NULL, NULL);
	check = (Check) {.given = &returns[0].given, .previous = previous, .nprevious = byte(&in) % 4, .sink = take_finding,
		.context = &findings, .matches = match_plain, .scratch = scratch};
	check_return(&check);
	fuzz_records(&in, &forms[0]);
	for (int i = 0; i < in.ntexts; i++)
		free(in.texts[i]);
	free(scratch);
	free(lint_scratch);
	free(returns);
	free(forms);
	return 0;
}
