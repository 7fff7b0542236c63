/*
 * record_plan.h
 *		A form made ready for the rows of one type.
 */
#ifndef WARDSTAR_RECORD_PLAN_H
#define WARDSTAR_RECORD_PLAN_H

#include "proforma/form_json.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"

#include "proforma/record.h"

/* How a value of the row is read. */
typedef enum ValueSource
{
	SOURCE_ABSENT,
	SOURCE_TEXT,
	SOURCE_PADDED,				/* char(n) */
	SOURCE_INT2,
	SOURCE_INT4,
	SOURCE_INT8,
	SOURCE_FLOAT4,
	SOURCE_FLOAT8,
	SOURCE_NUMERIC,
	SOURCE_BOOL,
	SOURCE_DATE,
	SOURCE_TIMESTAMP,
	SOURCE_TIMESTAMPTZ,
	SOURCE_OUTPUT				/* by the output function of its type */
} ValueSource;

typedef struct BoundColumn
{
	ValueSource source;
	int			attribute;		/* from 0 */
	FmgrInfo	output;
} BoundColumn;

typedef struct RecordPlan
{
	Oid			type;			/* of the rows */
	int32		typmod;
	TupleDesc	descriptor;
	Datum	   *datums;			/* of a row */
	bool	   *nulls;
	int			ncolumns;
	RecordColumn *columns;
	BoundColumn *bound;
	RecordValue *values;
	int			nrules;
	RowRule    *rules;
} RecordPlan;

extern RecordPlan *record_plan(FunctionCallInfo fcinfo, FormCache *cache, int form_argument, HeapTupleHeader row);
extern void record_read(RecordPlan *plan, HeapTupleHeader row);
extern void record_fill(const RecordPlan *plan, int column);
extern void record_check_type(FunctionCallInfo fcinfo, int argument);

#endif							/* WARDSTAR_RECORD_PLAN_H */
