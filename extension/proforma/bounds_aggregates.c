/*
 * bounds_aggregates.c
 *		bounds_sum and bounds_union, and Bounds as int4range.
 */
#include "proforma/bounds_range.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"

PG_FUNCTION_INFO_V1(bounds_accumulate);
PG_FUNCTION_INFO_V1(bounds_combine);
PG_FUNCTION_INFO_V1(bounds_serialize);
PG_FUNCTION_INFO_V1(bounds_deserialize);
PG_FUNCTION_INFO_V1(bounds_sum_final);
PG_FUNCTION_INFO_V1(bounds_union_final);

/* How int4range is compared and made: looked up once, since entries of the type cache stay as long as the process. */
TypeCacheEntry *
bounds_range_type(void)
{
	static TypeCacheEntry *type;

	if (type == NULL)
		type = lookup_type_cache(INT4RANGEOID, TYPECACHE_RANGE_INFO);
	return type;
}

Bounds
bounds_from_range(TypeCacheEntry *typcache, const RangeType *range)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	Bounds		bounds = BOUNDS_NOTHING_KNOWN;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty)
		return BOUNDS_CONTRADICTION;
	if (!lower.infinite)
		bounds.lower = (int64_t) DatumGetInt32(lower.val) + (lower.inclusive ? 0 : 1);
	if (!upper.infinite)
		bounds.upper = (int64_t) DatumGetInt32(upper.val) - (upper.inclusive ? 0 : 1);
	return bounds;
}

/*
 * An end that an integer can't hold is given as the nearest that is still
 * true: no upper limit, or at least the largest integer.
 */
RangeType *
bounds_to_range(TypeCacheEntry *typcache, Bounds bounds)
{
	RangeBound	lower = {.inclusive = true, .lower = true};
	RangeBound	upper = {0};

	if (bounds.upper < bounds.lower)
		return make_empty_range(typcache);
	lower.val = Int32GetDatum((int32) Min(bounds.lower, PG_INT32_MAX));
	upper.infinite = bounds.upper >= PG_INT32_MAX;
	if (!upper.infinite)
		upper.val = Int32GetDatum((int32) bounds.upper + 1);
	return make_range_compat(typcache, &lower, &upper, false);
}

static BoundsSum *
bounds_state(FunctionCallInfo fcinfo, const char *function)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "%s called outside an aggregate", function);
	if (PG_ARGISNULL(0))
		return MemoryContextAllocZero(context, sizeof(BoundsSum));
	return (BoundsSum *) PG_GETARG_POINTER(0);
}

/*
 * bounds_accumulate(internal, int4range) returns internal
 *		A missing range is a part of which nothing is known: [0,).
 */
Datum
bounds_accumulate(PG_FUNCTION_ARGS)
{
	BoundsSum  *sum = bounds_state(fcinfo, "bounds_accumulate");

	bounds_sum_part(sum, PG_ARGISNULL(1) ? BOUNDS_NOTHING_KNOWN :
					bounds_from_range(bounds_range_type(), PG_GETARG_RANGE_P(1)));
	PG_RETURN_POINTER(sum);
}

/* bounds_combine(internal, internal) returns internal: for parallel workers. */
Datum
bounds_combine(PG_FUNCTION_ARGS)
{
	BoundsSum  *sum;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	sum = bounds_state(fcinfo, "bounds_combine");
	bounds_sum_combine(sum, (const BoundsSum *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(sum);
}

Datum
bounds_serialize(PG_FUNCTION_ARGS)
{
	const BoundsSum *sum = (const BoundsSum *) PG_GETARG_POINTER(0);
	StringInfoData buffer;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "bounds_serialize called outside an aggregate");
	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, sum->sum_lower);
	pq_sendint64(&buffer, sum->max_lower);
	pq_sendint64(&buffer, sum->sum_upper);
	pq_sendbyte(&buffer, sum->contradiction);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
bounds_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	BoundsSum  *sum = palloc(sizeof(BoundsSum));
	StringInfoData buffer;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "bounds_deserialize called outside an aggregate");
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	sum->sum_lower = pq_getmsgint64(&buffer);
	sum->max_lower = pq_getmsgint64(&buffer);
	sum->sum_upper = pq_getmsgint64(&buffer);
	sum->contradiction = pq_getmsgbyte(&buffer) != 0;
	pq_getmsgend(&buffer);
	pfree(buffer.data);
	PG_RETURN_POINTER(sum);
}

/*
 * bounds_sum(int4range) returns int4range
 *		People in parts that share nobody.  Missing without rows; a part that
 *		is missing makes the upper end unlimited, an empty one the result empty.
 */
Datum
bounds_sum_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_RANGE_P(bounds_to_range(bounds_range_type(),
									  bounds_sum_disjoint((BoundsSum *) PG_GETARG_POINTER(0))));
}

/*
 * bounds_union(int4range) returns int4range
 *		Different people in parts that may share some.
 */
Datum
bounds_union_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_RANGE_P(bounds_to_range(bounds_range_type(),
									  bounds_sum_overlapping((BoundsSum *) PG_GETARG_POINTER(0))));
}
