/*
 * demand_aggregates.c
 *		Means, and directly and indirectly standardised rates.
 */
#include "demand/demand_sums.h"

#include <math.h>

#include "demand/demand_core.h"
#include "miscadmin.h"
#include "statistics/statistics.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(mean_limits_accum);
PG_FUNCTION_INFO_V1(mean_limits_final);
PG_FUNCTION_INFO_V1(dsr_accum);
PG_FUNCTION_INFO_V1(dsr_repeated_accum);
PG_FUNCTION_INFO_V1(dsr_final);
PG_FUNCTION_INFO_V1(isr_accum);
PG_FUNCTION_INFO_V1(isr_ratio_accum);
PG_FUNCTION_INFO_V1(isr_final);
PG_FUNCTION_INFO_V1(isr_ratio_final);

/*
 * mean_limits(x float8[, confidence float8]) returns estimate
 *		The mean of what is not NULL, with Student's t limits on n - 1 degrees of
 *		freedom; no limits for a single value.
 */
Datum
mean_limits_accum(PG_FUNCTION_ARGS)
{
	DemandSums *state = demand_sums_argument(fcinfo, 1.0, 0, PG_NARGS() > 2 ? 2 : 0);
	double		x;
	double		square;

	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	x = PG_GETARG_FLOAT8(1);
	state->rows++;
	if (isnan(x) || fabs(x) > 1e150)
	{
		state->problems |= NOT_A_NUMBER;
		PG_RETURN_POINTER(state);
	}
	add_to_sum(state, 0, x);

	/* The square and what its rounding lost: together exact. */
	square = x * x;
	add_to_sum(state, 1, square);
	add_to_sum(state, 1, fma(x, x, -square));
	PG_RETURN_POINTER(state);
}

Datum
mean_limits_final(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	DemandSums *state;
	EstimateMethod method = demand_sums_final(fcinfo, cache, &state);
	double		n;
	double		sum;
	double		sum_low;
	double		squares;
	double		squares_low;
	double		mean;
	double		product;
	double		spread;
	double		half;

	if (method != METHOD_COUNT)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, method);
	n = (double) state->rows;
	ws_sum_value_pair(&state->sum[0], &sum, &sum_low);
	mean = sum / n;
	if (state->rows == 1)
		return estimate_form(cache, fcinfo, mean, NAN, NAN, METHOD_ONE_VALUE);

	/* n squares - sum^2, in twice the precision: nearly all of it cancels. */
	ws_sum_value_pair(&state->sum[1], &squares, &squares_low);
	product = n * squares;
	spread = product - sum * sum;
	spread += (fma(n, squares, -product) - fma(sum, sum, -(sum * sum))) +
		(n * squares_low - 2.0 * sum * sum_low);
	spread = fmax(0.0, spread);
	half = -ws_t_quantile(cache->tail, n - 1.0) * sqrt(spread / (n - 1.0)) / n;
	return estimate_form(cache, fcinfo, mean, mean - half, mean + half, METHOD_STUDENT);
}

/*
 * One stratum of a directly standardised rate: its events, the sum over people
 * of their events squared, population, and weight.
 */
static void
add_stratum(DemandSums *state, double events, double squares, double population, double standard)
{
	double		weight = standard / population;

	state->rows++;
	add_to_sum(state, 0, events);
	add_to_sum(state, 1, events * weight);
	add_to_sum(state, 2, squares * weight * weight);
	add_to_sum(state, 3, standard);
}

/*
 * A stratum whose population is missing or zero: left out, unless it has
 * events.
 */
static bool
stratum_is_empty(DemandSums *state, bool population_null, double population, bool events_null, double events)
{
	if (!population_null && population != 0.0)
		return false;
	if (!events_null && events != 0.0)
		state->problems |= is_count(events) ? EVENTS_WITHOUT_POPULATION : EVENTS_NOT_A_COUNT;
	state->left_out++;
	return true;
}

/*
 * dsr(events, population, standard[, multiplier, confidence]) returns estimate
 *		Directly standardised rate, sum(x w / n) / sum(w), with Dobson's limits
 *		(Dobson and others 1991) by Byar's limits of the total; none for fewer
 *		than 10 events.
 */
