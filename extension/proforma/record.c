/*
 * record.c
 *		Checks of records, one row a client: the functions of SQL.
 */
#include "proforma/finding.h"
#include "proforma/record_plan.h"

#include <math.h>

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

#include "interrupts.h"
#include "proforma/json_read.h"
#include "proforma/privacy.h"
#include "proforma/record_rows.h"

PG_FUNCTION_INFO_V1(record_check);
PG_FUNCTION_INFO_V1(record_ok);

/* What record_check keeps between its calls: the form, and findings not yet given out. */
typedef struct RecordState
{
	FormCache	cache;			/* first: form_cache() finds it in fn_extra */
	MemoryContext findings;		/* of the row, and their list */
	FindingList pending;
	int			next;
	bool		has_callback;
	ExprContext *context;
} RecordState;

static const char *
kind_words(FieldType type)
{
	switch (type)
	{
		case FIELD_INTEGER:
			return "a whole number";
		case FIELD_NUMBER:
			return "a number";
		case FIELD_BOOLEAN:
			return "yes or no";
		case FIELD_DATE:
		case FIELD_DATETIME:
			return "a date such as 2025-07-31";
		case FIELD_POSTCODE:
			return "a postcode";
		case FIELD_AREA:
			return "an area code";
		default:
			return "a text";
	}
}

/* A day as 2025-07-31, whatever the settings of the session. */
static char *
day_text(double day)
{
	int			year;
	int			month;
	int			date;

	if (!isfinite(day))
		return pstrdup(day > 0 ? "infinity" : "-infinity");
	j2date((int) day + POSTGRES_EPOCH_JDATE, &year, &month, &date);
	return psprintf("%04d-%02d-%02d", year, month, date);
}

/* What a finding shows of a value: short, and nothing that may point to a person. */
char *
record_shown_value(const RecordPlan *plan, int column)
{
	const RecordValue *value = &plan->values[column];
	char	   *text;

	if (value->text != NULL)
	{
		if (value->length > 8 && privacy_scan(value->text, value->length, stop_for_interrupts).kinds != 0 &&
			plan->columns[column].field->type != FIELD_POSTCODE)
			return pstrdup("(hidden: it may be about a person)");
		text = pnstrdup(value->text, value->length);
		return jread_clip(text, SHOWN_ANSWER_LENGTH);
	}
	if (!value->present)
		return pstrdup("");
	switch (plan->columns[column].kind)
	{
		case COLUMN_DAY:
			return day_text(value->number);
		case COLUMN_BOOLEAN:
			return pstrdup(value->number != 0 ? "true" : "false");
		case COLUMN_INTEGER:
		case COLUMN_NUMBER:
			return psprintf("%.15g", value->number);
		default:
			return pstrdup("");
	}
}

static char *
limit_text(const ProformaField *field, double limit)
{
	if (field->type == FIELD_DATE || field->type == FIELD_DATETIME)
		return day_text(limit);
	return psprintf("%.15g", limit);
}

static char *
choices_text(const RecordColumn *column)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < column->field->nchoices && list.len < 200; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : i == column->field->nchoices - 1 ? " or " : ", ",
						 jread_clip(column->field->choices[i], SHOWN_ANSWER_LENGTH));
	return list.data;
}

