/*
 * demand_aggregates.c
 *		Means, directly and indirectly standardised rates, and the spread of
 *		rates over areas.  All keep exact sums (statistics/exact_sum.h) and flags,
 *		so that any order and any sharing among workers gives the same bits; a
 *		row that makes no sense sets a flag, and the answer is NULL with the
 *		reason.
 */
#include "demand/demand.h"

#include <float.h>
#include <math.h>

#include "access/htup_details.h"
#include "demand/demand_core.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "statistics/exact_sum.h"
#include "statistics/statistics.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(demand_sums_combine);
PG_FUNCTION_INFO_V1(demand_sums_serialize);
PG_FUNCTION_INFO_V1(demand_sums_deserialize);
PG_FUNCTION_INFO_V1(mean_limits_accum);
PG_FUNCTION_INFO_V1(mean_limits_final);
PG_FUNCTION_INFO_V1(dsr_accum);
PG_FUNCTION_INFO_V1(dsr_repeated_accum);
PG_FUNCTION_INFO_V1(dsr_final);
PG_FUNCTION_INFO_V1(isr_accum);
PG_FUNCTION_INFO_V1(isr_ratio_accum);
PG_FUNCTION_INFO_V1(isr_final);
PG_FUNCTION_INFO_V1(isr_ratio_final);
PG_FUNCTION_INFO_V1(rate_spread_accum);
PG_FUNCTION_INFO_V1(rate_spread_final);

#define SUMS 4

typedef struct DemandSums
{
	MemoryContext context;		/* where the sums may grow */
	int64		rows;			/* that count */
	int64		left_out;		/* strata without population and without events */
	uint32		problems;		/* a bit for each of the list below */
	double		multiplier;
	double		confidence;
	WsSum		sum[SUMS];
}			DemandSums;

/* What can be wrong with a row; the first of those found is told. */
static const EstimateMethod problem_methods[] = {
	METHOD_NOT_A_NUMBER,
	METHOD_EVENTS_NOT_A_COUNT,
	METHOD_POPULATION_NOT_A_COUNT,
	METHOD_STANDARD_NOT_A_COUNT,
	METHOD_REFERENCE_NOT_A_COUNT,
	METHOD_EVENTS_NOT_KNOWN,
	METHOD_EVENTS_WITHOUT_POPULATION,
	METHOD_NO_REFERENCE,
};

typedef enum Problem
{
	NOT_A_NUMBER = 1 << 0,
	EVENTS_NOT_A_COUNT = 1 << 1,
	POPULATION_NOT_A_COUNT = 1 << 2,
	STANDARD_NOT_A_COUNT = 1 << 3,
	REFERENCE_NOT_A_COUNT = 1 << 4,
	EVENTS_NOT_KNOWN = 1 << 5,
	EVENTS_WITHOUT_POPULATION = 1 << 6,
	NO_REFERENCE = 1 << 7,
}			Problem;

/* The context of the state in hand, for the sums' allocator. */
static MemoryContext growing;

static void *
zeros(size_t size)
{
	return MemoryContextAllocZero(growing, size);
}

#define ADD(state, which, x) ws_sum_add(&(state)->sum[which], (x), zeros)

static DemandSums *
new_sums(MemoryContext context)
{
	DemandSums *state = MemoryContextAllocZero(context, sizeof(DemandSums));

	state->context = context;
	return state;
}

/*
 * The state, made at the first row.  The multiplier and the confidence stand at
 * the given arguments, or 0 for none: they must be the same in every row.
 */
static DemandSums *
sums_argument(FunctionCallInfo fcinfo, double multiplier, int multiplier_at, int confidence_at)
{
	DemandSums *state;
	double		confidence = 0.95;

	if (multiplier_at)
	{
		if (PG_ARGISNULL(multiplier_at) || PG_ARGISNULL(confidence_at))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("multiplier and confidence must not be null"),
					 errdetail("They hold for the whole group."),
					 errhint("Leave both out for 100000 and 0.95.")));
		multiplier = PG_GETARG_FLOAT8(multiplier_at);
	}
	if (confidence_at)
	{
		if (PG_ARGISNULL(confidence_at))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("confidence must not be null"),
					 errdetail("It holds for the whole group."),
					 errhint("Leave it out for 0.95.")));
		confidence = PG_GETARG_FLOAT8(confidence_at);
	}
	if (PG_ARGISNULL(0))
	{
		MemoryContext context;

		if (!AggCheckCallContext(fcinfo, &context))
			elog(ERROR, "aggregate function called in non-aggregate context");
		state = new_sums(context);
		state->multiplier = multiplier_argument(multiplier);
		if (!ws_confidence_is_valid(confidence))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("confidence %g is not between 0 and 1", confidence),
					 errdetail("Confidence is the share of intervals that hold the true value."),
					 errhint("Write 0.95 for 95%% limits, 0.998 for 99.8%% limits.")));
		state->confidence = confidence;
	}
	else
	{
		state = (DemandSums *) PG_GETARG_POINTER(0);
		if (unlikely(state->multiplier != multiplier || state->confidence != confidence))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("multiplier and confidence differ between the rows of a group"),
					 errdetail("They hold for the whole group."),
					 errhint("Group by them, or give constants.")));
	}
	growing = state->context;
	return state;
}