Datum
dsr_accum(PG_FUNCTION_ARGS)
{
	DemandSums *state = demand_sums_argument(fcinfo, 100000.0, PG_NARGS() > 4 ? 4 : 0, PG_NARGS() > 4 ? 5 : 0);
	double		events = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);
	double		population = PG_ARGISNULL(2) ? 0.0 : PG_GETARG_FLOAT8(2);
	double		standard = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);

	if (likely(is_count(events) && population > 0.0 && is_count(population) && is_count(standard) && !PG_ARGISNULL(1)))
	{
		add_stratum(state, events, events, population, standard);
		PG_RETURN_POINTER(state);
	}
	if (!is_count(standard))
		state->problems |= STANDARD_NOT_A_COUNT;
	if (!stratum_is_empty(state, PG_ARGISNULL(2), population, PG_ARGISNULL(1), events))
	{
		state->rows++;
		if (!is_count(population))
			state->problems |= POPULATION_NOT_A_COUNT;
		if (PG_ARGISNULL(1))
			state->problems |= EVENTS_NOT_KNOWN;
		else if (!is_count(events))
			state->problems |= EVENTS_NOT_A_COUNT;
	}
	PG_RETURN_POINTER(state);
}

/*
 * dsr(people_by_frequency float8[], population, standard[, multiplier,
 * confidence]) returns estimate
 *		The same where people are counted more than once: element k of the array
 *		is the number of people with k events.  The variance is that of a
 *		compound Poisson count, sum over k of k^2 times the people with k events.
 */
Datum
dsr_repeated_accum(PG_FUNCTION_ARGS)
{
	DemandSums *state = demand_sums_argument(fcinfo, 100000.0, PG_NARGS() > 4 ? 4 : 0, PG_NARGS() > 4 ? 5 : 0);
	double		population = PG_ARGISNULL(2) ? 0.0 : PG_GETARG_FLOAT8(2);
	double		standard = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);
	bool		unknown = PG_ARGISNULL(1);
	double		events = 0.0;
	double		squares = 0.0;

	if (!unknown)
	{
		ArrayType  *people = PG_GETARG_ARRAYTYPE_P(1);
		ArrayIterator iterator = array_create_iterator(people, 0, NULL);
		Datum		value;
		bool		missing;

		/* Element k of the array as written, whatever its lower bound. */
		for (int k = 1; array_iterate(iterator, &value, &missing); k++)
		{
			CHECK_FOR_INTERRUPTS();
			if (missing)
				unknown = true;
			else
			{
				double		number = DatumGetFloat8(value);

				if (!is_count(number))
					events = NAN;
				events += k * number;
				squares += (double) k * k * number;
			}
		}
		array_free_iterator(iterator);
		if (ARR_NDIM(people) > 1)
			events = NAN;
		PG_FREE_IF_COPY(people, 1);
	}
	if (!unknown && is_count(events) && is_count(squares) && population > 0.0 && is_count(population) && is_count(standard))
	{
		add_stratum(state, events, squares, population, standard);
		PG_RETURN_POINTER(state);
	}
	if (!is_count(standard))
		state->problems |= STANDARD_NOT_A_COUNT;
	if (!stratum_is_empty(state, PG_ARGISNULL(2), population, unknown, events))
	{
		state->rows++;
		if (!is_count(population))
			state->problems |= POPULATION_NOT_A_COUNT;
		if (unknown)
			state->problems |= EVENTS_NOT_KNOWN;
		else if (!is_count(events) || !is_count(squares))
			state->problems |= EVENTS_NOT_A_COUNT;
	}
	PG_RETURN_POINTER(state);
}

