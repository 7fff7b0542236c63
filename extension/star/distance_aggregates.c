/*
 * distance_aggregates.c
 *		distance_travelled, star_distance_merge and star_average.
 *
 * The states hold counts and sums of whole numbers alone, so that their result
 * does not depend on order or on the number of workers.
 */
#include "star/distance.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(distance_travelled_accumulate);
PG_FUNCTION_INFO_V1(star_distance_combine);
PG_FUNCTION_INFO_V1(star_distance_serialize);
PG_FUNCTION_INFO_V1(star_distance_deserialize);
PG_FUNCTION_INFO_V1(star_distance_final);
PG_FUNCTION_INFO_V1(star_distance_merge_accumulate);
PG_FUNCTION_INFO_V1(star_average_accumulate);
PG_FUNCTION_INFO_V1(star_average_combine);
PG_FUNCTION_INFO_V1(star_average_serialize);
PG_FUNCTION_INFO_V1(star_average_deserialize);
PG_FUNCTION_INFO_V1(star_average_final);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate support function called outside an aggregate");
	return context;
}

static StarDistance *
new_state(MemoryContext context, const StarKind *kind, const uint8_t *head)
{
	StarDistance *state = MemoryContextAlloc(context, sizeof(StarDistance));

	star_distance_begin(state, star_memory(context), kind, head);
	return state;
}

/* The codes of a star of the state's instrument; raises if it is of another. */
static inline const uint8_t *
codes_of(const StarDistance *state, StarBytes star)
{
	size_t		head_length = (size_t) state->kind.head_length;

	/* A published instrument's head is one byte. */
	if (unlikely(star.length != head_length + (size_t) state->kind.scale_count ||
				 star.data[0] != state->head[0] ||
				 (head_length > 1 && memcmp(star.data, state->head, head_length) != 0)))
	{
		StarKind	kind = star_kind_of(star, false);

		star_raise_unlike(&state->kind, &kind);
	}
	return star.data + head_length;
}

/*
 * distance_travelled_accumulate(internal, baseline outcome_star,
 *		latest outcome_star) returns internal
 *		A client with one star alone counts as unpaired; without any, not at
 *		all.  22023 if stars are of different instruments.
 */
Datum
distance_travelled_accumulate(PG_FUNCTION_ARGS)
{
	StarDistance *state = PG_ARGISNULL(0) ? NULL : (StarDistance *) PG_GETARG_POINTER(0);
	StarBytes	baseline = {0};
	StarBytes	latest = {0};

	if (!PG_ARGISNULL(1))
		baseline = PG_GETARG_STAR_BYTES(1);
	if (!PG_ARGISNULL(2))
		latest = PG_GETARG_STAR_BYTES(2);
	if (unlikely(baseline.data == NULL && latest.data == NULL))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (unlikely(state == NULL))
	{
		StarBytes	first = baseline.data != NULL ? baseline : latest;
		StarKind	kind = star_kind_of(first, false);

		state = new_state(aggregate_context(fcinfo), &kind, first.data);
	}
	star_distance_add(state,
					  baseline.data != NULL ? codes_of(state, baseline) : NULL,
					  latest.data != NULL ? codes_of(state, latest) : NULL);
	PG_RETURN_POINTER(state);
}

static void
absorb(StarDistance *state, const uint8_t *bytes, size_t length)
{
	StarStatus	status = star_distance_absorb(state, bytes, length);

	if (status == STAR_RANGE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("too many clients in a star_distance"),
				 errdetail("At most %lld are counted.", (long long) STAR_MAX_CLIENTS)));
	if (status != STAR_OK)
		star_raise_damaged_distance();
}

/* The state as bytes in the current memory context. */
static StarBuffer
encode(const StarDistance *state)
{
	StarDistance copy = *state;
	StarBuffer	buffer = {.memory = star_memory(CurrentMemoryContext)};

	/* What it needs on the way comes from here as well. */
	copy.memory = buffer.memory;
	star_distance_encode(&copy, &buffer);
	if (buffer.length > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("star_distance is too large"),
				 errdetail("It would take more than 1 GB.")));
	return buffer;
}

/* The state of valid bytes, or the sum of it and what is there. */
static StarDistance *
state_with(FunctionCallInfo fcinfo, StarDistance *state, StarBytes bytes)
{
	StarKind	kind;

	if (!star_read_head(bytes.data, bytes.length, &kind))
		star_raise_damaged_distance();
	if (state == NULL)
		state = new_state(aggregate_context(fcinfo), &kind, bytes.data);
	else if (!star_same_kind(&state->kind, &kind))
		star_raise_unlike(&state->kind, &kind);
	absorb(state, bytes.data, bytes.length);
	return state;
}

/* star_distance_combine(internal, internal) returns internal: the sum */
Datum
star_distance_combine(PG_FUNCTION_ARGS)
{
	StarDistance *state = PG_ARGISNULL(0) ? NULL : (StarDistance *) PG_GETARG_POINTER(0);
	StarBuffer	other;

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	other = encode((StarDistance *) PG_GETARG_POINTER(1));
	state = state_with(fcinfo, state, (StarBytes) {other.data, other.length});
	pfree(other.data);
	PG_RETURN_POINTER(state);
}

/* star_distance_serialize(internal) returns bytea: as star_distance is stored */
Datum
star_distance_serialize(PG_FUNCTION_ARGS)
{
	StarBuffer	buffer;

	aggregate_context(fcinfo);
	buffer = encode((StarDistance *) PG_GETARG_POINTER(0));
	return star_datum(buffer.data, buffer.length);
}

