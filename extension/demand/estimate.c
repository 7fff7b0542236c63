/*
 * estimate.c
 *		Forms values of the type estimate, fast: all that depends only on the
 *		confidence and the method is kept from call to call.
 */
#include "demand/demand.h"

#include <math.h>

#include "access/htup_details.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"

#define ESTIMATE_COLUMNS 5

static const char *const method_words[METHOD_COUNT] = {
	[METHOD_BYAR] = "Byar",
	[METHOD_EXACT_POISSON] = "exact Poisson",
	[METHOD_NO_POPULATION] = "no population",
	[METHOD_EVENTS_NOT_KNOWN] = "events not known",
	[METHOD_EVENTS_NOT_A_COUNT] = "events not a count",
	[METHOD_POPULATION_NOT_A_COUNT] = "population not a count",
	[METHOD_OUT_OF_RANGE] = "out of range",
	[METHOD_WILSON] = "Wilson",
	[METHOD_NO_DENOMINATOR] = "no denominator",
	[METHOD_COUNT_NOT_KNOWN] = "count not known",
	[METHOD_NOT_A_PART] = "count not a part of the whole",
	[METHOD_NEWCOMBE] = "Newcombe",
	[METHOD_CONDITIONAL] = "exact conditional",
	[METHOD_NO_EVENTS] = "no events",
	[METHOD_NO_EVENTS_TO_COMPARE] = "no events to compare with",
	[METHOD_BENCHMARK_NOT_KNOWN] = "benchmark not known",
	[METHOD_FUNNEL_POISSON] = "Poisson funnel",
	[METHOD_FUNNEL_SCORE] = "score funnel",
	[METHOD_NO_ROWS] = "no rows",
	[METHOD_STUDENT] = "Student's t",
	[METHOD_ONE_VALUE] = "one value",
	[METHOD_NOT_A_NUMBER] = "value not a number",
	[METHOD_DOBSON] = "Dobson",
	[METHOD_DOBSON_PARTLY] = "Dobson, strata without population left out",
	[METHOD_FEW_EVENTS] = "fewer than 10 events",
	[METHOD_EVENTS_WITHOUT_POPULATION] = "events without population",
	[METHOD_STANDARD_NOT_A_COUNT] = "standard population not a count",
	[METHOD_NO_STANDARD] = "no standard population",
	[METHOD_NO_REFERENCE] = "no reference population",
	[METHOD_REFERENCE_NOT_A_COUNT] = "reference not a count",
	[METHOD_NO_EXPECTED] = "no expected events",
	[METHOD_SLOPE] = "weighted least squares",
	[METHOD_SLOPE_LOG] = "weighted least squares of logarithms",
	[METHOD_SLOPE_LOGIT] = "weighted least squares of logits",
	[METHOD_SLOPE_NO_LIMITS] = "weighted least squares, limits not known",
	[METHOD_SLOPE_TOO_FEW] = "fewer than two ranks",
	[METHOD_SLOPE_VALUE] = "value outside the scale",
	[METHOD_SLOPE_UNBOUNDED] = "Fieller, limits not bounded",
	[METHOD_SLOPE_FIELLER] = "Fieller",
	[METHOD_PREVALENCE] = "population times prevalence",
	[METHOD_PREVALENCE_NOT_KNOWN] = "prevalence not a share",
	[METHOD_EXPECTED_LESS_REACHED] = "expected less reached",
	[METHOD_REACHED_PER_EXPECTED] = "reached per expected",
	[METHOD_REACHED_NOT_KNOWN] = "reached not known",
	[METHOD_EXPECTED_NOT_KNOWN] = "expected not known",
};

/* The cache of this call site, made at its first call. */
EstimateCache *
estimate_cache(FunctionCallInfo fcinfo)
{
	EstimateCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(EstimateCache));
		cache->context = fcinfo->flinfo->fn_mcxt;
		cache->confidence = NAN;	/* equal to nothing */
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache;
}

/* Raises 22023 unless the multiplier is a finite number above 0. */
double
multiplier_argument(double multiplier)
{
	if (!(multiplier > 0.0) || isinf(multiplier))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("multiplier %g is not a number above 0", multiplier),
				 errdetail("A rate is events divided by population, times the multiplier."),
				 errhint("Write 1000 for a rate per 1,000 residents.")));
	return multiplier;
}

/* Raises 22023 unless confidence lies between 0 and 1. */
double
confidence_argument(double confidence)
{
	if (!ws_confidence_is_valid(confidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence %g is not between 0 and 1", confidence),
				 errdetail("Confidence is the share of intervals that hold the true value."),
				 errhint("Write 0.95 for 95%% limits, 0.998 for 99.8%% limits.")));
	return confidence;
}

/* Raises 22023: an aggregate was given two settings, or two of confidence. */
void
group_setting_differs(const char *setting)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s and confidence differ between the rows of a group", setting),
			 errdetail("They hold for the whole group."),
			 errhint("Group by them, or give constants.")));
	pg_unreachable();
}

