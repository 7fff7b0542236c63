/*
 * demand_core.h
 *		Arithmetic of rates, ratios, funnels and slopes.  Pure C; nothing here
 *		raises an error.  What a formula does not give is NaN.
 */
#ifndef WARDSTAR_DEMAND_CORE_H
#define WARDSTAR_DEMAND_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "stop.h"

typedef struct Limits
{
	double		value;
	double		lower;
	double		upper;
}			Limits;

/*
 * Difference of two proportions, by Newcombe's method 10 (1998): two Wilson
 * intervals, squared and added.  False where a count is no part of its whole.
 */
extern bool difference_of_proportions(double c1, double n1, double c2, double n2,
									  double z, Limits *limits);

/*
 * Ratio of two rates, exact: given both counts' sum the first is binomial
 * (Clopper and Pearson).  All arguments finite, counts >= 0, populations > 0,
 * one of the counts > 0; tail is (1 - confidence) / 2.
 */
extern void ratio_of_rates(double e1, double p1, double e2, double p2,
						   double tail, Limits *limits);

/*
 * The counts, whole or not, outside which exact Poisson limits exclude the
 * expected number of events (> 0, finite).
 */
extern void funnel_counts(double expected, double tail, double *lower, double *upper);

/*
 * Dobson's limits of a directly standardised rate: weighted is sum(x w / n),
 * squares sum(x w^2 / n^2) (or with the squares of each person's events for x),
 * weights sum(w); events >= 10.
 */
extern void dobson_limits(double events, double weighted, double squares, double weights,
						  double multiplier, double z, Limits *limits);

/* Slope and relative index of inequality: how the values are transformed. */
typedef enum SlopeScale
{
	SLOPE_LINEAR,
	SLOPE_LOG,
	SLOPE_LOGIT
}			SlopeScale;

typedef struct SlopeRow
{
	double		rank;			/* 1 is most deprived */
	double		value;
	double		lower;			/* limits of the value; NaN if not known */
	double		upper;
	double		population;
}			SlopeRow;

typedef enum SlopeStatus
{
	SLOPE_OK,
	SLOPE_TOO_FEW,				/* fewer than two ranks with population */
	SLOPE_VALUE,				/* a value that the scale does not take */
	SLOPE_NO_LIMITS,			/* value found, limits not */
	SLOPE_UNBOUNDED,			/* Fieller's limits are not bounded */
	SLOPE_STOPPED				/* as stop said */
}			SlopeStatus;

extern int	slope_row_compare(const void *a, const void *b);

/*
 * Both indices of rows that slope_row_compare has sorted; z is the quantile of
 * the confidence at which the rows' limits were made, and the results are.
 */
extern void slope_indices(const SlopeRow *rows, int64_t count, SlopeScale scale, double z,
						  Limits *sii, SlopeStatus *sii_status,
						  Limits *rii, SlopeStatus *rii_status, StopFunction stop);

#endif							/* WARDSTAR_DEMAND_CORE_H */
