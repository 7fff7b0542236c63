/*
 * spatial.c
 *		Clusters of areas: local Moran's I and Getis and Ord's G as functions of
 *		arrays.  Areas are put in the order of their type first, and everything
 *		follows that order: how the arrays were gathered makes no difference.
 */
#include "demand/demand.h"

#include <limits.h>
#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "demand/spatial_core.h"
#include "interrupts.h"
#include "rows.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(local_moran);
PG_FUNCTION_INFO_V1(getis_ord);
PG_FUNCTION_INFO_V1(benjamini_hochberg);

#define NOT_FOUND (-1)

/* The areas as given, in their order, and the numbers of those with a value. */
typedef struct Areas
{
	int			count;
	Datum	   *area;
	double	   *value;			/* NaN: none */
	int		   *sorted;			/* positions in area, in rising order */
	int32	   *number;			/* of each position among those with a value, or NOT_FOUND */
	TypeCacheEntry *type;
	Oid			collation;
	uint32		mask;			/* of the hash table below */
	int32	   *slot;			/* positions in area; NOT_FOUND: free */
}			Areas;

typedef struct Pair
{
	int32		from;
	int32		to;
	double		weight;
}			Pair;

static int
compare_areas(const void *a, const void *b, void *arg)
{
	Areas	   *areas = arg;

	CHECK_FOR_INTERRUPTS();
	return DatumGetInt32(FunctionCall2Coll(&areas->type->cmp_proc_finfo, areas->collation,
										   areas->area[*(const int *) a], areas->area[*(const int *) b]));
}

/* The slot in which an area lies, or would. */
static uint32
find_slot(Areas *areas, Datum area)
{
	uint32		at = DatumGetUInt32(FunctionCall1Coll(&areas->type->hash_proc_finfo, areas->collation, area)) & areas->mask;

	while (areas->slot[at] != NOT_FOUND &&
		   !DatumGetBool(FunctionCall2Coll(&areas->type->eq_opr_finfo, areas->collation,
										   areas->area[areas->slot[at]], area)))
		at = (at + 1) & areas->mask;
	return at;
}

static void
different_lengths(const char *one, const char *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
			 errmsg("%s and %s differ in length", one, other),
			 errdetail("The elements of both arrays belong together by their places."),
			 errhint("Gather both by array_agg from the same rows.")));
}

static Datum *
elements(ArrayType *array, TypeCacheEntry *type, bool **nulls, int *count)
{
	Datum	   *datums;

	deconstruct_array(array, type->type_id, type->typlen, type->typbyval, type->typalign, &datums, nulls, count);
	return datums;
}

/*
 * Reads arguments 0 and 1, the areas and their values; sorts the areas and
 * numbers those with a value, whose values become data's.
 */
static Areas *
read_areas(FunctionCallInfo fcinfo, SpatialData *data)
{
	Areas	   *areas = palloc0(sizeof(Areas));
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	bool	   *area_missing;
	bool	   *value_missing;
	Datum	   *values;
	int			value_count;
	double	   *compact;
	uint32		size = 16;

	areas->type = lookup_type_cache(ARR_ELEMTYPE(array), TYPECACHE_CMP_PROC_FINFO |
									TYPECACHE_HASH_PROC_FINFO | TYPECACHE_EQ_OPR_FINFO);
	areas->collation = PG_GET_COLLATION();
	if (!OidIsValid(areas->type->cmp_proc_finfo.fn_oid) ||
		!OidIsValid(areas->type->hash_proc_finfo.fn_oid) ||
		!OidIsValid(areas->type->eq_opr_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s can't be both sorted and hashed", format_type_be(ARR_ELEMTYPE(array))),
				 errdetail("Areas are looked up by their codes."),
				 errhint("Use gss_code, text or a whole number.")));
	areas->area = elements(array, areas->type, &area_missing, &areas->count);
	values = elements(PG_GETARG_ARRAYTYPE_P(1), lookup_type_cache(FLOAT8OID, 0), &value_missing, &value_count);
	if (value_count != areas->count)
		different_lengths("areas", "values");

	while (size < 2 * (uint32) areas->count)
		size *= 2;
	areas->mask = size - 1;
	areas->slot = palloc(size * sizeof(int32));
	memset(areas->slot, 0xff, size * sizeof(int32));
	areas->value = palloc(Max(areas->count, 1) * sizeof(double));
	areas->sorted = palloc(Max(areas->count, 1) * sizeof(int));
	areas->number = palloc(Max(areas->count, 1) * sizeof(int32));
	for (int i = 0; i < areas->count; i++)
	{
		uint32		at;

		CHECK_FOR_INTERRUPTS();
		if (area_missing[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("an area is null"),
					 errdetail("Each value belongs to an area."),
					 errhint("Leave out rows without an area.")));
		at = find_slot(areas, areas->area[i]);
		if (areas->slot[at] != NOT_FOUND)
		{
			Oid			output;
			bool		varlena;

			getTypeOutputInfo(areas->type->type_id, &output, &varlena);
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("area %s comes twice", OidOutputFunctionCall(output, areas->area[i])),
					 errdetail("Each area has one value."),
					 errhint("Sum or average its values first.")));
		}
		areas->slot[at] = i;
		areas->value[i] = value_missing[i] ? NAN : DatumGetFloat8(values[i]);
		if (fabs(areas->value[i]) > 1e150)
			areas->value[i] = NAN;
		areas->sorted[i] = i;
	}
	qsort_arg(areas->sorted, areas->count, sizeof(int), compare_areas, areas);
	compact = palloc(Max(areas->count, 1) * sizeof(double));
	data->n = 0;
	for (int i = 0; i < areas->count; i++)
	{
		int			position = areas->sorted[i];

		if (isnan(areas->value[position]))
			areas->number[position] = NOT_FOUND;
		else
		{
			areas->number[position] = data->n;
			compact[data->n++] = areas->value[position];
		}
	}
	data->value = compact;
	return areas;
}

