/*
 * smoothing.c
 *		Empirical Bayes rates.
 */
#include "demand/demand.h"

#include <math.h>

#include "executor/executor.h"

PG_FUNCTION_INFO_V1(empirical_bayes);

/*
 * empirical_bayes(events, population, overall rate_spread) returns float8
 *		The area's rate drawn towards the overall rate r, the more so the fewer
 *		people it has: w e/b + (1 - w) r with w = s2 / (s2 + r / b) (Marshall
 *		1991).  No population gives r itself; NULL where the events are missing
 *		or no count, or nothing is known of the rest.
 */
Datum
empirical_bayes(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row;
	Datum		datum;
	bool		missing;
	double		rate;
	double		variance;
	double		events = 0.0;
	double		population;
	double		noise;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	row = PG_GETARG_HEAPTUPLEHEADER(2);
	datum = GetAttributeByNum(row, 1, &missing);
	if (missing)
		PG_RETURN_NULL();
	rate = DatumGetFloat8(datum);
	datum = GetAttributeByNum(row, 2, &missing);
	if (missing)
		PG_RETURN_NULL();
	variance = DatumGetFloat8(datum);
	population = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);
	if (!PG_ARGISNULL(0))
		events = PG_GETARG_FLOAT8(0);
	if (!(events >= 0.0) || isinf(events) || !(population >= 0.0) || isinf(population) ||
		!(rate >= 0.0) || isinf(rate) || !(variance >= 0.0) || isinf(variance))
		PG_RETURN_NULL();
	if (population == 0.0)
	{
		/* events among nobody say nothing; nor do none among nobody */
		if (events > 0.0)
			PG_RETURN_NULL();
		PG_RETURN_FLOAT8(rate);
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	noise = rate / population;
	if (variance + noise == 0.0)
		PG_RETURN_FLOAT8(rate);
	PG_RETURN_FLOAT8(rate + variance / (variance + noise) * (events / population - rate));
}