/* star_distance_deserialize(bytea, internal) returns internal */
Datum
star_distance_deserialize(PG_FUNCTION_ARGS)
{
	StarBytes	bytes = PG_GETARG_STAR_BYTES(0);
	StarDistance *state;
	StarKind	kind;

	aggregate_context(fcinfo);
	if (!star_read_head(bytes.data, bytes.length, &kind))
		star_raise_damaged_distance();
	state = new_state(CurrentMemoryContext, &kind, bytes.data);
	absorb(state, bytes.data, bytes.length);
	PG_RETURN_POINTER(state);
}

/* star_distance_final(internal) returns star_distance; NULL without a star */
Datum
star_distance_final(PG_FUNCTION_ARGS)
{
	StarBuffer	buffer;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	buffer = encode((StarDistance *) PG_GETARG_POINTER(0));
	return star_datum(buffer.data, buffer.length);
}

/*
 * star_distance_merge_accumulate(internal, star_distance) returns internal
 *		Adds a cohort.  22023 if it is of another instrument, 22003 beyond 2^40
 *		clients.
 */
Datum
star_distance_merge_accumulate(PG_FUNCTION_ARGS)
{
	StarDistance *state = PG_ARGISNULL(0) ? NULL : (StarDistance *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
		state = state_with(fcinfo, state, PG_GETARG_STAR_BYTES(1));
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* The state of star_average: for each scale the scores given and their sum. */
typedef struct AverageState
{
	uint8_t		head[STAR_MAX_HEAD];
	StarKind	kind;
	int64		answered[STAR_MAX_SCALES];
	int64		sums[STAR_MAX_SCALES];
} AverageState;

static AverageState *
average_state(MemoryContext context, const StarKind *kind, const uint8_t *head)
{
	AverageState *state = MemoryContextAllocZero(context, sizeof(AverageState));

	memcpy(state->head, head, (size_t) kind->head_length);
	star_read_head(state->head, (size_t) kind->head_length, &state->kind);
	return state;
}

/* star_average_accumulate(internal, outcome_star) returns internal */
Datum
star_average_accumulate(PG_FUNCTION_ARGS)
{
	AverageState *state = PG_ARGISNULL(0) ? NULL : (AverageState *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		StarBytes	star = PG_GETARG_STAR_BYTES(1);
		StarKind	kind = star_kind_of(star, false);

		if (state == NULL)
			state = average_state(aggregate_context(fcinfo), &kind, star.data);
		else if (!star_same_kind(&state->kind, &kind))
			star_raise_unlike(&state->kind, &kind);
		for (int i = 0; i < kind.scale_count; i++)
		{
			int32_t		score = star_score_at(&kind, star.data, i);

			if (score == STAR_NOT_GIVEN)
				continue;
			state->answered[i]++;
			state->sums[i] += score;
		}
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* star_average_combine(internal, internal) returns internal */
Datum
star_average_combine(PG_FUNCTION_ARGS)
{
	AverageState *state = PG_ARGISNULL(0) ? NULL : (AverageState *) PG_GETARG_POINTER(0);
	AverageState *other = PG_ARGISNULL(1) ? NULL : (AverageState *) PG_GETARG_POINTER(1);

	if (other != NULL)
	{
		if (state == NULL)
			state = average_state(aggregate_context(fcinfo), &other->kind, other->head);
		else if (!star_same_kind(&state->kind, &other->kind))
			star_raise_unlike(&state->kind, &other->kind);
		for (int i = 0; i < other->kind.scale_count; i++)
		{
			state->answered[i] += other->answered[i];
			state->sums[i] += other->sums[i];
		}
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* star_average_serialize(internal) returns bytea: the state without its pointers */
Datum
star_average_serialize(PG_FUNCTION_ARGS)
{
	AverageState *state = (AverageState *) PG_GETARG_POINTER(0);
	AverageState sent = *state;

	aggregate_context(fcinfo);
	memset(&sent.kind, 0, sizeof(sent.kind));
	return star_datum((uint8_t *) &sent, sizeof(sent));
}

/* star_average_deserialize(bytea, internal) returns internal */
Datum
star_average_deserialize(PG_FUNCTION_ARGS)
{
	StarBytes	bytes = PG_GETARG_STAR_BYTES(0);
	AverageState *state = palloc(sizeof(AverageState));

	aggregate_context(fcinfo);
	if (bytes.length != sizeof(AverageState))
		elog(ERROR, "a state of star_average has %zu bytes, not %zu", bytes.length, sizeof(AverageState));
	memcpy(state, bytes.data, sizeof(AverageState));
	if (!star_read_head(state->head, sizeof(state->head), &state->kind))
		elog(ERROR, "a state of star_average has no instrument");
	PG_RETURN_POINTER(state);
}

/* star_average_final(internal) returns float8[]: means of the scores given, NULL without */
Datum
star_average_final(PG_FUNCTION_ARGS)
{
	AverageState *state;
	Datum		values[STAR_MAX_SCALES];
	bool		nulls[STAR_MAX_SCALES];
	int			dims;
	int			lower_bound = 1;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (AverageState *) PG_GETARG_POINTER(0);
	dims = state->kind.scale_count;
	for (int i = 0; i < dims; i++)
	{
		nulls[i] = state->answered[i] == 0;
		values[i] = nulls[i] ? (Datum) 0
			: Float8GetDatum((double) state->sums[i] / (double) state->answered[i]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &dims, &lower_bound, FLOAT8OID, 8,
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
