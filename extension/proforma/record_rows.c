/*
 * record_rows.c
 *		Rules that look across rows: what must be different in each, and
 *		engagements of one client that overlap.
 */
#include "proforma/finding.h"
#include "proforma/record_rows.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "rows.h"

PG_FUNCTION_INFO_V1(record_check_across);

/* A row as one rule sees it. */
typedef struct RowKey
{
	char	   *key;			/* what must be different, or whose engagement it is */
	char	   *shown;
	double		from;
	double		until;
	int			row;			/* from 1 */
} RowKey;

static int
compare_keys(const void *a, const void *b)
{
	const RowKey *x = a;
	const RowKey *y = b;
	int			order = strcmp(x->key, y->key);

	CHECK_FOR_INTERRUPTS();
	if (order != 0)
		return order;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->row - y->row;
}

/* The values of a rule's first n columns, with their lengths so that none runs into the next; NULL if one is missing. */
static char *
key_of_row(const RecordPlan *plan, const RowRule *rule, int n, char **shown)
{
	StringInfoData key;
	StringInfoData words;

	initStringInfo(&key);
	initStringInfo(&words);
	for (int i = 0; i < n; i++)
	{
		const RecordValue *value = &plan->values[rule->columns[i]];

		if (!value->present)
			return NULL;
		if (value->text != NULL)
		{
			appendStringInfo(&key, "%zu:", value->length);
			appendBinaryStringInfo(&key, value->text, (int) value->length);
		}
		else
			appendStringInfo(&key, "%.17g;", value->number);
		appendStringInfo(&words, "%s%s", i == 0 ? "" : ", ", record_shown_value(plan, rule->columns[i]));
	}
	*shown = words.data;
	return key.data;
}

static void
report_pair(const RecordPlan *plan, const RowRule *rule, int code, const RowKey *first, const RowKey *second, void *rows)
{
	Finding		finding = {.rule = &record_rules[code], .suggestion = record_rules[code].suggestion,
		.field = plan->columns[rule->columns[0]].field->name, .observed = second->shown};

	if (code == R201)
		finding.message = psprintf("\"%s\" stands in row %d and again in row %d, but should be different in each row.",
								   second->shown, first->row, second->row);
	else
		finding.message = psprintf("\"%s\" has two engagements whose dates overlap, in row %d and row %d.",
								   second->shown, first->row, second->row);
	finding_to_row(rows, &finding);
}

/* Rows in the order of their keys: neighbours are compared. */
static void
judge_keys(const RecordPlan *plan, const RowRule *rule, RowKey *keys, int n, void *rows)
{
	const RowKey *latest = NULL;	/* the engagement of this client that ends last */

	qsort(keys, n, sizeof(RowKey), compare_keys);
	for (int i = 0; i < n; i++)
	{
		bool		same = i > 0 && strcmp(keys[i].key, keys[i - 1].key) == 0;

		CHECK_FOR_INTERRUPTS();
		if (rule->check == ROW_UNIQUE)
		{
			if (same)
				report_pair(plan, rule, R201, &keys[i - 1], &keys[i], rows);
			continue;
		}
		/* One may start on the day on which another ends. */
		if (same && keys[i].from < latest->until)
			report_pair(plan, rule, R202, latest, &keys[i], rows);
		if (!same || keys[i].until > latest->until)
			latest = &keys[i];
	}
}

/*
 * record_check_across(form jsonb, records anyarray)
 *		returns setof proforma_finding
 *		What is wrong between the rows of an array, by the rules unique and
 *		no_overlap of a form.  Rows are named by their place, from 1.  Error
 *		42804 if the elements are no rows, or of several types.
 */
Datum
record_check_across(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	Oid			type = ARR_ELEMTYPE(array);
	FormCache  *cache = form_cache(fcinfo, 0);
	RecordPlan *plan = NULL;
	RowKey	  **keys = NULL;
	int		   *counts = NULL;
	int			n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	ArrayIterator it;
	Datum		element;
	bool		missing;

	if (!type_is_rowtype(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("records must be rows"),
				 errdetail("The array is of type %s.", format_type_be(type)),
				 errhint("Use array_agg of the table's name or alias.")));
	begin_rows(fcinfo);
	it = array_create_iterator(array, 0, NULL);
	for (int i = 0; array_iterate(it, &element, &missing); i++)
	{
		HeapTupleHeader row;

		CHECK_FOR_INTERRUPTS();
		if (missing)
			continue;
		row = DatumGetHeapTupleHeader(element);
		/* Columns and rules, by which keys are kept, are those of one type. */
		if (plan != NULL && !record_plan_is_of_type(plan, row))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("records are of several types"),
					 errdetail("The row at place %d is of another type than those before it.", i + 1),
					 errhint("Use array_agg of one table's name or alias.")));
		if (plan == NULL)
		{
			plan = record_plan_of_row(fcinfo, cache, 0, row);
			keys = palloc0(Max(plan->nrules, 1) * sizeof(RowKey *));
			counts = palloc0(Max(plan->nrules, 1) * sizeof(int));
		}
		record_fill_row(plan, row);
		/* Read all values, whatever is wrong with some. */
		for (int k = 0; record_check_values(plan->columns, plan->ncolumns, plan->values, &k) != RECORD_FINE; k++)
			;
		for (int r = 0; r < plan->nrules; r++)
		{
			const RowRule *rule = &plan->rules[r];
			RowKey	   *key;
			char	   *text;
			char	   *shown;

			if (!rule->usable || (rule->check != ROW_UNIQUE && rule->check != ROW_NO_OVERLAP))
				continue;
			text = key_of_row(plan, rule, rule->check == ROW_UNIQUE ? rule->ncolumns : 1, &shown);
			if (text == NULL)
				continue;
			if (keys[r] == NULL)
				keys[r] = palloc_extended(n * sizeof(RowKey), MCXT_ALLOC_HUGE);
			key = &keys[r][counts[r]];
			*key = (RowKey) {text, shown, 0, 0, i + 1};
			if (rule->check == ROW_NO_OVERLAP)
			{
				const RecordValue *from = &plan->values[rule->columns[1]];
				const RecordValue *until = &plan->values[rule->columns[2]];

				/* One without a start cannot be placed; one without an end goes on. */
				if (!from->present || !from->has_number)
					continue;
				key->from = from->number;
				key->until = until->present && until->has_number ? until->number : HUGE_VAL;
			}
			counts[r]++;
		}
	}
	for (int r = 0; plan != NULL && r < plan->nrules; r++)
		if (keys[r] != NULL)
			judge_keys(plan, &plan->rules[r], keys[r], counts[r], fcinfo->resultinfo);
	return (Datum) 0;
}
