/*
 * star_functions.c
 *		What an outcome_star holds: its instrument, scores, mean, total, stage,
 *		and its JSON.
 */
#include "star/star.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "shown.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(outcome_star_make);
PG_FUNCTION_INFO_V1(star_instrument);
PG_FUNCTION_INFO_V1(star_scores);
PG_FUNCTION_INFO_V1(star_score_named);
PG_FUNCTION_INFO_V1(star_score_at_position);
PG_FUNCTION_INFO_V1(star_answered);
PG_FUNCTION_INFO_V1(star_mean);
PG_FUNCTION_INFO_V1(star_total);
PG_FUNCTION_INFO_V1(star_stage_named);
PG_FUNCTION_INFO_V1(star_stage_at_position);
PG_FUNCTION_INFO_V1(star_to_jsonb);
PG_FUNCTION_INFO_V1(star_from_jsonb);

static void
raise_unless_ok(StarStatus status, const StarError *error, const char *of)
{
	if (status == STAR_RANGE)
		ereport(ERROR,
				(star_sqlstate(status),
				 errmsg("score is out of range for instrument \"%s\"", shown_text(of)),
				 star_errdetail(error)));
	if (status != STAR_OK)
		ereport(ERROR,
				(star_sqlstate(status),
				 errmsg("scores don't make a star of instrument \"%s\"", shown_text(of)),
				 star_errdetail(error)));
}

/*
 * outcome_star(instrument text, scores int[]) returns outcome_star
 *		NULL among the scores is a score not given.  A local instrument is named
 *		with its range, as in goals[0-5].
 */
Datum
outcome_star_make(PG_FUNCTION_ARGS)
{
	text	   *instrument = PG_GETARG_TEXT_PP(0);
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	Datum	   *values;
	bool	   *nulls;
	int			count;
	int32_t		scores[STAR_MAX_SCALES];
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error = {0};
	StarStatus	status;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("scores must be an array of one dimension, not %d", ARR_NDIM(array))));
	deconstruct_array(array, INT4OID, 4, true, TYPALIGN_INT, &values, &nulls, &count);
	for (int i = 0; i < Min(count, STAR_MAX_SCALES); i++)
	{
		scores[i] = nulls[i] ? STAR_NOT_GIVEN : DatumGetInt32(values[i]);
		/* The mark of a missing score is no score that could be in range. */
		if (!nulls[i] && scores[i] == STAR_NOT_GIVEN)
			scores[i]++;
	}
	status = star_make(VARDATA_ANY(instrument), VARSIZE_ANY_EXHDR(instrument), scores, count, bytes,
					   &length, &error);
	raise_unless_ok(status, &error, text_to_cstring(instrument));
	return star_datum(bytes, length);
}

/* star_instrument(outcome_star) returns text; a local one's with its range */
Datum
star_instrument(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind;

	/* Of a star or a change: the head is the same. */
	if (!star_read_head(star.data, star.length, &kind))
		kind = star_kind_of(star, false);
	PG_RETURN_TEXT_P(star_kind_text(&kind));
}

/* star_scores(outcome_star) returns smallint[], NULL where not given */
Datum
star_scores(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);
	Datum		values[STAR_MAX_SCALES];
	bool		nulls[STAR_MAX_SCALES];
	int			dims = kind.scale_count;
	int			lower_bound = 1;

	for (int i = 0; i < kind.scale_count; i++)
	{
		int32_t		score = star_score_at(&kind, star.data, i);

		nulls[i] = score == STAR_NOT_GIVEN;
		values[i] = nulls[i] ? (Datum) 0 : Int16GetDatum((int16) score);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &dims, &lower_bound, INT2OID, 2,
											 true, TYPALIGN_SHORT));
}

