/*
 * comparisons.c
 *		Proportions, differences, ratios, funnels and verdicts.
 */
#include "demand/demand.h"

#include <math.h>

#include "access/htup_details.h"
#include "demand/demand_core.h"
#include "executor/executor.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(proportion_limits);
PG_FUNCTION_INFO_V1(difference_limits);
PG_FUNCTION_INFO_V1(rate_ratio_limits);
PG_FUNCTION_INFO_V1(estimate_compare);
PG_FUNCTION_INFO_V1(funnel_limits);
PG_FUNCTION_INFO_V1(funnel_limits_proportion);
PG_FUNCTION_INFO_V1(funnel_verdict);
PG_FUNCTION_INFO_V1(funnel_verdict_proportion);
PG_FUNCTION_INFO_V1(quantile_of);

/* Nothing wrong with an argument. */
#define NO_PROBLEM METHOD_COUNT

/* Above MOST_EVENTS, limits of counts that differ by more than this factor take seconds. */
#define MOST_EVENTS 1e18
#define MOST_APART 1e16

/* What is wrong with arguments count and whole, at first and first + 1. */
static EstimateMethod
proportion_problem(FunctionCallInfo fcinfo, int first)
{
	if (PG_ARGISNULL(first + 1) || PG_GETARG_INT64(first + 1) == 0)
		return METHOD_NO_DENOMINATOR;
	if (PG_ARGISNULL(first))
		return METHOD_COUNT_NOT_KNOWN;
	if (PG_GETARG_INT64(first) < 0 || PG_GETARG_INT64(first) > PG_GETARG_INT64(first + 1))
		return METHOD_NOT_A_PART;
	return NO_PROBLEM;
}

/* What is wrong with arguments events and population, at first and first + 1. */
static EstimateMethod
rate_problem(FunctionCallInfo fcinfo, int first)
{
	double		x;

	if (PG_ARGISNULL(first + 1) || (x = PG_GETARG_FLOAT8(first + 1)) == 0.0)
		return METHOD_NO_POPULATION;
	if (!(x > 0.0) || isinf(x))
		return METHOD_POPULATION_NOT_A_COUNT;
	if (PG_ARGISNULL(first))
		return METHOD_EVENTS_NOT_KNOWN;
	x = PG_GETARG_FLOAT8(first);
	if (!(x >= 0.0) || isinf(x))
		return METHOD_EVENTS_NOT_A_COUNT;
	return NO_PROBLEM;
}

/*
 * proportion_limits(count, n, confidence) returns estimate
 *		count / n, from 0 to 1, with Wilson's score limits (Wilson 1927).  A NULL
 *		value, and the method says why, where the count is no part of n.
 */
Datum
proportion_limits(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	EstimateMethod problem = proportion_problem(fcinfo, 0);
	double		count;
	double		n;
	double		lower = NAN;
	double		upper = NAN;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(2));
	if (problem != NO_PROBLEM)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, problem);
	count = (double) PG_GETARG_INT64(0);
	n = (double) PG_GETARG_INT64(1);
	ws_wilson_limits(count, n, cache->z, &lower, &upper);
	return estimate_form(cache, fcinfo, count / n, lower, upper, METHOD_WILSON);
}

/*
 * difference_limits(c1, n1, c2, n2, confidence) returns estimate
 *		c1/n1 - c2/n2, from -1 to 1, with limits from two Wilson intervals
 *		(Newcombe 1998, method 10).
 */
Datum
difference_limits(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	EstimateMethod problem = proportion_problem(fcinfo, 0);
	Limits		limits;

	if (PG_ARGISNULL(4))
		PG_RETURN_NULL();
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(4));
	if (problem == NO_PROBLEM)
		problem = proportion_problem(fcinfo, 2);
	if (problem != NO_PROBLEM ||
		!difference_of_proportions((double) PG_GETARG_INT64(0), (double) PG_GETARG_INT64(1),
								   (double) PG_GETARG_INT64(2), (double) PG_GETARG_INT64(3),
								   cache->z, &limits))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN,
							 problem != NO_PROBLEM ? problem : METHOD_NOT_A_PART);
	return estimate_form(cache, fcinfo, limits.value, limits.lower, limits.upper, METHOD_NEWCOMBE);
}

/*
 * rate_ratio_limits(e1, p1, e2, p2, confidence) returns estimate
 *		(e1/p1) / (e2/p2) with exact limits: given their sum, the first count is
 *		binomial (Clopper and Pearson 1934).  With e2 zero there is no ratio,
 *		only a lower limit of it.
 */