/* The finding for one value. */
static Finding
value_finding(const RecordPlan *plan, int column, int rule)
{
	const ProformaField *field = plan->columns[column].field;
	Finding		finding = {.rule = &record_rules[rule], .field = field->name, .suggestion = record_rules[rule].suggestion};
	char	   *shown = record_shown_value(plan, column);

	finding.observed = shown;
	switch (rule)
	{
		case R101:
			finding.expected = kind_words(field->type);
			finding.message = psprintf("In the column \"%s\" there is \"%s\", which is not %s.", field->title, shown, finding.expected);
			break;
		case R102:
			finding.observed = NULL;
			finding.message = psprintf("The column \"%s\" must be filled in, but it is blank.", field->title);
			break;
		case R103:
			finding.expected = choices_text(&plan->columns[column]);
			finding.message = psprintf("In the column \"%s\" there is \"%s\". It should be %s.", field->title, shown, finding.expected);
			break;
		case R104:
			finding.message = psprintf("In the column \"%s\" there is \"%s\", which is not written in the way that the form asks for.", field->title, shown);
			break;
		case R105:
			finding.expected = psprintf("%s or more", limit_text(field, field->minimum));
			finding.message = psprintf("In the column \"%s\" there is %s, but it should be %s.", field->title, shown, finding.expected);
			break;
		case R106:
			finding.expected = psprintf("at most %s", limit_text(field, field->maximum));
			finding.message = psprintf("In the column \"%s\" there is %s, but it should be %s.", field->title, shown, finding.expected);
			break;
		case R107:
			finding.expected = psprintf("at least %d characters", field->min_length);
			finding.message = psprintf("In the column \"%s\" there is \"%s\", but it should have %s.", field->title, shown, finding.expected);
			break;
		case R108:
			/* What is too long may be a note about somebody. */
			finding.observed = NULL;
			finding.expected = psprintf("at most %d characters", field->max_length);
			finding.message = psprintf("What stands in the column \"%s\" should have %s.", field->title, finding.expected);
			break;
		default:
			finding.observed = NULL;
			finding.message = psprintf("The rows have no column \"%s\".", field->name);
	}
	return finding;
}

/* The finding for a rule over several columns. */
static Finding
row_finding(const RecordPlan *plan, const RowRule *rule, int code)
{
	Finding		finding = {.rule = &record_rules[code], .suggestion = record_rules[code].suggestion};
	StringInfoData titles;
	StringInfoData shown;

	initStringInfo(&titles);
	initStringInfo(&shown);
	for (int i = 0; i < rule->ncolumns && titles.len < FINDING_LENGTH; i++)
	{
		appendStringInfo(&titles, "%s\"%s\"", i == 0 ? "" : i == rule->ncolumns - 1 ? " and " : ", ", plan->columns[rule->columns[i]].field->title);
		appendStringInfo(&shown, "%s%s", i == 0 ? "" : ", ", record_shown_value(plan, rule->columns[i]));
	}
	finding.field = plan->columns[rule->columns[0]].field->name;
	finding.observed = shown.data;
	switch (code)
	{
		case R109:
			finding.message = psprintf("The dates %s are not in order: %s.", titles.data, shown.data);
			break;
		case R110:
			finding.message = psprintf(rule->ncolumns == 1 ? "The date in %s does not lie in the period of the return: %s." :
									   "Not all dates in %s lie in the period of the return: %s.", titles.data, shown.data);
			break;
		case R111:
			finding.observed = NULL;
			finding.message = psprintf(rule->check == ROW_EXACTLY_ONE ? "Of the columns %s exactly one must be filled in." :
									   "Of the columns %s at least one must be filled in.", titles.data);
			break;
		default:
			finding.message = psprintf("Of the numbers %s each must be at most the next: %s.", titles.data, shown.data);
	}
	return finding;
}

/* All findings of the row that was filled in last, to a sink. */
void
record_findings(const RecordPlan *plan, FindingSink sink, void *context)
{
	int			rule;

	for (int i = 0; (rule = record_check_values(plan->columns, plan->ncolumns, plan->values, &i)) != RECORD_FINE; i++)
	{
		Finding		finding = value_finding(plan, i, rule);

		sink(context, &finding);
	}
	for (int i = 0; (rule = record_check_rules(plan->rules, plan->nrules, plan->values, &i)) != RECORD_FINE; i++)
	{
		Finding		finding;

		if (rule == R114)
			finding = (Finding) {.rule = &record_rules[R114], .suggestion = record_rules[R114].suggestion,
				.message = psprintf("Rule %d of the form cannot be used on these rows.", i + 1)};
		else
			finding = row_finding(plan, &plan->rules[i], rule);
		sink(context, &finding);
	}
}