/* demand_sums_combine(internal, internal): the sums of both. */
Datum
demand_sums_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	DemandSums *state;
	DemandSums *other;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = PG_ARGISNULL(0) ? NULL : (DemandSums *) PG_GETARG_POINTER(0);
	other = PG_ARGISNULL(1) ? NULL : (DemandSums *) PG_GETARG_POINTER(1);
	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
	{
		state = new_sums(context);
		state->multiplier = other->multiplier;
		state->confidence = other->confidence;
	}
	else if (state->multiplier != other->multiplier || state->confidence != other->confidence)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("multiplier and confidence differ between the rows of a group"),
				 errdetail("They hold for the whole group."),
				 errhint("Group by them, or give constants.")));
	growing = state->context;
	state->rows += other->rows;
	state->left_out += other->left_out;
	state->problems |= other->problems;
	for (int i = 0; i < SUMS; i++)
		ws_sum_merge(&state->sum[i], &other->sum[i], zeros);
	PG_RETURN_POINTER(state);
}

/* demand_sums_serialize(internal) returns bytea */
Datum
demand_sums_serialize(PG_FUNCTION_ARGS)
{
	DemandSums *state;
	StringInfoData buffer;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = (DemandSums *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, state->rows);
	pq_sendint64(&buffer, state->left_out);
	pq_sendint32(&buffer, state->problems);
	pq_sendfloat8(&buffer, state->multiplier);
	pq_sendfloat8(&buffer, state->confidence);
	for (int i = 0; i < SUMS; i++)
	{
		int32		pieces[WS_SUM_WHOLE];
		uint8		flags;
		int			first = 0;
		int			last = WS_SUM_WHOLE - 1;

		/* Only the pieces between those that merely repeat zero or the sign. */
		ws_sum_pack(&state->sum[i], pieces, &flags);
		while (first < last && pieces[first] == 0)
			first++;
		while (last > first && pieces[last] == pieces[WS_SUM_WHOLE - 1])
			last--;
		pq_sendbyte(&buffer, flags);
		pq_sendbyte(&buffer, pieces[WS_SUM_WHOLE - 1] < 0);
		pq_sendbyte(&buffer, first);
		pq_sendbyte(&buffer, last);
		for (int p = first; p <= last; p++)
			pq_sendint32(&buffer, pieces[p]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* demand_sums_deserialize(bytea, internal) returns internal */
Datum
demand_sums_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *packed;
	StringInfoData buffer;
	DemandSums *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	packed = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));

	state = new_sums(CurrentMemoryContext);
	growing = state->context;
	state->rows = pq_getmsgint64(&buffer);
	state->left_out = pq_getmsgint64(&buffer);
	state->problems = pq_getmsgint(&buffer, 4);
	state->multiplier = pq_getmsgfloat8(&buffer);
	state->confidence = pq_getmsgfloat8(&buffer);
	for (int i = 0; i < SUMS; i++)
	{
		int32		pieces[WS_SUM_WHOLE];
		uint8		flags = pq_getmsgbyte(&buffer);
		int32		sign = pq_getmsgbyte(&buffer) ? -1 : 0;
		int			first = pq_getmsgbyte(&buffer);
		int			last = pq_getmsgbyte(&buffer);

		if (first > last || last >= WS_SUM_WHOLE)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid state of an exact sum")));
		for (int p = 0; p < WS_SUM_WHOLE; p++)
			pieces[p] = p < first ? 0 : p > last ? sign : (int32) pq_getmsgint(&buffer, 4);
		ws_sum_unpack(&state->sum[i], pieces, flags, zeros);
	}
	pq_getmsgend(&buffer);
	pfree(buffer.data);
	PG_RETURN_POINTER(state);
}

/*
 * What every final function begins with: the state and the confidence, or the
 * reason why there is no value.
 */
