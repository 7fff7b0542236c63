/*
 * finding.h
 *		Findings as rows of SQL.
 */
#ifndef WARDSTAR_FINDING_H
#define WARDSTAR_FINDING_H

#include "compat.h"

#include "nodes/execnodes.h"

#include "proforma/rules.h"

/* Findings as rows, in the current memory context. */
typedef struct FindingList
{
	TupleDesc	descriptor;		/* of a finding */
	Datum	   *rows;
	int			n;
	int			room;
} FindingList;

/* Sinks for findings: their contexts are the ReturnSetInfo of the function, and a FindingList. */
extern void finding_to_row(void *result, const Finding *finding);
extern void finding_to_list(void *list, const Finding *finding);

#endif							/* WARDSTAR_FINDING_H */
