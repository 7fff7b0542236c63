/*
 * record_columns.c
 *		Checks of records by their columns.  Where a row is that of a table, the
 *		planner hands over the columns that the form names instead of the row:
 *		making one value of all columns, and taking it apart again, costs more
 *		than the checks.
 */
#include "proforma/finding.h"
#include "proforma/record_plan.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "proforma/record_rows.h"

PG_FUNCTION_INFO_V1(record_check_columns);
PG_FUNCTION_INFO_V1(record_ok_columns);

/* The columns stand behind the form and their names. */
#define FIRST_COLUMN 2

typedef struct ColumnsState
{
	FormCache	cache;			/* first: form_cache() finds it in fn_extra */
	RowShape	shape;
	ArrayType  *names;			/* as given, kept to see whether they change */
	MemoryContext context;		/* of the shape */
	RecordPlan *fixed;			/* for the whole query, if form and names are constants */
	Oid			finding;		/* row type */
	TupleDesc	descriptor;		/* of a finding */
} ColumnsState;

static void
read_shape(FunctionCallInfo fcinfo, ColumnsState *state, ArrayType *names)
{
	int			n = PG_NARGS() - FIRST_COLUMN;
	Datum	   *texts;
	bool	   *nulls;
	int			ntexts;
	MemoryContext before;

	state->names = NULL;
	record_forget_plan(&state->cache);
	MemoryContextReset(state->context);
	before = MemoryContextSwitchTo(state->context);
	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &ntexts);
	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("columns cannot be given as one array"),
				 errhint("Use record_check and record_ok, which take a row.")));
	if (ntexts != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there must be one name for each column"),
				 errdetail("Names: %d, columns: %d.", ntexts, n),
				 errhint("Use record_check and record_ok, which take a row.")));
	state->shape = (RowShape) {.n = n, .names = palloc0(Max(n, 1) * sizeof(char *)), .types = palloc(Max(n, 1) * sizeof(Oid))};
	for (int i = 0; i < n; i++)
	{
		state->shape.types[i] = get_fn_expr_argtype(fcinfo->flinfo, FIRST_COLUMN + i);
		if (!nulls[i])
			state->shape.names[i] = TextDatumGetCString(texts[i]);
	}
	state->names = (ArrayType *) memcpy(palloc(VARSIZE(names)), names, VARSIZE(names));
	MemoryContextSwitchTo(before);
}

static ColumnsState *
columns_state(FunctionCallInfo fcinfo)
{
	ColumnsState *state = fcinfo->flinfo->fn_extra;

	if (state == NULL)
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		state = MemoryContextAllocZero(context, sizeof(ColumnsState));
		form_cache_init(&state->cache, context);
		state->context = AllocSetContextCreate(context, "wardstar columns", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = state;
	}
	return state;
}

/* The plan for these columns, made anew only if the form or the names change; NULL without a form. */
static RecordPlan *
plan_of_columns(FunctionCallInfo fcinfo)
{
	ColumnsState *state;
	FormCache  *cache;
	RecordPlan *plan;
	ArrayType  *names;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return NULL;
	state = columns_state(fcinfo);
	cache = form_cache_in(&state->cache, fcinfo, 0);
	names = PG_GETARG_ARRAYTYPE_P(1);
	if (state->names == NULL || VARSIZE(names) != VARSIZE(state->names) || memcmp(names, state->names, VARSIZE(names)) != 0)
		read_shape(fcinfo, state, names);
	plan = cache->compiled;
	if (plan == NULL)
		plan = record_plan(cache, PG_GETARG_JSONB_P(0), &state->shape);
	if (argument_is_constant(fcinfo, 0) && argument_is_constant(fcinfo, 1))
		state->fixed = plan;
	return plan;
}

/* The same, filled with the values of the columns. */
static inline RecordPlan *
fill_columns(FunctionCallInfo fcinfo)
{
	ColumnsState *state = fcinfo->flinfo->fn_extra;
	RecordPlan *plan = state != NULL && state->fixed != NULL ? state->fixed : plan_of_columns(fcinfo);

	if (plan != NULL)
		record_fill(plan, &fcinfo->args[FIRST_COLUMN]);
	return plan;
}

/*
 * record_check_columns(form jsonb, columns text[], VARIADIC "any")
 *		returns proforma_finding[]
 *		What is wrong with a row, given its columns and their names; NULL if
 *		nothing is.  Error 22023 if names and columns differ in number, 0A000
 *		if the columns come as one array.
 */
Datum
record_check_columns(PG_FUNCTION_ARGS)
{
	RecordPlan *plan = fill_columns(fcinfo);
	ColumnsState *state = fcinfo->flinfo->fn_extra;
	FindingList list = {0};

	if (plan == NULL || record_is_fine(plan))
		PG_RETURN_NULL();
	if (state->descriptor == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		state->finding = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
		state->descriptor = lookup_rowtype_tupdesc_copy(state->finding, -1);
		MemoryContextSwitchTo(before);
	}
	list.descriptor = state->descriptor;
	record_findings(plan, finding_to_list, &list);
	PG_RETURN_ARRAYTYPE_P(construct_array(list.rows, list.n, state->finding, -1, false, TYPALIGN_DOUBLE));
}

/*
 * record_ok_columns(form jsonb, columns text[], VARIADIC "any") returns boolean
 *		Does a row break no rule, given its columns and their names?
 */
Datum
record_ok_columns(PG_FUNCTION_ARGS)
{
	RecordPlan *plan = fill_columns(fcinfo);

	if (plan == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(record_is_fine(plan));
}