Datum
dsr_final(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	DemandSums *state;
	EstimateMethod method = demand_sums_final(fcinfo, cache, &state);
	double		events;
	double		weights;
	Limits		limits;

	if (method != METHOD_COUNT)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, method);
	weights = ws_sum_value(&state->sum[3]);
	events = ws_sum_value(&state->sum[0]);
	if (!(weights > 0.0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN,
							 state->rows == 0 ? METHOD_NO_POPULATION : METHOD_NO_STANDARD);
	if (events < EXACT_BELOW)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_FEW_EVENTS);
	dobson_limits(events, ws_sum_value(&state->sum[1]), ws_sum_value(&state->sum[2]), weights,
				  state->multiplier, cache->z, &limits);
	if (!isfinite(limits.upper) || !isfinite(limits.lower))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_OUT_OF_RANGE);
	return estimate_form(cache, fcinfo, limits.value, limits.lower, limits.upper,
						 state->left_out > 0 ? METHOD_DOBSON_PARTLY : METHOD_DOBSON);
}

/*
 * isr and isr_ratio(events, population, reference_events, reference_population
 * [, multiplier, confidence]) return estimate
 *		Indirectly standardised: observed O, expected E = sum(n R / N).  isr is
 *		O / E times the reference's own rate times the multiplier (100,000);
 *		isr_ratio is O / E times the multiplier (1).  Limits as of a rate, by
 *		those of O: exact Poisson below 10, Byar's from 10.
 */
static Datum
indirect_accum(FunctionCallInfo fcinfo, double multiplier)
{
	DemandSums *state = demand_sums_argument(fcinfo, multiplier, PG_NARGS() > 5 ? 5 : 0, PG_NARGS() > 5 ? 6 : 0);
	double		events = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);
	double		population = PG_ARGISNULL(2) ? 0.0 : PG_GETARG_FLOAT8(2);
	double		reference_events = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);
	double		reference_population = PG_ARGISNULL(4) ? 0.0 : PG_GETARG_FLOAT8(4);
	bool		empty = stratum_is_empty(state, PG_ARGISNULL(2), population, PG_ARGISNULL(1), events);

	if (!empty)
	{
		state->rows++;
		if (!is_count(population))
			state->problems |= POPULATION_NOT_A_COUNT;
		if (PG_ARGISNULL(1))
			state->problems |= EVENTS_NOT_KNOWN;
		else if (!is_count(events))
			state->problems |= EVENTS_NOT_A_COUNT;
	}
	if (reference_population == 0.0)
	{
		if (!empty)
			state->problems |= NO_REFERENCE;
	}
	else if (!is_count(reference_population) || !is_count(reference_events))
		state->problems |= REFERENCE_NOT_A_COUNT;
	else
	{
		add_to_sum(state, 2, reference_events);
		add_to_sum(state, 3, reference_population);
		if (!empty && is_count(population) && is_count(events))
		{
			add_to_sum(state, 0, events);
			add_to_sum(state, 1, population * (reference_events / reference_population));
		}
	}
	PG_RETURN_POINTER(state);
}

Datum
isr_accum(PG_FUNCTION_ARGS)
{
	return indirect_accum(fcinfo, 100000.0);
}

Datum
isr_ratio_accum(PG_FUNCTION_ARGS)
{
	return indirect_accum(fcinfo, 1.0);
}

static Datum
indirect_final(FunctionCallInfo fcinfo, bool rate)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	DemandSums *state;
	EstimateMethod method = demand_sums_final(fcinfo, cache, &state);
	double		events;
	double		expected;
	double		factor;
	double		lower;
	double		upper;

	if (method != METHOD_COUNT)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, method);
	if (state->rows == 0)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_POPULATION);
	events = ws_sum_value(&state->sum[0]);
	expected = ws_sum_value(&state->sum[1]);
	if (!(expected > 0.0))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_EXPECTED);
	factor = state->multiplier / expected;
	if (rate)
		factor *= ws_sum_value(&state->sum[2]) / ws_sum_value(&state->sum[3]);
	estimate_count_limits(cache, events, &lower, &upper, &method);
	if (!isfinite(upper * factor))
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_OUT_OF_RANGE);
	return estimate_form(cache, fcinfo, events * factor, lower * factor, upper * factor, method);
}

Datum
isr_final(PG_FUNCTION_ARGS)
{
	return indirect_final(fcinfo, true);
}

Datum
isr_ratio_final(PG_FUNCTION_ARGS)
{
	return indirect_final(fcinfo, false);
}