/* The scale of that name, from 0; 22023 with the instrument's scales if none. */
int
star_scale_by_name(const StarKind *kind, text *name)
{
	int			scale = star_find_scale(kind, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	StringInfoData list;

	if (scale >= 0)
		return scale;
	initStringInfo(&list);
	for (int i = 0; kind->published != NULL && i < kind->scale_count; i++)
		appendStringInfo(&list, "%s\"%s\"", i == 0 ? "" : ", ", kind->published->scales[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown scale \"%s\" of instrument %.*s", shown_text(text_to_cstring(name)),
					kind->name_length, kind->name),
			 kind->published != NULL ? errdetail("Its scales are %s.", list.data)
			 : errdetail("Its scales have no names, but the numbers 1 to %d.", kind->scale_count),
			 errhint("A scale may be given by its name or by its number.")));
}

/* The same from its position, from 1. */
int
star_scale_by_position(const StarKind *kind, int32 position)
{
	if (position < 1 || position > kind->scale_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("instrument %.*s has no scale %d", kind->name_length, kind->name, position),
				 errdetail("Its scales are numbered 1 to %d.", kind->scale_count)));
	return position - 1;
}

static Datum
score(FunctionCallInfo fcinfo, const StarKind *kind, StarBytes star, int scale)
{
	int32_t		value = star_score_at(kind, star.data, scale);

	if (value == STAR_NOT_GIVEN)
		PG_RETURN_NULL();
	PG_RETURN_INT32(value);
}

static Datum
stage(FunctionCallInfo fcinfo, const StarKind *kind, StarBytes star, int scale)
{
	int			number = star_stage_of(kind, star_score_at(kind, star.data, scale));

	if (number == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(number);
}

/* star_score(outcome_star, scale text) returns int; NULL if it was not given */
Datum
star_score_named(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);

	return score(fcinfo, &kind, star, star_scale_by_name(&kind, PG_GETARG_TEXT_PP(1)));
}

/* star_score(outcome_star, scale int) returns int; scales count from 1 */
Datum
star_score_at_position(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);

	return score(fcinfo, &kind, star, star_scale_by_position(&kind, PG_GETARG_INT32(1)));
}

/*
 * star_stage(outcome_star, scale text) returns int
 *		The stage of the Journey of Change, 1 to 5: two points each of a scale
 *		from 1 to 10, one of a scale from 1 to 5.  NULL if the score was not
 *		given or the instrument has no stages.
 */
Datum
star_stage_named(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);

	return stage(fcinfo, &kind, star, star_scale_by_name(&kind, PG_GETARG_TEXT_PP(1)));
}

/* star_stage(outcome_star, scale int) returns int */
Datum
star_stage_at_position(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);

	return stage(fcinfo, &kind, star, star_scale_by_position(&kind, PG_GETARG_INT32(1)));
}

/* How many scales have a score, and the sum of those. */
static int
sum_of_scores(const StarKind *kind, StarBytes star, int64 *sum)
{
	int			answered = 0;

	*sum = 0;
	for (int i = 0; i < kind->scale_count; i++)
	{
		int32_t		value = star_score_at(kind, star.data, i);

		if (value == STAR_NOT_GIVEN)
			continue;
		answered++;
		*sum += value;
	}
	return answered;
}

/* star_answered(outcome_star) returns int: the number of scales with a score */
Datum
star_answered(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);
	int64		sum;

	PG_RETURN_INT32(sum_of_scores(&kind, star, &sum));
}

/*
 * star_mean(outcome_star) returns float8
 *		The mean of the scores that were given.  NULL if none was, or if high is
 *		better on some scales and low on others, so that a mean says nothing.
 */
Datum
star_mean(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);
	int64		sum;
	int			answered = sum_of_scores(&kind, star, &sum);

	if (answered == 0 || !star_one_direction(&kind))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) sum / answered);
}

/*
 * star_total(outcome_star) returns int
 *		The sum of all scores, as PHQ-9 and its like are read.  NULL if any is
 *		missing, or if the scales differ in which end is better.
 */
Datum
star_total(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);
	int64		sum;

	if (sum_of_scores(&kind, star, &sum) < kind.scale_count || !star_one_direction(&kind))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) sum);
}

