/*
 * projection.c
 *		Projection of quarterly counts, and its score on the series' own past.
 */
#include "demand/demand.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "demand/projection_core.h"
#include "interrupts.h"
#include "rows.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(demand_projection);
PG_FUNCTION_INFO_V1(demand_projection_score);

/* Quarterly counts as bounds; NaN in lower: no count; infinity in upper: no upper end. */
typedef struct Series
{
	int			count;
	double	   *lower;
	double	   *upper;
}			Series;

static void
not_a_count(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is not a number of people", what),
			 errdetail("Each element is the count of one quarter, oldest first, or a range of counts from 0 up."),
			 errhint("Write NULL for a quarter without a return.")));
}

/* Reads argument 0, an array of integer or of int4range. */
static Series
read_series(FunctionCallInfo fcinfo)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	TypeCacheEntry *type = lookup_type_cache(ARR_ELEMTYPE(array), TYPECACHE_RANGE_INFO);
	Series		series = {0};
	Datum	   *datums;
	bool	   *nulls;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("counts have more than one dimension"),
				 errdetail("They are one series of quarters, oldest first."),
				 errhint("Project one series at a time.")));
	deconstruct_array(array, type->type_id, type->typlen, type->typbyval, type->typalign, &datums, &nulls, &series.count);
	series.lower = palloc(Max(series.count, 1) * sizeof(double));
	series.upper = palloc(Max(series.count, 1) * sizeof(double));
	for (int t = 0; t < series.count; t++)
	{
		CHECK_FOR_INTERRUPTS();
		series.lower[t] = series.upper[t] = NAN;
		if (nulls[t])
			continue;
		if (type->type_id == INT4OID)
			series.lower[t] = series.upper[t] = DatumGetInt32(datums[t]);
		else
		{
			RangeBound	lower;
			RangeBound	upper;
			bool		empty;

			range_deserialize(type, DatumGetRangeTypeP(datums[t]), &lower, &upper, &empty);
			if (empty)
				continue;
			if (lower.infinite)
				not_a_count("a range without a lower end");
			/* int4range is kept as [lower, upper) */
			series.lower[t] = DatumGetInt32(lower.val);
			series.upper[t] = upper.infinite ? INFINITY : (double) DatumGetInt32(upper.val) - 1.0;
		}
		if (series.lower[t] < 0.0)
			not_a_count("a count below 0");
	}
	return series;
}

/* Is some count, of those before end that a projection uses, not exact, or without an upper end? */
static void
how_exact(const Series *series, int end, bool *bounded, bool *open)
{
	*bounded = *open = false;
	for (int t = Max(0, end - PROJECTION_LONGEST); t < end; t++)
	{
		*bounded |= !isnan(series->lower[t]) && series->lower[t] != series->upper[t];
		*open |= isinf(series->upper[t]);
	}
}

/*
 * Projects the quarters before end.  Bounded counts are projected
 * twice, all at their lower ends and all at their upper ends: limits are the
 * outer ones, the value lies in the middle.
 */
static ProjectionMethod
project(const Series *series, int end, int ahead, Projection *projections)
{
	Projection	upper[PROJECTION_FURTHEST];
	ProjectionMethod method = project_counts(series->lower, end, ahead, projections, stop_for_interrupts);
	bool		bounded;
	bool		open;

	how_exact(series, end, &bounded, &open);
	if (method == PROJECTION_NONE || method == PROJECTION_OUT_OF_RANGE || !bounded)
		return method;
	if (!open && project_counts(series->upper, end, ahead, upper, stop_for_interrupts) == PROJECTION_OUT_OF_RANGE)
		return PROJECTION_OUT_OF_RANGE;
	for (int h = 0; h < ahead; h++)
	{
		projections[h].value = open ? NAN : 0.5 * (projections[h].value + upper[h].value);
		projections[h].upper80 = open ? NAN : fmax(projections[h].upper80, upper[h].upper80);
		projections[h].upper95 = open ? NAN : fmax(projections[h].upper95, upper[h].upper95);
		if (!open)
		{
			projections[h].lower80 = fmin(projections[h].lower80, upper[h].lower80);
			projections[h].lower95 = fmin(projections[h].lower95, upper[h].lower95);
		}
	}
	return method;
}

static int
ahead_argument(int32 ahead)
{
	if (ahead < 1 || ahead > PROJECTION_FURTHEST)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of quarters %d is not between 1 and %d", ahead, PROJECTION_FURTHEST),
				 errdetail("Further ahead the limits would mean nothing."),
				 errhint("Ask for at most two years.")));
	return ahead;
}

static void
put(Datum *values, bool *nulls, int column, double x)
{
	values[column] = Float8GetDatum(x);
	nulls[column] = isnan(x);
}