Datum
rate_ratio_limits(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	EstimateMethod problem = rate_problem(fcinfo, 0);
	Limits		limits;

	if (PG_ARGISNULL(4))
		PG_RETURN_NULL();
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(4));
	if (problem == NO_PROBLEM)
		problem = rate_problem(fcinfo, 2);
	if (problem == NO_PROBLEM && PG_GETARG_FLOAT8(0) == 0.0 && PG_GETARG_FLOAT8(2) == 0.0)
		problem = METHOD_NO_EVENTS;
	if (problem == NO_PROBLEM && fmax(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(2)) > MOST_EVENTS &&
		fmax(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(2)) / MOST_APART > fmin(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(2)))
		problem = METHOD_OUT_OF_RANGE;
	if (problem != NO_PROBLEM)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, problem);
	ratio_of_rates(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3),
				   cache->tail, &limits);
	if (isinf(limits.value) || isinf(limits.lower) || isinf(limits.upper) ||
		isnan(limits.lower) || (isnan(limits.upper) && PG_GETARG_FLOAT8(2) > 0.0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_OUT_OF_RANGE);
	return estimate_form(cache, fcinfo, limits.value, limits.lower, limits.upper,
						 PG_GETARG_FLOAT8(2) == 0.0 ? METHOD_NO_EVENTS_TO_COMPARE : METHOD_CONDITIONAL);
}

/*
 * estimate_compare(estimate, reference) returns text
 *		'lower' or 'higher' where both limits lie on one side of the reference,
 *		'similar' where it lies between them; NULL where a limit or the
 *		reference is missing.
 */
Datum
estimate_compare(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	double		reference = PG_GETARG_FLOAT8(1);
	bool		lower_missing;
	bool		upper_missing;
	Datum		lower = GetAttributeByNum(row, 2, &lower_missing);
	Datum		upper = GetAttributeByNum(row, 3, &upper_missing);

	if (lower_missing || upper_missing || isnan(reference))
		PG_RETURN_NULL();
	if (DatumGetFloat8(upper) < reference)
		PG_RETURN_TEXT_P(cstring_to_text("lower"));
	if (DatumGetFloat8(lower) > reference)
		PG_RETURN_TEXT_P(cstring_to_text("higher"));
	PG_RETURN_TEXT_P(cstring_to_text("similar"));
}

/* The number of events that the benchmark rate lets expect, or what is wrong. */
static EstimateMethod
funnel_expected(FunctionCallInfo fcinfo, int population, int benchmark, int multiplier, double *expected)
{
	double		rate;
	double		people;
	double		times = multiplier_argument(PG_GETARG_FLOAT8(multiplier));

	if (PG_ARGISNULL(population) || (people = PG_GETARG_FLOAT8(population)) == 0.0)
		return METHOD_NO_POPULATION;
	if (!(people > 0.0) || isinf(people))
		return METHOD_POPULATION_NOT_A_COUNT;
	if (PG_ARGISNULL(benchmark))
		return METHOD_BENCHMARK_NOT_KNOWN;
	rate = PG_GETARG_FLOAT8(benchmark);
	if (!(rate > 0.0) || isinf(rate))
		return METHOD_BENCHMARK_NOT_KNOWN;
	*expected = people * rate / times;
	return *expected > 0.0 && *expected < 1e12 ? NO_PROBLEM : METHOD_OUT_OF_RANGE;
}

/*
 * funnel_limits(population, benchmark, multiplier, confidence) returns estimate
 *		The benchmark rate, and the rates outside which exact Poisson limits at
 *		this confidence exclude it: 0.95 draws the 2-sigma funnel, 0.998 the
 *		3-sigma one.
 */
Datum
funnel_limits(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	EstimateMethod problem;
	double		expected;
	double		lower;
	double		upper;
	double		benchmark;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(3));
	problem = funnel_expected(fcinfo, 0, 1, 2, &expected);
	if (problem != NO_PROBLEM)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, problem);
	benchmark = PG_GETARG_FLOAT8(1);
	funnel_counts(expected, cache->tail, &lower, &upper);
	return estimate_form(cache, fcinfo, benchmark, lower / expected * benchmark,
						 upper / expected * benchmark, METHOD_FUNNEL_POISSON);
}

/*
 * funnel_limits_proportion(n, benchmark, confidence) returns estimate
 *		The benchmark proportion, and the proportions of n outside which Wilson's
 *		limits exclude it: p -/+ z sqrt(p (1 - p) / n), kept within 0 and 1.
 */
