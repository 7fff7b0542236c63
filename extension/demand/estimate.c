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

/* Raises 22023 unless confidence lies between 0 and 1. */
void
estimate_set_confidence(EstimateCache *cache, double confidence)
{
	if (likely(confidence == cache->confidence))
		return;
	if (!ws_confidence_is_valid(confidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence %g is not between 0 and 1", confidence),
				 errdetail("Confidence is the share of intervals that hold the true value."),
				 errhint("Write 0.95 for 95%% limits, 0.998 for 99.8%% limits.")));
	cache->confidence = confidence;
	cache->z = ws_confidence_z(confidence);
	cache->tail = 0.5 * (1.0 - confidence);
	cache->exact_known = 0;
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
		*lower = ws_byar_lower(count, cache->z);
		*upper = ws_byar_upper(count, cache->z);
		*method = METHOD_BYAR;
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
	bool		whole = !isnan(value) && !isnan(lower) && !isnan(upper);

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
	tuple = heap_form_tuple(cache->tupdesc, values, nulls);
	if (whole)
	{
		MemoryContext old = MemoryContextSwitchTo(cache->context);

		cache->model[method] = heap_copytuple(tuple);
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(tuple);
}