static int
compare_pairs(const void *a, const void *b)
{
	const Pair *x = a;
	const Pair *y = b;

	CHECK_FOR_INTERRUPTS();
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->weight < y->weight ? -1 : x->weight > y->weight;
}

/*
 * Reads the pairs of neighbours, from_areas and to_areas at argument 2 and 3
 * and their weights, which may be missing.  Pairs with an area that is not
 * among the areas, or has no value, are left out; a pair given twice counts
 * once; an area beside itself gives only its own weight.
 */
static void
read_pairs(FunctionCallInfo fcinfo, Areas *areas, SpatialData *data, int weights_at)
{
	ArrayType  *from_array = PG_GETARG_ARRAYTYPE_P(2);
	ArrayType  *to_array = PG_GETARG_ARRAYTYPE_P(3);
	bool		weighted = !PG_ARGISNULL(weights_at);
	Datum	   *from;
	Datum	   *to;
	Datum	   *weight = NULL;
	bool	   *from_missing;
	bool	   *to_missing;
	bool	   *weight_missing = NULL;
	int			count;
	int			other_count;
	Pair	   *pairs;
	int64		kept = 0;
	int64	   *start;
	int32	   *neighbour;
	double	   *weights = NULL;
	double	   *self = NULL;

	from = elements(from_array, areas->type, &from_missing, &count);
	to = elements(to_array, areas->type, &to_missing, &other_count);
	if (count != other_count)
		different_lengths("from_areas", "to_areas");
	if (weighted)
	{
		weight = elements(PG_GETARG_ARRAYTYPE_P(weights_at), lookup_type_cache(FLOAT8OID, 0), &weight_missing, &other_count);
		if (count != other_count)
			different_lengths("from_areas", "weights");
		self = palloc(Max(data->n, 1) * sizeof(double));
		for (int i = 0; i < data->n; i++)
			self[i] = 1.0;
	}
	pairs = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(Pair));
	for (int i = 0; i < count; i++)
	{
		Pair	   *pair = &pairs[kept];
		int32		position;

		CHECK_FOR_INTERRUPTS();
		if (from_missing[i] || to_missing[i])
			continue;
		position = areas->slot[find_slot(areas, from[i])];
		if (position == NOT_FOUND || (pair->from = areas->number[position]) == NOT_FOUND)
			continue;
		position = areas->slot[find_slot(areas, to[i])];
		if (position == NOT_FOUND || (pair->to = areas->number[position]) == NOT_FOUND)
			continue;
		pair->weight = 1.0;
		if (weighted)
		{
			pair->weight = weight_missing[i] ? NAN : DatumGetFloat8(weight[i]);
			if (!(pair->weight >= 0.0) || pair->weight > 1e100)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("weight %g is not a number of at least 0", pair->weight),
						 errdetail("A weight says how near a neighbour is."),
						 errhint("Leave out pairs that are no neighbours.")));
			if (pair->weight == 0.0)
				continue;
		}
		if (pair->from == pair->to)
		{
			if (weighted)
				self[pair->from] = pair->weight;
			continue;
		}
		kept++;
	}
	qsort(pairs, kept, sizeof(Pair), compare_pairs);

	start = palloc0((data->n + 1) * sizeof(int64));
	neighbour = MemoryContextAllocHuge(CurrentMemoryContext, Max(kept, 1) * sizeof(int32));
	if (weighted)
		weights = MemoryContextAllocHuge(CurrentMemoryContext, Max(kept, 1) * sizeof(double));
	count = 0;
	for (int64 i = 0; i < kept; i++)
	{
		if (i > 0 && pairs[i].from == pairs[i - 1].from && pairs[i].to == pairs[i - 1].to)
			continue;
		neighbour[count] = pairs[i].to;
		if (weighted)
			weights[count] = pairs[i].weight;
		count++;
		start[pairs[i].from + 1] = count;
	}
	for (int i = 1; i <= data->n; i++)
		start[i] = Max(start[i], start[i - 1]);
	pfree(pairs);
	data->start = start;
	data->neighbour = neighbour;
	data->weight = weights;
	data->self_weight = self;
}

