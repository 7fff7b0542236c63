/*
 * drawing.c
 *		star_svg and star_distance_svg.
 */
#include "star/drawing_core.h"

#include "star/distance.h"

#include "access/detoast.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(star_svg);
PG_FUNCTION_INFO_V1(star_distance_svg);

/* Longest title, in bytes: more than any picture has room for. */
#define MAX_TITLE 10000

/* The title before anything is drawn, or none; 54000 if it is too long. */
static StarText
title_argument(FunctionCallInfo fcinfo, int n)
{
	text	   *title;

	if (PG_ARGISNULL(n))
		return (StarText) {NULL, 0};
	if (toast_raw_datum_size(PG_GETARG_DATUM(n)) > MAX_TITLE + VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("title is too long"),
				 errdetail("A title may have at most %d bytes.", MAX_TITLE)));
	title = PG_GETARG_TEXT_PP(n);
	return (StarText) {VARDATA_ANY(title), VARSIZE_ANY_EXHDR(title)};
}

/*
 * star_svg(latest outcome_star, baseline outcome_star DEFAULT NULL,
 *		title text DEFAULT NULL) returns text
 *		The reading as a radar in SVG, the baseline beside it if there is one.
 *		NULL without a latest; 22023 if the two are of different instruments.
 */
Datum
star_svg(PG_FUNCTION_ARGS)
{
	StarBuffer	picture = {.memory = star_memory(CurrentMemoryContext)};
	StarBytes	latest;
	StarBytes	baseline = {0};
	StarKind	kind;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	latest = PG_GETARG_STAR_BYTES(0);
	kind = star_kind_of(latest, false);
	if (!PG_ARGISNULL(1))
	{
		StarKind	other;

		baseline = PG_GETARG_STAR_BYTES(1);
		other = star_kind_of(baseline, false);
		if (!star_same_kind(&kind, &other))
			star_raise_unlike(&kind, &other);
	}
	star_draw_radar(latest.data, latest.length, baseline.data, baseline.length, title_argument(fcinfo, 2), &picture);
	PG_RETURN_TEXT_P(cstring_to_text_with_len((char *) picture.data, (int) picture.length));
}

/*
 * star_distance_svg(star_distance, title text DEFAULT NULL,
 *		confidence float8 DEFAULT 0.95) returns text
 *		The means of each scale at baseline and latest in SVG, most improved
 *		first, with the t limits of the mean change.
 */
Datum
star_distance_svg(PG_FUNCTION_ARGS)
{
	StarBuffer	picture = {.memory = star_memory(CurrentMemoryContext)};
	StarBytes	distance;
	double		confidence;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	distance = PG_GETARG_STAR_BYTES(0);
	confidence = PG_GETARG_FLOAT8(2);
	if (!ws_confidence_is_valid(confidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be above 0 and below 1, not %g", confidence),
				 errhint("Use 0.95 for 95%% limits.")));
	if (star_draw_dumbbell(distance.data, distance.length, confidence, title_argument(fcinfo, 1),
						   picture.memory, &picture) != STAR_OK)
		star_raise_damaged_distance();
	PG_RETURN_TEXT_P(cstring_to_text_with_len((char *) picture.data, (int) picture.length));
}