static EstimateMethod
begin_final(FunctionCallInfo fcinfo, EstimateCache *cache, DemandSums **state)
{
	*state = PG_ARGISNULL(0) ? NULL : (DemandSums *) PG_GETARG_POINTER(0);
	if (*state == NULL)
	{
		cache->confidence = NAN;
		return METHOD_NO_ROWS;
	}
	estimate_set_confidence(cache, (*state)->confidence);
	for (size_t i = 0; i < lengthof(problem_methods); i++)
		if ((*state)->problems & (1u << i))
			return problem_methods[i];
	return (*state)->rows == 0 && (*state)->left_out == 0 ? METHOD_NO_ROWS : METHOD_COUNT;
}

static bool
is_count(double x)
{
	return x >= 0.0 && x <= DBL_MAX;
}

/*
 * mean_limits(x float8[, confidence float8]) returns estimate
 *		The mean of what is not NULL, with Student's t limits on n - 1 degrees of
 *		freedom; no limits for a single value.
 */
Datum
mean_limits_accum(PG_FUNCTION_ARGS)
{
	DemandSums *state = sums_argument(fcinfo, 1.0, 0, PG_NARGS() > 2 ? 2 : 0);
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
	ADD(state, 0, x);

	/* The square and what its rounding lost: together exact. */
	square = x * x;
	ADD(state, 1, square);
	ADD(state, 1, fma(x, x, -square));
	PG_RETURN_POINTER(state);
}

Datum
mean_limits_final(PG_FUNCTION_ARGS)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	DemandSums *state;
	EstimateMethod method = begin_final(fcinfo, cache, &state);
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
	ADD(state, 0, events);
	ADD(state, 1, events * weight);
	ADD(state, 2, squares * weight * weight);
	ADD(state, 3, standard);
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
	DemandSums *state = sums_argument(fcinfo, 100000.0, PG_NARGS() > 4 ? 4 : 0, PG_NARGS() > 4 ? 5 : 0);
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
	DemandSums *state = sums_argument(fcinfo, 100000.0, PG_NARGS() > 4 ? 4 : 0, PG_NARGS() > 4 ? 5 : 0);
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
	EstimateMethod method = begin_final(fcinfo, cache, &state);
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
	DemandSums *state = sums_argument(fcinfo, multiplier, PG_NARGS() > 5 ? 5 : 0, PG_NARGS() > 5 ? 6 : 0);
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
		ADD(state, 2, reference_events);
		ADD(state, 3, reference_population);
		if (!empty && is_count(population) && is_count(events))
		{
			ADD(state, 0, events);
			ADD(state, 1, population * (reference_events / reference_population));
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
	EstimateMethod method = begin_final(fcinfo, cache, &state);
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

/*
 * rate_spread(events, population) returns rate_spread
 *		The overall rate of the areas and the variance of their true rates, for
 *		empirical_bayes (Marshall 1991): r = sum(e) / sum(b) and s2 = sum(b (r_i -
 *		r)^2) / sum(b) - r / mean(b), 0 where that is negative.  Areas without
 *		population, or whose events are missing or no count, are left out.
 */
Datum
rate_spread_accum(PG_FUNCTION_ARGS)
{
	DemandSums *state = sums_argument(fcinfo, 1.0, 0, 0);
	double		events;
	double		population;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	events = PG_GETARG_FLOAT8(1);
	population = PG_GETARG_FLOAT8(2);
	if (!is_count(events) || !is_count(population) || population == 0.0)
		PG_RETURN_POINTER(state);
	state->rows++;
	ADD(state, 0, events);
	ADD(state, 1, population);
	ADD(state, 2, events * (events / population));
	PG_RETURN_POINTER(state);
}

Datum
rate_spread_final(PG_FUNCTION_ARGS)
{
	DemandSums *state = PG_ARGISNULL(0) ? NULL : (DemandSums *) PG_GETARG_POINTER(0);
	TupleDesc	tupdesc;
	Datum		values[4];
	bool		nulls[4] = {false};
	double		population;
	double		rate;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != 4)
		elog(ERROR, "return type is not rate_spread");
	tupdesc = BlessTupleDesc(tupdesc);
	if (state == NULL || state->rows == 0)
	{
		nulls[0] = nulls[1] = nulls[2] = true;
		values[3] = Int64GetDatum(0);
		PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
	}
	population = ws_sum_value(&state->sum[1]);
	rate = ws_sum_value(&state->sum[0]) / population;
	values[0] = Float8GetDatum(rate);
	values[1] = Float8GetDatum(fmax(0.0, ws_sum_value(&state->sum[2]) / population - rate * rate -
									rate * (double) state->rows / population));
	values[2] = Float8GetDatum(population / (double) state->rows);
	values[3] = Int64GetDatum(state->rows);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
}
