/*
 * spatial_core.h
 *		Local Moran's I and Getis and Ord's G over a list of neighbours.  Pure C.
 */
#ifndef WARDSTAR_SPATIAL_CORE_H
#define WARDSTAR_SPATIAL_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "stop.h"

/*
 * n areas; the neighbours of area i are neighbour[start[i]] up to, not
 * including, neighbour[start[i + 1]], in rising order, without i itself.
 */
typedef struct SpatialData
{
	int32_t		n;
	const double *value;
	const int64_t *start;
	const int32_t *neighbour;
	const double *weight;		/* beside neighbour; NULL: all 1 */
	const double *self_weight;	/* of each area; NULL: all 1 */
}			SpatialData;

/* Means over all areas, from exact sums. */
typedef struct SpatialMoments
{
	double		mean;
	double		variance;		/* by n */
	double		largest;		/* of the absolute deviations from the mean */
}			SpatialMoments;

typedef struct SpatialResult
{
	double		statistic;		/* Moran's I, or z of G */
	double		expected;
	double		variance;
	double		z;
	double		p;				/* of z, both sides */
	double		p_permutation;	/* one side, (larger + 1) / (permutations + 1) */
	double		deviation;		/* of the area from the mean */
	double		lag;			/* of its neighbours */
}			SpatialResult;

/* What is set beside for an area: at least n of each. */
typedef struct SpatialScratch
{
	double	   *deviation;		/* value less mean, filled by spatial_moments */
	int32_t    *order;			/* filled with 0 .. n - 1 by spatial_moments */
	int32_t    *drawn;
	uint32_t   *stamp;			/* zeros */
	uint32_t	now;			/* zero */
	StopFunction stop;
	uint32_t	steps;			/* zero */
	bool		stopped;		/* as stop said: results are not whole */
}			SpatialScratch;

/* False if the values don't vary, or stopped. */
extern bool spatial_moments(const SpatialData *data, SpatialMoments *moments, SpatialScratch *scratch);

/*
 * One area that has neighbours; the random stream is that of the area, so areas
 * may be done in any order.
 */
extern void local_moran_area(const SpatialData *data, const SpatialMoments *moments,
							 SpatialScratch *scratch, int32_t i, bool row_standardised,
							 int32_t permutations, uint64_t seed, SpatialResult *result);
extern void getis_ord_area(const SpatialData *data, const SpatialMoments *moments,
						   SpatialScratch *scratch, int32_t i, bool star,
						   int32_t permutations, uint64_t seed, SpatialResult *result);

/* A p-value and its place. */
typedef struct RankedP
{
	double		p;
	int64_t		place;
}			RankedP;

/*
 * Benjamini and Hochberg's adjusted p-values, in place; NaN is left out and
 * stays.  room holds twice count.  False if told to stop, with p as it was.
 */
extern bool benjamini_hochberg_adjust(double *p, int64_t count, RankedP *room, StopFunction stop);

#endif							/* WARDSTAR_SPATIAL_CORE_H */
