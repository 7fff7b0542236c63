/*
 * slope_aggregates.c
 *		The slope and relative index of inequality.  The state keeps the rows;
 *		they are sorted at the end by all that they hold, so the order in which
 *		they came does not matter.
 */
#include "demand/demand.h"

#include <math.h>

#include "demand/demand_core.h"
#include "interrupts.h"
#include "libpq/pqformat.h"
#include "shown.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(slope_accum);
PG_FUNCTION_INFO_V1(slope_combine);
PG_FUNCTION_INFO_V1(slope_serialize);
PG_FUNCTION_INFO_V1(slope_deserialize);
PG_FUNCTION_INFO_V1(sii_final);
PG_FUNCTION_INFO_V1(rii_final);

typedef struct SlopeState
{
	MemoryContext context;
	int64		count;
	int64		room;
	SlopeScale	scale;
	double		confidence;
	bool		bad_population;
	SlopeRow   *rows;
}			SlopeState;

/* A state is sent as one value, which holds less than 1 GB. */
#define MOST_ROWS_SENT ((int64) ((MaxAllocSize - 1024) / sizeof(SlopeRow)))

static SlopeState *
new_state(MemoryContext context, int64 room)
{
	SlopeState *state = MemoryContextAllocZero(context, sizeof(SlopeState));

	state->context = context;
	state->room = room;
	state->rows = MemoryContextAllocHuge(context, room * sizeof(SlopeRow));
	return state;
}

static void
make_room(SlopeState *state, int64 more)
{
	if (state->count + more <= state->room)
		return;
	state->room = Max(2 * state->room, state->count + more);
	state->rows = repalloc_huge(state->rows, state->room * sizeof(SlopeRow));
}

static SlopeScale
scale_argument(text *word)
{
	const char *p = VARDATA_ANY(word);
	size_t		length = VARSIZE_ANY_EXHDR(word);

	if (length == 6 && memcmp(p, "linear", 6) == 0)
		return SLOPE_LINEAR;
	if (length == 3 && memcmp(p, "log", 3) == 0)
		return SLOPE_LOG;
	if (length == 5 && memcmp(p, "logit", 5) == 0)
		return SLOPE_LOGIT;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("scale \"%s\" is not known", shown_text(text_to_cstring(word))),
			 errdetail("The scale says how values are transformed before the line is fitted."),
			 errhint("Write linear, log (for rates) or logit (for proportions).")));
	return SLOPE_LINEAR;		/* not reached */
}

/*
 * sii and rii(rank, value, lower, upper, population[, scale, confidence])
 *		One row a quantile or area.  The limits are those of the value, at this
 *		confidence.  A row without rank or population is left out; a population
 *		that is no count makes the answer NULL.
 */
Datum
slope_accum(PG_FUNCTION_ARGS)
{
	SlopeState *state;
	SlopeScale	scale = SLOPE_LINEAR;
	double		confidence = 0.95;
	double		population;
	SlopeRow   *row;

	if (PG_NARGS() > 6)
	{
		if (PG_ARGISNULL(6) || PG_ARGISNULL(7))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("scale and confidence must not be null"),
					 errdetail("They hold for the whole group."),
					 errhint("Leave both out for a linear scale and 0.95.")));
		scale = scale_argument(PG_GETARG_TEXT_PP(6));
		confidence = PG_GETARG_FLOAT8(7);
	}
	if (PG_ARGISNULL(0))
	{
		MemoryContext context;

		if (!AggCheckCallContext(fcinfo, &context))
			elog(ERROR, "aggregate function called in non-aggregate context");
		state = new_state(context, 10);
		state->scale = scale;
		state->confidence = confidence_argument(confidence);
	}
	else
	{
		state = (SlopeState *) PG_GETARG_POINTER(0);
		if (state->scale != scale || state->confidence != confidence)
			group_setting_differs("scale");
	}
	if (PG_ARGISNULL(1) || PG_ARGISNULL(5) || isnan(PG_GETARG_FLOAT8(1)))
		PG_RETURN_POINTER(state);
	population = PG_GETARG_FLOAT8(5);
	if (population == 0.0)
		PG_RETURN_POINTER(state);
	if (!(population > 0.0) || isinf(population))
	{
		state->bad_population = true;
		PG_RETURN_POINTER(state);
	}
	make_room(state, 1);
	row = &state->rows[state->count++];
	row->rank = PG_GETARG_FLOAT8(1);
	row->value = PG_ARGISNULL(2) ? NAN : PG_GETARG_FLOAT8(2);
	row->lower = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);
	row->upper = PG_ARGISNULL(4) ? NAN : PG_GETARG_FLOAT8(4);
	row->population = population;
	PG_RETURN_POINTER(state);
}

