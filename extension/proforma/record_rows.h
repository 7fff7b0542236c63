/*
 * record_rows.h
 *		Findings of the rows of a plan.
 */
#ifndef WARDSTAR_RECORD_ROWS_H
#define WARDSTAR_RECORD_ROWS_H

#include "proforma/record_plan.h"
#include "proforma/rules.h"

extern char *record_shown_value(const RecordPlan *plan, int column);
extern void record_findings(RecordPlan *plan, FindingSink sink, void *context);

#endif							/* WARDSTAR_RECORD_ROWS_H */