/* star_to_jsonb(outcome_star) returns jsonb: {"instrument": …, "scores": […]} */
Datum
star_to_jsonb(PG_FUNCTION_ARGS)
{
	StarBytes	star = PG_GETARG_STAR_BYTES(0);
	StarKind	kind = star_kind_of(star, false);
	char		name[STAR_MAX_KIND_TEXT + 1];
	StringInfoData json;

	star_print_kind(&kind, name);
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"instrument\": ");
	escape_json(&json, name);
	appendStringInfoString(&json, ", \"scores\": [");
	for (int i = 0; i < kind.scale_count; i++)
	{
		int32_t		value = star_score_at(&kind, star.data, i);

		if (i > 0)
			appendStringInfoChar(&json, ',');
		if (value == STAR_NOT_GIVEN)
			appendStringInfoString(&json, "null");
		else
			appendStringInfo(&json, "%d", value);
	}
	appendStringInfoString(&json, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* A JSON score: a whole number or null. */
static int32_t
json_score(const JsonbValue *value)
{
	if (value->type == jbvNull)
		return STAR_NOT_GIVEN;
	if (value->type == jbvNumeric)
	{
		char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out,
																 NumericGetDatum(value->val.numeric)));
		char	   *end;
		long		number;

		errno = 0;
		number = strtol(digits, &end, 10);
		if (*end == '\0' && errno == 0)
			return (int32_t) Max(Min(number, 1000000), -1000000);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("a score in JSON must be a whole number or null")));
}

/*
 * star_from_jsonb(jsonb) returns outcome_star
 *		What star_to_jsonb() gives; "scores" may also be an object keyed by the
 *		names of scales, where one left out was not given.
 */
Datum
star_from_jsonb(PG_FUNCTION_ARGS)
{
	Jsonb	   *json = PG_GETARG_JSONB_P(0);
	JsonbValue *instrument = NULL;
	JsonbValue *list = NULL;
	int32_t		scores[STAR_MAX_SCALES];
	int			count = 0;
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error = {0};
	StarStatus	status;

	if (JB_ROOT_IS_OBJECT(json))
	{
		instrument = getKeyJsonValueFromContainer(&json->root, "instrument", 10, NULL);
		list = getKeyJsonValueFromContainer(&json->root, "scores", 6, NULL);
	}
	if (instrument == NULL || instrument->type != jbvString || list == NULL || list->type != jbvBinary)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("this JSON is no star"),
				 errdetail("Expected an object with the keys \"instrument\", a string, and \"scores\", an array or an object."),
				 errhint("Write it as in {\"instrument\": \"teen\", \"scores\": [3, 4, null, 2, 5, 1]}.")));
	if (JsonContainerIsArray(list->val.binary.data))
	{
		count = (int) JsonContainerSize(list->val.binary.data);
		for (int i = 0; i < Min(count, STAR_MAX_SCALES); i++)
			scores[i] = json_score(getIthJsonbValueFromContainer(list->val.binary.data, (uint32) i));
	}
	else
	{
		const char *text = instrument->val.string.val;
		char		name[STAR_MAX_NAME];
		StarKind	kind;
		JsonbIterator *iterator = JsonbIteratorInit(list->val.binary.data);
		JsonbIteratorToken token;
		JsonbValue	value;
		int			scale = 0;

		status = star_parse_kind(&text, text + instrument->val.string.len, &kind, name, &error);
		raise_unless_ok(status, &error,
						pnstrdup(instrument->val.string.val, instrument->val.string.len));
		if (kind.published == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("scores of a local instrument must be a JSON array"),
					 errdetail("Its scales have no names to serve as keys.")));
		count = kind.scale_count;
		for (int i = 0; i < count; i++)
			scores[i] = STAR_NOT_GIVEN;
		while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
		{
			CHECK_FOR_INTERRUPTS();
			if (token == WJB_KEY)
				scale = star_scale_by_name(&kind, cstring_to_text_with_len(value.val.string.val,
																		   value.val.string.len));
			else if (token == WJB_VALUE)
				scores[scale] = json_score(&value);
		}
	}
	status = star_make(instrument->val.string.val, (size_t) instrument->val.string.len, scores, count,
					   bytes, &length, &error);
	raise_unless_ok(status, &error, pnstrdup(instrument->val.string.val, instrument->val.string.len));
	return star_datum(bytes, length);
}
