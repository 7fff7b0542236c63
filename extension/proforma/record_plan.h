/*
 * record_plan.h
 *		A form made ready for the rows of one type.
 */
#ifndef WARDSTAR_RECORD_PLAN_H
#define WARDSTAR_RECORD_PLAN_H

#include "proforma/form_json.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "utils/typcache.h"

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
	int			place;			/* among the values of the row, from 0 */
	FmgrInfo	output;
} BoundColumn;

/* What rows look like: a name (NULL: dropped) and a type a value. */
typedef struct RowShape
{
	int			n;
	const char **names;
	Oid		   *types;
} RowShape;

typedef struct RecordPlan
{
	int			ncolumns;
	RecordColumn *columns;
	BoundColumn *bound;
	RecordValue *values;
	int			nrules;
	RowRule    *rules;
	MemoryContext context;		/* of the plan */
	/* Of rows that come as one value. */
	Oid			type;
	int32		typmod;
	TypeCacheEntry *entry;		/* of a named type; NULL: of a record, whose columns never change */
	uint64		identifier;		/* of the columns as the plan has them */
	TupleDesc	descriptor;
	Datum	   *datums;
	bool	   *nulls;
	NullableDatum *given;
} RecordPlan;

extern RecordPlan *record_plan(FormCache *cache, const Jsonb *document, const RowShape *shape);
extern void record_forget_plan(FormCache *cache);
extern bool record_plan_is_of_type(const RecordPlan *plan, HeapTupleHeader row);
extern RecordPlan *record_plan_of_row(FunctionCallInfo fcinfo, FormCache *cache, int form_argument, HeapTupleHeader row);
extern void record_fill(const RecordPlan *plan, const NullableDatum *given);
extern void record_fill_row(RecordPlan *plan, HeapTupleHeader row);
extern void record_check_type(FunctionCallInfo fcinfo, int argument);

#endif							/* WARDSTAR_RECORD_PLAN_H */