Datum
slope_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	SlopeState *state;
	SlopeState *other;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = PG_ARGISNULL(0) ? NULL : (SlopeState *) PG_GETARG_POINTER(0);
	other = PG_ARGISNULL(1) ? NULL : (SlopeState *) PG_GETARG_POINTER(1);
	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
	{
		state = new_state(context, Max(other->count, 1));
		state->scale = other->scale;
		state->confidence = other->confidence;
	}
	else if (state->scale != other->scale || state->confidence != other->confidence)
		group_setting_differs("scale");
	make_room(state, other->count);
	memcpy(state->rows + state->count, other->rows, other->count * sizeof(SlopeRow));
	state->count += other->count;
	state->bad_population |= other->bad_population;
	PG_RETURN_POINTER(state);
}

Datum
slope_serialize(PG_FUNCTION_ARGS)
{
	SlopeState *state;
	StringInfoData buffer;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = (SlopeState *) PG_GETARG_POINTER(0);
	if (state->count > MOST_ROWS_SENT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows for an index of inequality in parallel workers"),
				 errdetail("A worker can hand over at most %lld rows of a group; there are %lld.",
						   (long long) MOST_ROWS_SENT, (long long) state->count),
				 errhint("Give one row a quantile or area, or set max_parallel_workers_per_gather to 0.")));
	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, state->count);
	pq_sendbyte(&buffer, state->scale);
	pq_sendbyte(&buffer, state->bad_population);
	pq_sendfloat8(&buffer, state->confidence);
	/* Between processes of one server the rows go as they lie. */
	pq_sendbytes(&buffer, (const char *) state->rows, state->count * sizeof(SlopeRow));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
slope_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *packed;
	StringInfoData buffer;
	SlopeState *state;
	int64		count;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	packed = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
	count = pq_getmsgint64(&buffer);
	if (count < 0 || count > (int64) (buffer.len / sizeof(SlopeRow)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid state of an index of inequality")));
	state = new_state(CurrentMemoryContext, Max(count, 1));
	state->count = count;
	state->scale = pq_getmsgbyte(&buffer);
	state->bad_population = pq_getmsgbyte(&buffer) != 0;
	state->confidence = pq_getmsgfloat8(&buffer);
	memcpy(state->rows, pq_getmsgbytes(&buffer, count * sizeof(SlopeRow)), count * sizeof(SlopeRow));
	pq_getmsgend(&buffer);
	pfree(buffer.data);
	PG_RETURN_POINTER(state);
}

/* The sort is the server's and needs no memory of its own: it may be left by an error. */
static int
compare_rows(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return slope_row_compare(a, b);
}

static Datum
slope_final(FunctionCallInfo fcinfo, bool relative)
{
	EstimateCache *cache = estimate_cache(fcinfo);
	SlopeState *state = PG_ARGISNULL(0) ? NULL : (SlopeState *) PG_GETARG_POINTER(0);
	Limits		sii;
	Limits		rii;
	Limits	   *limits = relative ? &rii : &sii;
	SlopeStatus sii_status;
	SlopeStatus rii_status;
	EstimateMethod method = METHOD_SLOPE;

	if (state == NULL)
	{
		cache->confidence = NAN;
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_ROWS);
	}
	estimate_set_confidence(cache, state->confidence);
	if (state->bad_population)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_POPULATION_NOT_A_COUNT);
	if (state->count == 0)
		return estimate_form(cache, fcinfo, NAN, NAN, NAN, METHOD_NO_POPULATION);
	qsort(state->rows, state->count, sizeof(SlopeRow), compare_rows);
	slope_indices(state->rows, state->count, state->scale, cache->z, &sii, &sii_status, &rii, &rii_status,
				  stop_for_interrupts);
	switch (relative ? rii_status : sii_status)
	{
		case SLOPE_OK:
			if (state->scale == SLOPE_LINEAR)
				method = relative ? METHOD_SLOPE_FIELLER : METHOD_SLOPE;
			else
				method = state->scale == SLOPE_LOG ? METHOD_SLOPE_LOG : METHOD_SLOPE_LOGIT;
			break;
		case SLOPE_TOO_FEW:
			method = METHOD_SLOPE_TOO_FEW;
			break;
		case SLOPE_VALUE:
			method = METHOD_SLOPE_VALUE;
			break;
		case SLOPE_NO_LIMITS:
			method = METHOD_SLOPE_NO_LIMITS;
			break;
		case SLOPE_UNBOUNDED:
			method = METHOD_SLOPE_UNBOUNDED;
			break;
		case SLOPE_STOPPED:
			/* stop_for_interrupts() raises instead. */
			break;
	}
	return estimate_form(cache, fcinfo, limits->value, limits->lower, limits->upper, method);
}

/*
 * sii_final: the slope index, the value at the least deprived end of the line
 * less that at the most deprived end.
 */
Datum
sii_final(PG_FUNCTION_ARGS)
{
	return slope_final(fcinfo, false);
}

/* rii_final: the relative index, the one value divided by the other. */
Datum
rii_final(PG_FUNCTION_ARGS)
{
	return slope_final(fcinfo, true);
}
