/*
 * projection_core.h
 *		The next quarters of a series of quarterly counts, with limits.  Pure C.
 */
#ifndef WARDSTAR_PROJECTION_CORE_H
#define WARDSTAR_PROJECTION_CORE_H

#include "stop.h"

/* Only so many of the newest quarters are used. */
#define PROJECTION_LONGEST 40
#define PROJECTION_FURTHEST 8

/* A projection whose limits would lie above this is none; whole numbers up to it, and their halves, are exact. */
#define PROJECTION_MOST 1e15

typedef struct Projection
{
	double		value;
	double		lower80;
	double		upper80;
	double		lower95;
	double		upper95;
}			Projection;

typedef enum ProjectionMethod
{
	PROJECTION_NONE,			/* no quarter has a count */
	PROJECTION_ONE,				/* a level from a single quarter */
	PROJECTION_SHORT,			/* a level from two to four quarters */
	PROJECTION_LEVEL,
	PROJECTION_TREND,
	PROJECTION_SEASON,
	PROJECTION_OUT_OF_RANGE,	/* beyond PROJECTION_MOST, or the fit has no end */
	PROJECTION_STOPPED			/* as stop said; projections are not filled */
}			ProjectionMethod;

/*
 * Projects count quarters, oldest first, of which NaN is missing, over the next
 * ahead quarters (1 to PROJECTION_FURTHEST) into projections; says by which
 * method.  Counts are finite and not negative.  Out of range holds for all
 * quarters: those before the one that left the range are filled, but mean nothing.
 */
extern ProjectionMethod project_counts(const double *counts, int count, int ahead, Projection *projections,
									   StopFunction stop);

#endif							/* WARDSTAR_PROJECTION_CORE_H */
