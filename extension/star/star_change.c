/*
 * star_change.c
 *		The change from one star to another: latest - baseline, how many scales
 *		improved, and the reliable change index.
 */
#include "star/star.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(star_difference);
PG_FUNCTION_INFO_V1(star_changes);
PG_FUNCTION_INFO_V1(star_improved);
PG_FUNCTION_INFO_V1(star_maintained);
PG_FUNCTION_INFO_V1(star_declined);
PG_FUNCTION_INFO_V1(star_reliable_change);

/*
 * latest - baseline, an operator: star_change
 *		Missing on either side is missing.  22023 naming both if they are of
 *		different instruments.
 */
Datum
star_difference(PG_FUNCTION_ARGS)
{
	StarBytes	latest = PG_GETARG_STAR_BYTES(0);
	StarBytes	baseline = PG_GETARG_STAR_BYTES(1);
	StarKind	to = star_kind_of(latest, false);
	StarKind	from = star_kind_of(baseline, false);
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error;

	if (star_subtract(latest.data, latest.length, baseline.data, baseline.length, bytes, &length,
					  &error) != STAR_OK)
		star_raise_unlike(&to, &from);
	return star_datum(bytes, length);
}

/* star_scores(star_change) returns smallint[]: the changes, NULL if missing */
Datum
star_changes(PG_FUNCTION_ARGS)
{
	StarBytes	change = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(change, true);
	Datum		values[STAR_MAX_SCALES];
	bool		nulls[STAR_MAX_SCALES];
	int			dims = kind.scale_count;
	int			lower_bound = 1;

	for (int i = 0; i < kind.scale_count; i++)
	{
		int32_t		value = star_change_at(&kind, change.data, i);

		nulls[i] = value == STAR_NOT_GIVEN;
		values[i] = nulls[i] ? (Datum) 0 : Int16GetDatum((int16) value);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &dims, &lower_bound, INT2OID, 2,
											 true, TYPALIGN_SHORT));
}

/* 22023 unless the least change that counts is 1 or more. */
void
star_check_threshold(int32 threshold)
{
	if (threshold < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be 1 or more, not %d", threshold),
				 errdetail("It is the least change, in points, that counts as improved or declined.")));
}

typedef struct Counts
{
	int			improved;
	int			maintained;
	int			declined;
} Counts;

static Counts
count_changes(FunctionCallInfo fcinfo)
{
	StarBytes	change = PG_GETARG_STAR_BYTES(0);
	int32		threshold = PG_GETARG_INT32(1);
	StarKind	kind = star_kind_of(change, true);
	Counts		counts;

	star_check_threshold(threshold);
	star_count_changes(&kind, change.data, threshold, &counts.improved, &counts.maintained,
					   &counts.declined);
	return counts;
}

/*
 * star_improved(star_change, threshold int DEFAULT 1) returns int
 *		The number of scales on which the change for the better is at least the
 *		threshold; which end is better is the scale's.
 */
Datum
star_improved(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(count_changes(fcinfo).improved);
}

/* star_maintained(star_change, threshold int DEFAULT 1) returns int: changed by less */
Datum
star_maintained(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(count_changes(fcinfo).maintained);
}

/* star_declined(star_change, threshold int DEFAULT 1) returns int */
Datum
star_declined(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(count_changes(fcinfo).declined);
}

/*
 * One number a scale, or one for all of them.  Fills missing[] where NULL was
 * given.
 */
static void
numbers_by_scale(ArrayType *array, const StarKind *kind, const char *what, double *numbers,
				 bool *missing)
{
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be an array of one dimension, not %d", what, ARR_NDIM(array))));
	deconstruct_array(array, FLOAT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &count);
	if (count != 1 && count != kind->scale_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has %d elements", what, count),
				 errdetail("%.*s has %d scales: one element for each is expected, or one for all.",
						   kind->name_length, kind->name, kind->scale_count)));
	for (int i = 0; i < kind->scale_count; i++)
	{
		int			from = count == 1 ? 0 : i;

		missing[i] = nulls[from];
		numbers[i] = nulls[from] ? 0 : DatumGetFloat8(values[from]);
	}
}

/*
 * star_reliable_change(baseline, latest, sd float8[], reliability float8[])
 *		returns float8[]
 *		The reliable change index of each scale: change / (sd * sqrt(2) *
 *		sqrt(1 - reliability)), with the sign of the change.  Beyond 1.96 either
 *		way it is reliable at 95%.  NULL where a score, sd or reliability is.
 *		Jacobson and Truax 1991.
 */
Datum
star_reliable_change(PG_FUNCTION_ARGS)
{
	StarBytes	baseline = PG_GETARG_STAR_BYTES(0);
	StarBytes	latest = PG_GETARG_STAR_BYTES(1);
	StarKind	from = star_kind_of(baseline, false);
	StarKind	to = star_kind_of(latest, false);
	double		sd[STAR_MAX_SCALES];
	double		reliability[STAR_MAX_SCALES];
	bool		no_sd[STAR_MAX_SCALES];
	bool		no_reliability[STAR_MAX_SCALES];
	Datum		values[STAR_MAX_SCALES];
	bool		nulls[STAR_MAX_SCALES];
	int			dims = from.scale_count;
	int			lower_bound = 1;

	if (!star_same_kind(&from, &to))
		star_raise_unlike(&from, &to);
	numbers_by_scale(PG_GETARG_ARRAYTYPE_P(2), &from, "sd", sd, no_sd);
	numbers_by_scale(PG_GETARG_ARRAYTYPE_P(3), &from, "reliability", reliability, no_reliability);
	for (int i = 0; i < from.scale_count; i++)
	{
		int32_t		x = star_score_at(&from, baseline.data, i);
		int32_t		y = star_score_at(&to, latest.data, i);

		if (!no_sd[i] && !(sd[i] > 0 && isfinite(sd[i])))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("sd must be above 0 and finite, not %g", sd[i]),
					 errdetail("It is the standard deviation of the baseline scores of scale %d.", i + 1)));
		if (!no_reliability[i] && !(reliability[i] >= 0 && reliability[i] < 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("reliability must be at least 0 and below 1, not %g", reliability[i]),
					 errdetail("With a reliability of 1 any change would be certain.")));
		nulls[i] = x == STAR_NOT_GIVEN || y == STAR_NOT_GIVEN || no_sd[i] || no_reliability[i];
		values[i] = nulls[i] ? (Datum) 0
			: Float8GetDatum((y - x) / (sd[i] * sqrt(2 * (1 - reliability[i]))));
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &dims, &lower_bound, FLOAT8OID, 8,
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
