/*
 * proforma_bounds.c
 *		How many people a return, or a year of returns, speaks of: the
 *		functions of SQL.
 */
#include "proforma/bounds_range.h"
#include "proforma/form_json.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "interrupts.h"
#include "rows.h"
#include "shown.h"

PG_FUNCTION_INFO_V1(proforma_bounds);
PG_FUNCTION_INFO_V1(proforma_band_bounds);
PG_FUNCTION_INFO_V1(proforma_year_bounds);

#define ONE_BAND "one age band a person"

/*
 * proforma_bounds(form jsonb, answers jsonb, assume text) returns int4range
 *		Different beneficiaries that the answers allow.  If they contradict each
 *		other: what lies between.  Error 22023 for an assumption not known.
 */
Datum
proforma_bounds(PG_FUNCTION_ARGS)
{
	FormCache  *cache = form_cache(fcinfo, 0);
	ProformaReturn *given = return_from_jsonb(cache->form, PG_GETARG_JSONB_P(1));
	char	   *assume = text_to_cstring(PG_GETARG_TEXT_PP(2));
	bool		one_band = strcmp(assume, ONE_BAND) == 0;
	bool		contradiction;

	if (!one_band && strcmp(assume, "none") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown assumption: \"%s\"", shown_text(assume)),
				 errdetail("An assumption is \"%s\" or \"none\".", ONE_BAND),
				 errhint("Use \"none\" if one person may have been counted in two age bands.")));
	PG_RETURN_RANGE_P(bounds_to_range(bounds_range_type(), return_bounds(given, 0, one_band, &contradiction)));
}

/*
 * proforma_band_bounds(form jsonb, answers jsonb, bands int4range[])
 *		returns table (band int4range, people int4range)
 *		Beneficiaries of the ages in each band, whatever bands the form has.
 *		Bounds of several bands may not be added up.
 */
Datum
proforma_band_bounds(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	FormCache  *cache = form_cache(fcinfo, 0);
	ProformaReturn *given = return_from_jsonb(cache->form, PG_GETARG_JSONB_P(1));
	TypeCacheEntry *range_type = bounds_range_type();
	Datum	   *bands;
	bool	   *nulls;
	int			n;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT4RANGEOID, -1, false, TYPALIGN_INT, &bands, &nulls, &n);
	begin_rows(fcinfo);
	for (int i = 0; i < n; i++)
	{
		Datum		values[2] = {0};
		bool		missing[2] = {nulls[i], nulls[i]};

		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
		{
			Bounds		ages = bounds_from_range(range_type, DatumGetRangeTypeP(bands[i]));
			AgeBand		band = {(int32_t) Max(ages.lower, 0),
				ages.upper >= AGE_UNLIMITED ? AGE_UNLIMITED : (int32_t) ages.upper + 1};
			Bounds		people = {0, 0};

			/* Nobody is of no age. */
			if (band.lower < band.upper)
				people = return_band_bounds(given, band, stop_for_interrupts);
			values[0] = bands[i];
			values[1] = RangeTypePGetDatum(bounds_to_range(range_type, people));
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, missing);
	}
	return (Datum) 0;
}

/*
 * proforma_year_bounds(returns jsonb, quantity text) returns int4range
 *		Different people in all quarters listed: "served" at any time in them,
 *		or "newly_referred".  Error 22023 for another quantity.
 */
Datum
proforma_year_bounds(PG_FUNCTION_ARGS)
{
	char	   *quantity = text_to_cstring(PG_GETARG_TEXT_PP(1));
	bool		served = strcmp(quantity, "served") == 0;
	ProformaReturn **returns;
	int			n;

	if (!served && strcmp(quantity, "newly_referred") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown quantity: \"%s\"", shown_text(quantity)),
				 errdetail("A quantity is \"served\" or \"newly_referred\"."),
				 errhint("Use \"served\" for everyone who was a client at any time in the quarters.")));
	returns = returns_from_jsonb(PG_GETARG_JSONB_P(0), &n);
	PG_RETURN_RANGE_P(bounds_to_range(bounds_range_type(),
									  served ? returns_served(returns, n, stop_for_interrupts) :
									  returns_newly_referred(returns, n, stop_for_interrupts)));
}