/* For benjamini_hochberg_adjust(). */
static RankedP *
ranking_room(int count)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, 2 * (Size) Max(count, 1) * sizeof(RankedP));
}

static int32
permutations_argument(FunctionCallInfo fcinfo, int at)
{
	int32		permutations = PG_GETARG_INT32(at);

	if (permutations < 0 || permutations > 10000000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of permutations %d is not between 0 and 10000000", permutations),
				 errdetail("The smallest p-value is 1 / (permutations + 1)."),
				 errhint("Write 999, or 0 for the normal approximation alone.")));
	return permutations;
}

static void
put(Datum *values, bool *nulls, int column, double x)
{
	values[column] = Float8GetDatum(x);
	nulls[column] = isnan(x);
}

static void
put_text(Datum *values, bool *nulls, int column, const char *word)
{
	nulls[column] = word == NULL;
	values[column] = word == NULL ? (Datum) 0 : CStringGetTextDatum(word);
}

/*
 * Does the work of both functions: reads, computes each area, adjusts the
 * p-values, and returns a row an area in the areas' order.
 */
static Datum
clusters(FunctionCallInfo fcinfo, bool moran, bool flag, int permutations_at)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SpatialData data = {0};
	SpatialMoments moments = {0};
	SpatialScratch scratch = {0};
	SpatialResult *results;
	Areas	   *areas;
	double	   *adjusted;
	int32		permutations = permutations_argument(fcinfo, permutations_at);
	uint64		seed = (uint64) PG_GETARG_INT64(permutations_at + 1);
	bool		varies;
	MemoryContext row_context;

	begin_rows(fcinfo);
	areas = read_areas(fcinfo, &data);
	read_pairs(fcinfo, areas, &data, permutations_at + 2);

	results = palloc0(Max(data.n, 1) * sizeof(SpatialResult));
	adjusted = palloc(Max(data.n, 1) * sizeof(double));
	scratch.deviation = palloc(Max(data.n, 1) * sizeof(double));
	scratch.order = palloc(Max(data.n, 1) * sizeof(int32));
	scratch.stamp = palloc0(Max(data.n, 1) * sizeof(uint32));
	scratch.drawn = palloc(Max(data.n, 1) * sizeof(int32));
	scratch.stop = stop_for_interrupts;
	varies = data.n >= 3 && spatial_moments(&data, &moments, &scratch);
	for (int i = 0; i < data.n; i++)
	{
		adjusted[i] = NAN;
		if (!varies || data.start[i + 1] == data.start[i])
			continue;
		CHECK_FOR_INTERRUPTS();
		if (moran)
			local_moran_area(&data, &moments, &scratch, i, flag, permutations, seed, &results[i]);
		else
			getis_ord_area(&data, &moments, &scratch, i, flag, permutations, seed, &results[i]);
		adjusted[i] = permutations > 0 ? results[i].p_permutation : results[i].p;
	}
	benjamini_hochberg_adjust(adjusted, data.n, ranking_room(data.n), stop_for_interrupts);

	row_context = AllocSetContextCreate(CurrentMemoryContext, "row of clusters", ALLOCSET_SMALL_SIZES);
	for (int i = 0; i < areas->count; i++)
	{
		int			position = areas->sorted[i];
		int32		number = areas->number[position];
		SpatialResult *result = number == NOT_FOUND ? NULL : &results[number];
		Datum		values[11];
		bool		nulls[11];
		int			column = 0;
		const char *status = "tested";
		const char *kind = NULL;
		MemoryContext old = MemoryContextSwitchTo(row_context);

		CHECK_FOR_INTERRUPTS();
		memset(nulls, true, sizeof(nulls));
		memset(values, 0, sizeof(values));
		values[column] = areas->area[position];
		nulls[column++] = false;
		put(values, nulls, column++, areas->value[position]);
		if (result == NULL)
			status = "no value";
		else if (data.n < 3)
			status = "fewer than three areas";
		else if (!varies)
			status = "values don't vary";
		else if (data.start[number + 1] == data.start[number])
			status = "no neighbours";
		else if (moran)
		{
			put(values, nulls, column++, result->statistic);
			put(values, nulls, column++, result->expected);
			put(values, nulls, column++, result->variance);
			put(values, nulls, column++, result->z);
			put(values, nulls, column++, result->p);
			put(values, nulls, column++, result->p_permutation);
			put(values, nulls, column++, adjusted[number]);
			kind = result->deviation >= 0.0 ? (result->lag >= 0.0 ? "HH" : "HL") : (result->lag >= 0.0 ? "LH" : "LL");
		}
		else
		{
			put(values, nulls, column++, result->z);
			put(values, nulls, column++, result->p);
			put(values, nulls, column++, result->p_permutation);
			put(values, nulls, column++, adjusted[number]);
			if (isnan(result->z))
				status = "no variation left";
			else
				kind = !(adjusted[number] <= 0.05) ? "not significant" : result->z > 0.0 ? "hot spot" : "cold spot";
		}
		column = moran ? 9 : 6;
		put_text(values, nulls, column++, kind);
		put_text(values, nulls, column++, status);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	return (Datum) 0;
}

