/*
 * need.c
 *		Expected need, and how far it is reached: the arithmetic of the need
 *		views.
 */
#include "demand/demand.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(expected_from_prevalence);
PG_FUNCTION_INFO_V1(reach_ratio);
PG_FUNCTION_INFO_V1(unmet_need);

static double
share_argument(FunctionCallInfo fcinfo, int at)
{
	double		x = PG_ARGISNULL(at) ? NAN : PG_GETARG_FLOAT8(at);

	return x >= 0.0 && x <= 1.0 ? x : NAN;
}

/*
 * expected_from_prevalence(population, prevalence, lower, upper) returns
 * estimate
 *		Population times prevalence, a share from 0 to 1 with the limits that its
 *		source gives (they may be NULL).  The confidence is that of the source,
 *		which is not known here: NULL.
 */
Datum
expected_from_prevalence(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		population;
	double		prevalence = share_argument(fcinfo, 1);
	double		lower = share_argument(fcinfo, 2);
	double		upper = share_argument(fcinfo, 3);

	if (PG_ARGISNULL(0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_POPULATION);
	population = PG_GETARG_FLOAT8(0);
	if (!(population >= 0.0) || isinf(population))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_POPULATION_NOT_A_COUNT);
	if (isnan(prevalence) || (!PG_ARGISNULL(2) && !(lower <= prevalence)) || (!PG_ARGISNULL(3) && !(upper >= prevalence)))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_PREVALENCE_NOT_KNOWN);
	return estimate_form(cache, fcinfo, population * prevalence, population * lower, population * upper, METHOD_PREVALENCE);
}

/*
 * The people reached, argument 0, as ends (NaN: no such end) and the expected
 * number, argument 1.  Returns what is missing, or METHOD_COUNT.
 */
static EstimateMethod
read_need(FunctionCallInfo fcinfo, EstimateCache *cache, double *low, double *high, double expected[3])
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	HeapTupleHeader row;

	cache->confidence = NAN;
	if (PG_ARGISNULL(0))
		return METHOD_REACHED_NOT_KNOWN;
	/* Not range_get_typcache(): that takes fn_extra, where the cache of estimates is. */
	range_deserialize(lookup_type_cache(INT4RANGEOID, TYPECACHE_RANGE_INFO), PG_GETARG_RANGE_P(0), &lower, &upper, &empty);
	if (empty || (!lower.infinite && DatumGetInt32(lower.val) < 0))
		return METHOD_REACHED_NOT_KNOWN;
	*low = lower.infinite ? 0.0 : DatumGetInt32(lower.val);
	*high = upper.infinite ? NAN : (double) DatumGetInt32(upper.val) - 1.0;
	if (PG_ARGISNULL(1))
		return METHOD_EXPECTED_NOT_KNOWN;
	row = PG_GETARG_HEAPTUPLEHEADER(1);
	for (int i = 0; i < 4; i++)
	{
		bool		missing;
		Datum		datum = GetAttributeByNum(row, i + 1, &missing);
		double		x = missing ? NAN : DatumGetFloat8(datum);

		if (i < 3)
			expected[i] = x;
		else
			cache->confidence = x;
	}
	return isnan(expected[0]) || isinf(expected[0]) || expected[0] < 0.0 ? METHOD_EXPECTED_NOT_KNOWN : METHOD_COUNT;
}

/* The one number that stands for bounds that may be open: NaN unless closed. */
static double
middle(double low, double high)
{
	return 0.5 * (low + high);
}

/*
 * reach_ratio(reached int4range, expected estimate) returns estimate
 *		People reached over people expected; limits take the ends of both that lie
 *		furthest apart.  The value is that of the middle of the range, NULL if it
 *		has no upper end.
 */
Datum
reach_ratio(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		low;
	double		high;
	double		expected[3];
	EstimateMethod method = read_need(fcinfo, cache, &low, &high, expected);

	if (method == METHOD_COUNT && expected[0] == 0.0)
		method = METHOD_NO_EXPECTED;
	if (method != METHOD_COUNT)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, method);
	return estimate_form(cache, fcinfo, middle(low, high) / expected[0], low / expected[2],
						 expected[1] > 0.0 ? high / expected[1] : NAN, METHOD_REACHED_PER_EXPECTED);
}

/*
 * unmet_need(reached int4range, expected estimate) returns estimate
 *		People expected less people reached, never below 0; limits take the ends of
 *		both that lie furthest apart.
 */
Datum
unmet_need(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		low;
	double		high;
	double		expected[3];
	EstimateMethod method = read_need(fcinfo, cache, &low, &high, expected);

	if (method != METHOD_COUNT)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, method);

	/* Without an upper end of the reached, all that is expected may be met. */
	return estimate_form(cache, fcinfo,
						 isnan(high) ? NAN : fmax(0.0, expected[0] - middle(low, high)),
						 isnan(high) ? 0.0 : isnan(expected[1]) ? NAN : fmax(0.0, expected[1] - high),
						 isnan(expected[2]) ? NAN : fmax(0.0, expected[2] - low), METHOD_EXPECTED_LESS_REACHED);
}