/* Does the row that was filled in last break no rule?  Stops at the first. */
bool
record_is_fine(const RecordPlan *plan)
{
	int			place = 0;

	if (record_check_values(plan->columns, plan->ncolumns, plan->values, &place) != RECORD_FINE)
		return false;
	place = 0;
	return record_check_rules(plan->rules, plan->nrules, plan->values, &place) == RECORD_FINE;
}

static void
forget_pending(Datum state)
{
	((RecordState *) DatumGetPointer(state))->pending.n = 0;
	((RecordState *) DatumGetPointer(state))->has_callback = false;
}

static RecordState *
record_state(FunctionCallInfo fcinfo)
{
	RecordState *state = fcinfo->flinfo->fn_extra;

	if (state == NULL)
	{
		TupleDesc	result;

		record_check_type(fcinfo, 1);
		state = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(RecordState));
		form_cache_init(&state->cache, fcinfo->flinfo->fn_mcxt);
		state->findings = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "wardstar findings", ALLOCSET_SMALL_SIZES);
		if (get_call_result_type(fcinfo, NULL, &result) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		{
			MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

			state->pending.descriptor = BlessTupleDesc(CreateTupleDescCopy(result));
			MemoryContextSwitchTo(before);
		}
		fcinfo->flinfo->fn_extra = state;
	}
	return state;
}

/*
 * record_check(form jsonb, rec anyelement) returns setof proforma_finding
 *		What is wrong with one row.  The form is made ready once a query.
 *		Error 42804 if the value is no row.
 *
 * One finding a call: a row without any costs no tuplestore.
 */
Datum
record_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rows = (ReturnSetInfo *) fcinfo->resultinfo;
	RecordState *state;

	if (rows == NULL || !IsA(rows, ReturnSetInfo) || (rows->allowedModes & SFRM_ValuePerCall) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	state = record_state(fcinfo);
	if (state->pending.n == 0)
	{
		HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(1);
		FormCache  *cache = form_cache_in(&state->cache, fcinfo, 0);
		RecordPlan *plan = record_plan_of_row(fcinfo, cache, 0, row);
		MemoryContext before;

		/* Values may be unpacked there too, so it is emptied for every row. */
		MemoryContextReset(state->findings);
		state->pending = (FindingList) {.descriptor = state->pending.descriptor};
		before = MemoryContextSwitchTo(state->findings);
		record_fill_row(plan, row);
		state->next = 0;
		record_findings(plan, finding_to_list, &state->pending);
		MemoryContextSwitchTo(before);
		if (state->pending.n > 0 && !state->has_callback)
		{
			/* If the rest is not asked for, the next row must not get it. */
			RegisterExprContextCallback(rows->econtext, forget_pending, PointerGetDatum(state));
			state->context = rows->econtext;
			state->has_callback = true;
		}
	}
	if (state->next < state->pending.n)
	{
		rows->isDone = ExprMultipleResult;
		PG_RETURN_DATUM(state->pending.rows[state->next++]);
	}
	if (state->pending.n > 0)
	{
		state->pending.n = 0;
		if (state->has_callback)
			UnregisterExprContextCallback(state->context, forget_pending, PointerGetDatum(state));
		state->has_callback = false;
	}
	rows->isDone = ExprEndResult;
	PG_RETURN_NULL();
}

/*
 * record_ok(form jsonb, rec anyelement) returns boolean
 *		Does a row break no rule?
 */
Datum
record_ok(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row;
	RecordPlan *plan;

	if (fcinfo->flinfo->fn_extra == NULL)
		record_check_type(fcinfo, 1);
	row = PG_GETARG_HEAPTUPLEHEADER(1);
	plan = record_plan_of_row(fcinfo, form_cache(fcinfo, 0), 0, row);
	record_fill_row(plan, row);
	PG_RETURN_BOOL(record_is_fine(plan));
}
