/*
 * demand_sums.c
 *		The state of the aggregates of rates.
 */
#include "demand/demand_sums.h"

#include <math.h>

#include "libpq/pqformat.h"

PG_FUNCTION_INFO_V1(demand_sums_combine);
PG_FUNCTION_INFO_V1(demand_sums_serialize);
PG_FUNCTION_INFO_V1(demand_sums_deserialize);

/* By the bits of Problem; the first of those found is told. */
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

void *
demand_sums_zeros(void *context, size_t size)
{
	return MemoryContextAllocZero(context, size);
}

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
DemandSums *
demand_sums_argument(FunctionCallInfo fcinfo, double multiplier, int multiplier_at, int confidence_at)
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
		state->confidence = confidence_argument(confidence);
	}
	else
	{
		state = (DemandSums *) PG_GETARG_POINTER(0);
		if (unlikely(state->multiplier != multiplier || state->confidence != confidence))
			group_setting_differs("multiplier");
	}
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
		group_setting_differs("multiplier");
	state->rows += other->rows;
	state->left_out += other->left_out;
	state->problems |= other->problems;
	for (int i = 0; i < DEMAND_SUMS; i++)
		ws_sum_merge(&state->sum[i], &other->sum[i], demand_sums_allocator(state));
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
	for (int i = 0; i < DEMAND_SUMS; i++)
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
	state->rows = pq_getmsgint64(&buffer);
	state->left_out = pq_getmsgint64(&buffer);
	state->problems = pq_getmsgint(&buffer, 4);
	state->multiplier = pq_getmsgfloat8(&buffer);
	state->confidence = pq_getmsgfloat8(&buffer);
	for (int i = 0; i < DEMAND_SUMS; i++)
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
		ws_sum_unpack(&state->sum[i], pieces, flags, demand_sums_allocator(state));
	}
	pq_getmsgend(&buffer);
	pfree(buffer.data);
	PG_RETURN_POINTER(state);
}

/*
 * What every final function begins with: the state and the confidence, or the
 * reason why there is no value.
 */
EstimateMethod
demand_sums_final(FunctionCallInfo fcinfo, EstimateCache *cache, DemandSums **state)
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
