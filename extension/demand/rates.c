/*
 * rates.c
 *		Limits of Poisson counts and of crude rates.
 */
#include "demand/demand.h"

#include <math.h>

#include "statistics/statistics.h"

PG_FUNCTION_INFO_V1(byar_lower);
PG_FUNCTION_INFO_V1(byar_upper);
PG_FUNCTION_INFO_V1(poisson_lower);
PG_FUNCTION_INFO_V1(poisson_upper);
PG_FUNCTION_INFO_V1(rate_limits);

/*
 * byar_lower(count float8, confidence float8) returns float8
 *		Byar's lower limit of a Poisson count (Breslow and Day 1987, p. 69).
 *		NULL where the formula gives no number >= 0, and for what is no count.
 */
Datum
byar_lower(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		count = PG_GETARG_FLOAT8(0);
	const double *kept;

	estimate_set_confidence(cache, PG_GETARG_FLOAT8(1));
	kept = estimate_byar(cache, count);
	RETURN_FLOAT8_OR_NULL(kept != NULL ? kept[0] : ws_byar_lower(count, cache->z));
}

/*
 * byar_upper(count float8, confidence float8) returns float8
 *		Byar's upper limit of a Poisson count.  NULL for what is no count.
 */
Datum
byar_upper(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		count = PG_GETARG_FLOAT8(0);
	const double *kept;

	estimate_set_confidence(cache, PG_GETARG_FLOAT8(1));
	kept = estimate_byar(cache, count);
	RETURN_FLOAT8_OR_NULL(kept != NULL ? kept[1] : ws_byar_upper(count, cache->z));
}

/* An exact limit, from the cache where the count is small. */
static double
exact_limit(EstimateCache *cache, double count, bool is_upper)
{
	double		lower;
	double		upper;
	EstimateMethod method;

	if (count >= 0.0 && count < EXACT_BELOW)
	{
		estimate_count_limits(cache, count, &lower, &upper, &method);
		return is_upper ? upper : lower;
	}
	return is_upper ? ws_poisson_limit_upper(count, cache->tail) : ws_poisson_limit_lower(count, cache->tail);
}

/*
 * poisson_lower(count float8, confidence float8) returns float8
 *		Exact lower limit of a Poisson count, by chi-squared (Garwood 1936); 0
 *		for 0.  NULL for what is no count.
 */
Datum
poisson_lower(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);

	estimate_set_confidence(cache, PG_GETARG_FLOAT8(1));
	RETURN_FLOAT8_OR_NULL(exact_limit(cache, PG_GETARG_FLOAT8(0), false));
}

/*
 * poisson_upper(count float8, confidence float8) returns float8
 *		Exact upper limit of a Poisson count.  NULL for what is no count.
 */
Datum
poisson_upper(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);

	estimate_set_confidence(cache, PG_GETARG_FLOAT8(1));
	RETURN_FLOAT8_OR_NULL(exact_limit(cache, PG_GETARG_FLOAT8(0), true));
}

/*
 * rate_limits(events, population, multiplier, confidence) returns estimate
 *		events / population * multiplier, with exact Poisson limits below 10
 *		events and Byar's from 10 on.  What is missing or no count gives a NULL
 *		value, and the method says why; only a wrong multiplier or confidence
 *		is an error.  Formulas of PHEindicatormethods' phe_rate.
 */
Datum
rate_limits(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		events;
	double		population;
	double		multiplier;
	double		factor;
	double		lower;
	double		upper;
	EstimateMethod method;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	multiplier = multiplier_argument(PG_GETARG_FLOAT8(2));
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(3));

	population = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);
	events = PG_ARGISNULL(0) ? 0.0 : PG_GETARG_FLOAT8(0);
	if (population == 0.0)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_POPULATION);
	if (!(population > 0.0) || isinf(population))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_POPULATION_NOT_A_COUNT);
	if (PG_ARGISNULL(0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_EVENTS_NOT_KNOWN);
	if (!(events >= 0.0) || isinf(events))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_EVENTS_NOT_A_COUNT);

	estimate_count_limits(cache, events, &lower, &upper, &method);
	factor = multiplier / population;
	if (isinf(upper * factor))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_OUT_OF_RANGE);
	return estimate_form(cache, fcinfo, events / population * multiplier,
						 lower * factor, upper * factor, method);
}
