/*
 * finding.h
 *		Findings as rows of SQL.
 */
#ifndef WARDSTAR_FINDING_H
#define WARDSTAR_FINDING_H

#include "compat.h"

#include "nodes/execnodes.h"

#include "proforma/rules.h"

/* A sink for findings: its context is the ReturnSetInfo of the function. */
extern void finding_to_row(void *result, const Finding *finding);
extern void finding_values(const Finding *finding, Datum values[7], bool nulls[7]);

#endif							/* WARDSTAR_FINDING_H */