/*
 * demand_projection(counts, quarters) returns a row a quarter
 *		The next quarters of a series of quarterly counts, oldest first, with 80 and
 *		95% limits; the method says which model the length of the series allowed.
 */
Datum
demand_projection(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Projection	projections[PROJECTION_FURTHEST] = {{0}};
	Series		series;
	ProjectionMethod kind;
	int			ahead;
	int			known = 0;
	bool		bounded;
	bool		open;
	StringInfoData method;

	begin_rows(fcinfo);
	ahead = ahead_argument(PG_GETARG_INT32(1));
	series = read_series(fcinfo);
	kind = project(&series, series.count, ahead, projections);
	for (int t = Max(0, series.count - PROJECTION_LONGEST); t < series.count; t++)
		known += !isnan(series.lower[t]);

	initStringInfo(&method);
	switch (kind)
	{
		case PROJECTION_NONE:
			appendStringInfoString(&method, "no counts");
			break;
		case PROJECTION_ONE:
			appendStringInfoString(&method, "level from one quarter, very wide limits");
			break;
		case PROJECTION_SHORT:
			appendStringInfo(&method, "level from %d quarters, wide limits", known);
			break;
		case PROJECTION_LEVEL:
			appendStringInfo(&method, "level from %d quarters", known);
			break;
		case PROJECTION_TREND:
			appendStringInfo(&method, "damped trend from %d quarters", known);
			break;
		case PROJECTION_SEASON:
			appendStringInfo(&method, "damped trend and season from %d quarters", known);
			break;
		case PROJECTION_OUT_OF_RANGE:
			appendStringInfoString(&method, "out of range");
			break;
		case PROJECTION_STOPPED:
			/* stop_for_interrupts() raises instead. */
			break;
	}
	how_exact(&series, series.count, &bounded, &open);
	/* Out of range it is, however exact the counts are. */
	if (kind == PROJECTION_OUT_OF_RANGE)
		open = bounded = false;
	if (open)
		appendStringInfoString(&method, ", no upper end known");
	else if (bounded)
		appendStringInfoString(&method, ", bounded counts");

	for (int h = 0; h < ahead; h++)
	{
		Datum		values[7];
		bool		nulls[7] = {false};

		if (kind == PROJECTION_NONE || kind == PROJECTION_OUT_OF_RANGE)
			projections[h].value = projections[h].lower80 = projections[h].upper80 =
				projections[h].lower95 = projections[h].upper95 = NAN;
		values[0] = Int32GetDatum(h + 1);
		put(values, nulls, 1, projections[h].value);
		put(values, nulls, 2, projections[h].lower80);
		put(values, nulls, 3, projections[h].upper80);
		put(values, nulls, 4, projections[h].lower95);
		put(values, nulls, 5, projections[h].upper95);
		values[6] = CStringGetTextDatum(method.data);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * demand_projection_score(counts, ahead) returns a row
 *		Forecasts of every quarter from the third on by those before it, so many
 *		quarters ahead: their number, mean absolute error over that of "same as the
 *		last quarter known then" (MASE: below 1 is better), and the share of counts
 *		inside the 80 and 95% limits.  Only exact counts are scored.
 */
Datum
demand_projection_score(PG_FUNCTION_ARGS)
{
	TupleDesc	tupdesc;
	Series		series;
	Datum		values[4];
	bool		nulls[4] = {false};
	int			ahead = ahead_argument(PG_GETARG_INT32(1));
	int			forecasts = 0;
	int			inside80 = 0;
	int			inside95 = 0;
	double		error = 0.0;
	double		naive = 0.0;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type is not a row");
	series = read_series(fcinfo);
	for (int end = 2; end + ahead <= series.count; end++)
	{
		Projection	projections[PROJECTION_FURTHEST];
		double		actual = series.lower[end + ahead - 1];
		double		last = series.lower[end - 1];
		const Projection *p = &projections[ahead - 1];

		CHECK_FOR_INTERRUPTS();
		if (isnan(actual) || isnan(last) || actual != series.upper[end + ahead - 1] || last != series.upper[end - 1])
			continue;
		if (project(&series, end, ahead, projections) == PROJECTION_OUT_OF_RANGE || isnan(p->value))
			continue;
		forecasts++;
		error += fabs(actual - p->value);
		naive += fabs(actual - last);
		inside80 += actual >= p->lower80 && actual <= p->upper80;
		inside95 += actual >= p->lower95 && actual <= p->upper95;
	}
	values[0] = Int32GetDatum(forecasts);
	put(values, nulls, 1, naive > 0.0 ? error / naive : NAN);
	put(values, nulls, 2, forecasts > 0 ? (double) inside80 / forecasts : NAN);
	put(values, nulls, 3, forecasts > 0 ? (double) inside95 / forecasts : NAN);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