/*
 * local_moran(areas, values, from_areas, to_areas, permutations, seed, weights,
 * row_standardised) returns a row an area
 *		I of each area (Anselin 1995), its mean, variance and z given the area's own
 *		value, p of z (both sides) and of the permutations (one side), the latter
 *		after Benjamini and Hochberg (or the former, without permutations), and the
 *		quadrant of Moran's scatter plot.
 */
Datum
local_moran(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < 6; i++)
		if (PG_ARGISNULL(i))
			return (Datum) (begin_rows(fcinfo), 0);
	return clusters(fcinfo, true, PG_ARGISNULL(7) || PG_GETARG_BOOL(7), 4);
}

/*
 * getis_ord(areas, values, from_areas, to_areas, star, permutations, seed,
 * weights) returns a row an area
 *		z of G_i* (or of G_i, if star is false) of each area (Ord and Getis 1995), p
 *		as of local_moran, and whether it is a hot or cold spot at a false discovery
 *		rate of 5%.
 */
Datum
getis_ord(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < 7; i++)
		if (PG_ARGISNULL(i))
			return (Datum) (begin_rows(fcinfo), 0);
	return clusters(fcinfo, false, PG_GETARG_BOOL(4), 5);
}

/*
 * benjamini_hochberg(p float8[]) returns float8[]
 *		p-values adjusted for their number, in their places, so that those below q
 *		have a false discovery rate of q (Benjamini and Hochberg 1995).  NULL and NaN
 *		are left out and stay; a p outside 0 to 1 is an error.
 */
Datum
benjamini_hochberg(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	TypeCacheEntry *type = lookup_type_cache(FLOAT8OID, 0);
	Datum	   *datums;
	bool	   *nulls;
	int			count;
	double	   *p;

	datums = elements(array, type, &nulls, &count);
	p = palloc(Max(count, 1) * sizeof(double));
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		p[i] = nulls[i] ? NAN : DatumGetFloat8(datums[i]);
		if (p[i] < 0.0 || p[i] > 1.0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("p-value %g is not between 0 and 1", p[i]),
					 errdetail("A p-value is a probability."),
					 errhint("Give the p-values themselves, not z or their logarithms.")));
	}
	benjamini_hochberg_adjust(p, count, ranking_room(count), stop_for_interrupts);
	for (int i = 0; i < count; i++)
		datums[i] = Float8GetDatum(p[i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(datums, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
											 FLOAT8OID, type->typlen, type->typbyval, type->typalign));
}
