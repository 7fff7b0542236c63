/*
 * star_catalogue.c
 *		The catalogue of published instruments as tables.
 */
#include "star/star.h"

#include "rows.h"
#include "shown.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/tuplestore.h"

#include "catalog/pg_type.h"

PG_FUNCTION_INFO_V1(star_instruments);
PG_FUNCTION_INFO_V1(star_scales);
PG_FUNCTION_INFO_V1(star_scale_position);

static Datum
stage_names(const StarInstrument *instrument, bool *isnull)
{
	Datum		names[STAR_STAGES];

	*isnull = instrument->points_per_stage == 0;
	if (*isnull)
		return (Datum) 0;
	for (int i = 0; i < STAR_STAGES; i++)
		names[i] = CStringGetTextDatum(instrument->stages[i]);
	return PointerGetDatum(construct_array(names, STAR_STAGES, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * star_instruments() returns setof (name, title, scales, lowest, highest,
 *		better, stages): better is high, low, or "by scale"; stages is NULL if
 *		the instrument has none.
 */
Datum
star_instruments(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	begin_rows(fcinfo);
	for (int i = 0; i < star_catalogue_size; i++)
	{
		const StarInstrument *instrument = &star_catalogue[i];
		uint64_t	all = ~UINT64_C(0) >> (64 - instrument->scale_count);
		Datum		values[7];
		bool		nulls[7] = {0};

		values[0] = CStringGetTextDatum(instrument->name);
		values[1] = CStringGetTextDatum(instrument->title);
		values[2] = Int32GetDatum(instrument->scale_count);
		values[3] = Int32GetDatum(instrument->lowest);
		values[4] = Int32GetDatum(instrument->highest);
		values[5] = CStringGetTextDatum(instrument->low_better == 0 ? "high"
										: instrument->low_better == all ? "low" : "by scale");
		values[6] = stage_names(instrument, &nulls[6]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The published instrument of that name; 22023 with near names if none. */
static const StarInstrument *
instrument_argument(text *name)
{
	char	   *lower = asc_tolower(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	const StarInstrument *instrument = star_published(lower, strlen(lower));
	char		near[160];

	if (instrument != NULL)
		return instrument;
	star_near_names(lower, strlen(lower), near, sizeof(near));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is no published instrument", shown_text(text_to_cstring(name))),
			 near[0] != '\0' ? errhint("Near names: %s. star_instruments() lists all.", near)
			 : errhint("star_instruments() lists all.")));
}

/*
 * star_scales(instrument text) returns setof (scale, position, lowest,
 *		highest, better, stages) in order.
 */
Datum
star_scales(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const StarInstrument *instrument = instrument_argument(PG_GETARG_TEXT_PP(0));

	begin_rows(fcinfo);
	for (int i = 0; i < instrument->scale_count; i++)
	{
		Datum		values[6];
		bool		nulls[6] = {0};

		values[0] = CStringGetTextDatum(instrument->scales[i]);
		values[1] = Int32GetDatum(i + 1);
		values[2] = Int32GetDatum(instrument->lowest);
		values[3] = Int32GetDatum(instrument->highest);
		values[4] = CStringGetTextDatum((instrument->low_better >> i) & 1 ? "low" : "high");
		values[5] = stage_names(instrument, &nulls[5]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * star_scale_position(instrument text, scale text) returns int
 *		The position of the scale that a heading names, or NULL: case and
 *		punctuation don't matter.  For those who read spreadsheets.
 */
Datum
star_scale_position(PG_FUNCTION_ARGS)
{
	const StarInstrument *instrument = instrument_argument(PG_GETARG_TEXT_PP(0));
	text	   *name = PG_GETARG_TEXT_PP(1);
	uint8_t		head = (uint8_t) star_published_number(instrument);
	StarKind	kind;
	int			scale;

	star_read_head(&head, 1, &kind);
	scale = star_find_scale(&kind, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	if (scale < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(scale + 1);
}
