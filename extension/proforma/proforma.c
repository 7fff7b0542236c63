/*
 * proforma.c
 *		Checks of returns and of forms, and the catalogue of rules: the
 *		functions of SQL.
 */
#include "proforma/finding.h"
#include "proforma/form_json.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "proforma/check.h"
#include "proforma/lint.h"
#include "proforma/pattern.h"
#include "interrupts.h"
#include "rows.h"

PG_FUNCTION_INFO_V1(proforma_check);
PG_FUNCTION_INFO_V1(proforma_lint);
PG_FUNCTION_INFO_V1(proforma_rules);

/* A text that was cut by its number of bytes may end within a character. */
static Datum
whole_characters(const char *text)
{
	int			length = strlen(text);

	return PointerGetDatum(cstring_to_text_with_len(text, pg_mbcliplen(text, length, length)));
}

/* rule, severity, field, message, suggestion, observed, expected */
static void
finding_values(const Finding *finding, Datum values[7], bool nulls[7])
{
	const char *texts[7] = {
		finding->rule->code, severity_name(finding->rule->severity), finding->field, finding->message,
		finding->suggestion, finding->observed, finding->expected
	};

	for (int i = 0; i < 7; i++)
	{
		nulls[i] = texts[i] == NULL;
		values[i] = nulls[i] ? (Datum) 0 : whole_characters(texts[i]);
	}
}

void
finding_to_row(void *result, const Finding *finding)
{
	ReturnSetInfo *rows = result;
	Datum		values[7];
	bool		nulls[7];

	CHECK_FOR_INTERRUPTS();
	finding_values(finding, values, nulls);
	tuplestore_putvalues(rows->setResult, rows->setDesc, values, nulls);
	for (int i = 0; i < 7; i++)
		if (!nulls[i])
			pfree(DatumGetPointer(values[i]));
}

void
finding_to_list(void *list, const Finding *finding)
{
	FindingList *findings = list;
	Datum		values[7];
	bool		nulls[7];

	finding_values(finding, values, nulls);
	if (findings->n == findings->room)
	{
		findings->room = Max(8, findings->room * 2);
		findings->rows = findings->rows == NULL ? palloc(findings->room * sizeof(Datum)) :
			repalloc(findings->rows, findings->room * sizeof(Datum));
	}
	findings->rows[findings->n++] = HeapTupleGetDatum(heap_form_tuple(findings->descriptor, values, nulls));
}

/*
 * proforma_check(form jsonb, answers jsonb, previous jsonb)
 *		returns setof proforma_finding
 *		What is wrong, or should be asked, about a return.  Whatever the three
 *		documents hold, nothing is raised.
 */
Datum
proforma_check(PG_FUNCTION_ARGS)
{
	FormCache  *cache;
	Check		check = {0};
	int			nprevious = 0;

	begin_rows(fcinfo);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	cache = form_cache(fcinfo, 0);
	if (cache->compiled == NULL)
	{
		form_compile_patterns(cache);
		cache->compiled = cache->form;
	}
	check.given = return_from_jsonb(cache->form, PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1));
	check.previous = returns_from_jsonb(PG_ARGISNULL(2) ? NULL : PG_GETARG_JSONB_P(2), &nprevious);
	check.nprevious = nprevious;
	check.sink = finding_to_row;
	check.context = fcinfo->resultinfo;
	check.matches = pattern_matches;
	check.measure = pg_mblen;
	check.stop = stop_for_interrupts;
	check.scratch = palloc_extended(Max(check.given->nanswers, 1) * CHECK_SCRATCH, MCXT_ALLOC_HUGE);
	(void) check_return(&check);
	return (Datum) 0;
}

/*
 * proforma_lint(form jsonb) returns setof proforma_finding
 *		What is wrong with a form itself.
 */
Datum
proforma_lint(PG_FUNCTION_ARGS)
{
	FormCache  *cache;

	begin_rows(fcinfo);
	cache = form_cache(fcinfo, 0);
	if (cache->compiled == NULL)
	{
		form_compile_patterns(cache);
		cache->compiled = cache->form;
	}
	(void) lint_form(cache->form, finding_to_row, fcinfo->resultinfo,
					 palloc_extended(Max(cache->form->nfields, 1) * LINT_SCRATCH, MCXT_ALLOC_HUGE), pg_mblen, stop_for_interrupts);
	return (Datum) 0;
}

static void
rules_to_rows(ReturnSetInfo *rows, const Rule *rules, int n)
{
	for (int i = 0; i < n; i++)
	{
		Datum		values[7] = {
			CStringGetTextDatum(rules[i].code), CStringGetTextDatum(severity_name(rules[i].severity)),
			CStringGetTextDatum(rules[i].family), CStringGetTextDatum(rules[i].title),
			CStringGetTextDatum(rules[i].explanation), CStringGetTextDatum(rules[i].suggestion),
			CStringGetTextDatum(rules[i].example)
		};
		bool		nulls[7] = {0};

		tuplestore_putvalues(rows->setResult, rows->setDesc, values, nulls);
	}
}

/*
 * proforma_rules() returns table (code, severity, family, title, explanation, suggestion, example)
 *		The catalogue of all rules, for returns, records and forms.
 */
Datum
proforma_rules(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rows = (ReturnSetInfo *) fcinfo->resultinfo;

	begin_rows(fcinfo);
	rules_to_rows(rows, return_rules, RETURN_RULES);
	rules_to_rows(rows, record_rules, RECORD_RULES);
	rules_to_rows(rows, form_rules, FORM_RULES);
	return (Datum) 0;
}
