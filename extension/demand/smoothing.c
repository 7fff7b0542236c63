/*
 * smoothing.c
 *		The spread of rates over areas, and empirical Bayes rates.
 */
#include "demand/demand_sums.h"

#include <math.h>

#include "access/htup_details.h"
#include "executor/executor.h"

PG_FUNCTION_INFO_V1(rate_spread_accum);
PG_FUNCTION_INFO_V1(rate_spread_final);
PG_FUNCTION_INFO_V1(empirical_bayes);

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
	DemandSums *state = demand_sums_argument(fcinfo, 1.0, 0, 0);
	double		events;
	double		population;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	events = PG_GETARG_FLOAT8(1);
	population = PG_GETARG_FLOAT8(2);
	if (!is_count(events) || !is_count(population) || population == 0.0)
		PG_RETURN_POINTER(state);
	state->rows++;
	add_to_sum(state, 0, events);
	add_to_sum(state, 1, population);
	add_to_sum(state, 2, events * (events / population));
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

/*
 * empirical_bayes(events, population, overall rate_spread) returns float8
 *		The area's rate drawn towards the overall rate r, the more so the fewer
 *		people it has: w e/b + (1 - w) r with w = s2 / (s2 + r / b) (Marshall
 *		1991).  No population gives r itself; NULL where the events are missing
 *		or no count, or nothing is known of the rest.
 */
Datum
empirical_bayes(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row;
	Datum		datum;
	bool		missing;
	double		rate;
	double		variance;
	double		events = 0.0;
	double		population;
	double		noise;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	row = PG_GETARG_HEAPTUPLEHEADER(2);
	datum = GetAttributeByNum(row, 1, &missing);
	if (missing)
		PG_RETURN_NULL();
	rate = DatumGetFloat8(datum);
	datum = GetAttributeByNum(row, 2, &missing);
	if (missing)
		PG_RETURN_NULL();
	variance = DatumGetFloat8(datum);
	population = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);
	if (!PG_ARGISNULL(0))
		events = PG_GETARG_FLOAT8(0);
	if (!(events >= 0.0) || isinf(events) || !(population >= 0.0) || isinf(population) ||
		!(rate >= 0.0) || isinf(rate) || !(variance >= 0.0) || isinf(variance))
		PG_RETURN_NULL();
	if (population == 0.0)
	{
		/* events among nobody say nothing; nor do none among nobody */
		if (events > 0.0)
			PG_RETURN_NULL();
		PG_RETURN_FLOAT8(rate);
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	noise = rate / population;
	if (variance + noise == 0.0)
		PG_RETURN_FLOAT8(rate);
	PG_RETURN_FLOAT8(rate + variance / (variance + noise) * (events / population - rate));
}