/* Like confidence_argument(), and sets the quantile of the cache. */
void
estimate_set_confidence(EstimateCache *cache, double confidence)
{
	if (likely(confidence == cache->confidence))
		return;
	cache->confidence = confidence_argument(confidence);
	cache->z = ws_confidence_z(confidence);
	cache->tail = 0.5 * (1.0 - confidence);
	cache->exact_known = 0;
	if (cache->byar != NULL)
		memset(cache->byar, 0, BYAR_KEPT * sizeof(double[2]));
}

/*
 * Byar's lower and upper limit of a small whole count, kept, since most counts
 * of small areas are; NULL for any other count.
 */
const double *
estimate_byar(EstimateCache *cache, double count)
{
	int			x;

	if (!(count >= 0.0 && count < BYAR_KEPT))
		return NULL;
	x = (int) count;
	if ((double) x != count)
		return NULL;
	if (unlikely(cache->byar == NULL))
		cache->byar = MemoryContextAllocZero(cache->context, BYAR_KEPT * sizeof(double[2]));
	if (unlikely(cache->byar[x][1] == 0.0))
	{
		cache->byar[x][0] = ws_byar_lower(count, cache->z);
		cache->byar[x][1] = ws_byar_upper(count, cache->z);
	}
	return cache->byar[x];
}

/*
 * Limits of a Poisson count that is finite and not negative: exact (Garwood)
 * below 10, Byar's from 10 on.
 */
void
estimate_count_limits(EstimateCache *cache, double count,
					  double *lower, double *upper, EstimateMethod *method)
{
	if (count >= EXACT_BELOW)
	{
		const double *kept = estimate_byar(cache, count);

		*method = METHOD_BYAR;
		if (likely(kept != NULL))
		{
			*lower = kept[0];
			*upper = kept[1];
			return;
		}
		*lower = ws_byar_lower(count, cache->z);
		*upper = ws_byar_upper(count, cache->z);
		return;
	}
	*method = METHOD_EXACT_POISSON;
	if (count == floor(count))
	{
		int			x = (int) count;

		if (!(cache->exact_known & (1u << x)))
		{
			cache->exact_lower[x] = ws_poisson_limit_lower(x, cache->tail);
			cache->exact_upper[x] = ws_poisson_limit_upper(x, cache->tail);
			cache->exact_known |= 1u << x;
		}
		*lower = cache->exact_lower[x];
		*upper = cache->exact_upper[x];
		return;
	}
	*lower = ws_poisson_limit_lower(count, cache->tail);
	*upper = ws_poisson_limit_upper(count, cache->tail);
}

/*
 * A row of estimate at the cache's confidence; NaN becomes NULL.  A row without
 * NULL is a copy of a model with its three figures put in: the four float8
 * columns come first and so lie at fixed places.
 */
Datum
estimate_form(EstimateCache *cache, FunctionCallInfo fcinfo,
			  double value, double lower, double upper, EstimateMethod method)
{
	Datum		values[ESTIMATE_COLUMNS];
	bool		nulls[ESTIMATE_COLUMNS] = {false};
	HeapTuple	tuple;
	bool		whole = !isnan(value) && !isnan(lower) && !isnan(upper) && !isnan(cache->confidence);

	if (whole && cache->model[method] != NULL)
	{
		HeapTuple	model = cache->model[method];
		HeapTupleHeader copy = palloc(model->t_len);
		double	   *column;

		memcpy(copy, model->t_data, model->t_len);
		column = (double *) ((char *) copy + copy->t_hoff);
		column[0] = value;
		column[1] = lower;
		column[2] = upper;
		column[3] = cache->confidence;
		return PointerGetDatum(copy);
	}

	if (cache->tupdesc == NULL)
	{
		TupleDesc	tupdesc;
		MemoryContext old;

		if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE ||
			tupdesc->natts != ESTIMATE_COLUMNS)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("function does not return the type estimate"),
					 errdetail("The type has the columns value, lower, upper, confidence and method."),
					 errhint("Create the extension wardstar again.")));
		old = MemoryContextSwitchTo(cache->context);
		cache->tupdesc = BlessTupleDesc(CreateTupleDescCopy(tupdesc));
		MemoryContextSwitchTo(old);
	}
	if (cache->method[method] == 0)
	{
		MemoryContext old = MemoryContextSwitchTo(cache->context);

		cache->method[method] = CStringGetTextDatum(method_words[method]);
		MemoryContextSwitchTo(old);
	}
	values[0] = Float8GetDatum(value);
	values[1] = Float8GetDatum(lower);
	values[2] = Float8GetDatum(upper);
	values[3] = Float8GetDatum(cache->confidence);
	values[4] = cache->method[method];
	nulls[0] = isnan(value);
	nulls[1] = isnan(lower);
	nulls[2] = isnan(upper);
	nulls[3] = isnan(cache->confidence);
	tuple = heap_form_tuple(cache->tupdesc, values, nulls);
	if (whole)
	{
		MemoryContext old = MemoryContextSwitchTo(cache->context);

		cache->model[method] = heap_copytuple(tuple);
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(tuple);
}
