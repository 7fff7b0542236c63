/*
 * record_rows.h
 *		Findings of the rows of a plan.
 */
#ifndef WARDSTAR_RECORD_ROWS_H
#define WARDSTAR_RECORD_ROWS_H

#include "proforma/record_plan.h"
#include "proforma/rules.h"

extern char *record_shown_value(const RecordPlan *plan, int column);
extern void record_findings(const RecordPlan *plan, FindingSink sink, void *context);
extern bool record_is_fine(const RecordPlan *plan);

#endif							/* WARDSTAR_RECORD_ROWS_H */
