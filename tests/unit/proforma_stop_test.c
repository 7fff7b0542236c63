/*
 * proforma_stop_test.c
 *		Each core that works through a form or a return ends when it is told to,
 *		soon, and asks often enough.  Prints TAP.
 */
#include "proforma/check.h"
#include "proforma/lint.h"
#include "proforma/pattern.h"
#include "proforma/privacy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 20000

static int	tests;
static long asked;
static long patience;

static bool
stop_after(void)
{
	return ++asked > patience;
}

/* From now on it is told to stop at the question after so many. */
static StopFunction
patient(long questions)
{
	asked = 0;
	patience = questions;
	return stop_after;
}

static void
ok(bool right, const char *what)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, what);
}

static void
count_finding(void *n, const Finding *finding)
{
	(void) finding;
	++*(long *) n;
}

typedef struct Large
{
	ProformaForm form;
	ProformaReturn given;
	char		(*names)[24];
} Large;

static void *
room(size_t size)
{
	void	   *memory = calloc(FIELDS + 1, size);

	if (memory == NULL)
		exit(1);
	return memory;
}

/* FIELDS boxes in one group, with the same title and an answer each. */
static void
make(Large *large)
{
	large->names = room(sizeof(*large->names));
	large->form = (ProformaForm) {
		.name = "f", .title = "F", .version = "1", .fields = room(sizeof(ProformaField)), .nfields = FIELDS,
		.by_name = room(sizeof(ProformaName)), .families = room(sizeof(NamePrefix)), .groups = room(sizeof(ProformaGroup)),
		.ngroups = 1, .groups_by_name = room(sizeof(ProformaName)), .people = room(sizeof(ProformaPeople)), .npeople = 1,
		.people_by_total = room(sizeof(ProformaName)), .basis_field = -1, .opening = -1, .newly = -1, .closed = -1,
		.closing = -1, .valid_from = NO_PERIOD, .valid_to = NO_PERIOD
	};
	large->form.groups[0] = (ProformaGroup) {.name = "g", .title = "G", .kind = GROUP_PARTITION, .counts = true, .unknown = -1, .of_field = -1, .of_group = -1};
	large->form.people[0] = (ProformaPeople) {"p", "people", "total", -1, -1};
	large->given = (ProformaReturn) {
		.form = &large->form, .answers = room(sizeof(ProformaAnswer)), .nanswers = FIELDS, .first = room(sizeof(int)),
		.sums = room(sizeof(GroupSum)), .totals = room(sizeof(int)), .period = NO_PERIOD, .has_answers = true
	};
	for (int i = 0; i < FIELDS; i++)
	{
		snprintf(large->names[i], sizeof(large->names[i]), "f%d", i * 7919 % FIELDS);
		large->form.fields[i] = (ProformaField) {.name = large->names[i], .title = "Title", .section = "Section", .type = FIELD_INTEGER, .min_length = -1, .max_length = -1,
			.has_band = true, .band = {i % 40, i % 40 + 10}};
		large->given.answers[i] = (ProformaAnswer) {.name = large->names[i], .text = "about 7", .shown = "about 7", .length = 7, .kind = ANSWER_TEXT};
	}
	large->form.groups[0].has_bands = large->form.groups[0].bands_overlap = true;
}

/* Static, so that nothing is taken for a leak. */
static Large large;
static char *text;
static void *scratch;

int
main(void)
{
	PlainPattern pattern;
	long		findings = 0;
	Check		check;

	make(&large);
	text = room(64);
	scratch = room(LINT_SCRATCH > CHECK_SCRATCH ? LINT_SCRATCH : CHECK_SCRATCH);
	ok(!form_index(&large.form, patient(3)) && asked == 4, "names are not sorted further");
	ok(form_index(&large.form, NULL), "without anybody to ask they are");
	ok(!form_join(&large.form, patient(3)) && asked == 4, "nor are fields joined to groups");
	ok(form_join(&large.form, NULL), "without anybody to ask they are");
	ok(!return_resolve(&large.given, patient(3)) && asked == 4, "nor are answers resolved");
	ok(return_resolve(&large.given, patient(1000000)), "a patient caller has them resolved");
	ok(asked >= FIELDS / STOP_EVERY, "and was asked once in so many steps");

	ok(!lint_form(&large.form, count_finding, &findings, scratch, NULL, patient(5)) && asked == 6 && findings < FIELDS,
	   "a form is not judged further");
	check = (Check) {.given = &large.given, .sink = count_finding, .context = &findings, .scratch = scratch, .stop = patient(5)};
	findings = 0;
	ok(!check_return(&check) && asked == 6 && findings < FIELDS, "nor is a return");
	check = (Check) {.given = &large.given, .sink = count_finding, .context = &findings, .scratch = scratch, .stop = patient(1)};
	ok(!check_return(&check), "at any question");
	(void) return_band_bounds(&large.given, (AgeBand) {0, 20}, patient(3));
	ok(asked == 4, "bounds of a band are not sought further");

	memset(text, 'a', 64 * FIELDS);
	ok(privacy_scan(text, 64 * FIELDS, patient(3)).stopped && asked == 4, "a text is not searched further");
	ok(!privacy_scan(text, 64 * FIELDS, NULL).stopped, "or to its end");
	ok(plain_pattern_compile("(a|b)*c", &pattern) == false || !plain_pattern_matches(&pattern, text, 64 * FIELDS, patient(3)), "a pattern is not followed further");
	printf("1..%d\n", tests);
	return 0;
}