Datum
funnel_limits_proportion(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	double		n;
	double		p;
	double		half;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	estimate_set_confidence(cache, PG_GETARG_FLOAT8(2));
	if (PG_ARGISNULL(0) || PG_GETARG_INT64(0) == 0)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_DENOMINATOR);
	if (PG_GETARG_INT64(0) < 0)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NOT_A_PART);
	if (PG_ARGISNULL(1) || !(PG_GETARG_FLOAT8(1) >= 0.0 && PG_GETARG_FLOAT8(1) <= 1.0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_BENCHMARK_NOT_KNOWN);
	n = (double) PG_GETARG_INT64(0);
	p = PG_GETARG_FLOAT8(1);
	half = cache->z * sqrt(p * (1.0 - p) / n);
	return estimate_form(cache, fcinfo, p, fmax(0.0, p - half), fmin(1.0, p + half), METHOD_FUNNEL_SCORE);
}

/* The words of a verdict, from limits at 95 and 99.8% and the benchmark. */
static Datum
verdict(double lower2, double upper2, double lower3, double upper3, double benchmark)
{
	const char *word = "not significant";

	if (upper3 < benchmark)
		word = "low (0.001)";
	else if (lower3 > benchmark)
		word = "high (0.001)";
	else if (upper2 < benchmark)
		word = "low (0.025)";
	else if (lower2 > benchmark)
		word = "high (0.025)";
	return PointerGetDatum(cstring_to_text(word));
}

/*
 * funnel_verdict(events, population, benchmark, multiplier) returns text
 *		'low (0.001)', 'low (0.025)', 'not significant', 'high (0.025)' or
 *		'high (0.001)': whether the 95 and 99.8% limits of the events (exact
 *		below 10, Byar's from 10) exclude what the benchmark lets expect.  NULL
 *		where there is no rate or no benchmark.
 */
Datum
funnel_verdict(PG_FUNCTION_ARGS)
{
	EstimateCache *caches = fcinfo->flinfo->fn_extra;
	double		expected;
	double		lower[2];
	double		upper[2];

	if (PG_ARGISNULL(3))
		PG_RETURN_NULL();
	if (caches == NULL)
	{
		caches = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, 2 * sizeof(EstimateCache));
		caches[0].context = caches[1].context = fcinfo->flinfo->fn_mcxt;
		caches[0].confidence = caches[1].confidence = NAN;
		estimate_set_confidence(&caches[0], 0.95);
		estimate_set_confidence(&caches[1], 0.998);
		fcinfo->flinfo->fn_extra = caches;
	}
	if (rate_problem(fcinfo, 0) != NO_PROBLEM ||
		funnel_expected(fcinfo, 1, 2, 3, &expected) != NO_PROBLEM)
		PG_RETURN_NULL();
	for (int i = 0; i < 2; i++)
	{
		EstimateMethod method;

		estimate_count_limits(&caches[i], PG_GETARG_FLOAT8(0), &lower[i], &upper[i], &method);
	}
	return verdict(lower[0], upper[0], lower[1], upper[1], expected);
}

/*
 * funnel_verdict_proportion(count, n, benchmark) returns text
 *		The same for a proportion, by Wilson's limits.
 */
Datum
funnel_verdict_proportion(PG_FUNCTION_ARGS)
{
	static const double z2 = 1.9599639845400542355;
	static const double z3 = 3.0902323061678135415;
	double		lower[2];
	double		upper[2];

	if (proportion_problem(fcinfo, 0) != NO_PROBLEM || PG_ARGISNULL(2) ||
		!(PG_GETARG_FLOAT8(2) >= 0.0 && PG_GETARG_FLOAT8(2) <= 1.0))
		PG_RETURN_NULL();
	for (int i = 0; i < 2; i++)
		ws_wilson_limits((double) PG_GETARG_INT64(0), (double) PG_GETARG_INT64(1),
						 i == 0 ? z2 : z3, &lower[i], &upper[i]);
	return verdict(lower[0], upper[0], lower[1], upper[1], PG_GETARG_FLOAT8(2));
}

/*
 * quantile_of(rank, n, q) returns integer
 *		The quantile, 1 to q, of a rank among n: floor((q + 1) - ceil(((n + 1) -
 *		rank) / (n / q))), and 1 for 0, as PHEindicatormethods has it.  NULL for
 *		fewer than q ranks and for a rank outside 1 to n.
 */
Datum
quantile_of(PG_FUNCTION_ARGS)
{
	double		rank = PG_GETARG_FLOAT8(0);
	int64		n = PG_GETARG_INT64(1);
	int32		q = PG_GETARG_INT32(2);
	double		quantile;

	if (q < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of quantiles %d is not above 0", q),
				 errdetail("Ranks are shared out among that many groups of equal size."),
				 errhint("Write 10 for deciles, 5 for quintiles.")));
	if (n < q || !(rank >= 1.0 && rank <= (double) n))
		PG_RETURN_NULL();
	quantile = (double) q + 1.0 - ceil(((double) n + 1.0 - rank) * q / (double) n);
	PG_RETURN_INT32(quantile < 1.0 ? 1 : (int32) quantile);
}
