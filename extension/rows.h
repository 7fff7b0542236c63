/*
 * rows.h
 *		The rows of a function that returns all of them at once.
 */
#ifndef WARDSTAR_ROWS_H
#define WARDSTAR_ROWS_H

#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/tuplestore.h"

/*
 * InitMaterializedSRF(), but for the memory of the query: there the server's
 * leaves what it made the row type of, a kilobyte a call where there are many
 * columns; and a function beside a table is called for each of its rows.
 */
static inline void
begin_rows(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TupleDesc	descriptor;
	MemoryContext before;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) || !(rsinfo->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	before = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
	/* The executor frees it. */
	rsinfo->setDesc = CreateTupleDescCopy(descriptor);
	MemoryContextSwitchTo(before);
}

#endif							/* WARDSTAR_ROWS_H */
