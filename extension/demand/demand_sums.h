/*
 * demand_sums.h
 *		The state of the aggregates of rates: exact sums (statistics/exact_sum.h)
 *		and flags, so that any order and any sharing among workers gives the same
 *		bits; a row that makes no sense sets a flag, and the answer is NULL with
 *		the reason.
 */
#ifndef WARDSTAR_DEMAND_SUMS_H
#define WARDSTAR_DEMAND_SUMS_H

#include "demand/demand.h"

#include <float.h>

#include "statistics/exact_sum.h"

#define DEMAND_SUMS 4

typedef struct DemandSums
{
	MemoryContext context;		/* where the sums may grow */
	int64		rows;			/* that count */
	int64		left_out;		/* strata without population and without events */
	uint32		problems;		/* bits of Problem */
	double		multiplier;
	double		confidence;
	WsSum		sum[DEMAND_SUMS];
}			DemandSums;

/* What can be wrong with a row. */
typedef enum Problem
{
	NOT_A_NUMBER = 1 << 0,
	EVENTS_NOT_A_COUNT = 1 << 1,
	POPULATION_NOT_A_COUNT = 1 << 2,
	STANDARD_NOT_A_COUNT = 1 << 3,
	REFERENCE_NOT_A_COUNT = 1 << 4,
	EVENTS_NOT_KNOWN = 1 << 5,
	EVENTS_WITHOUT_POPULATION = 1 << 6,
	NO_REFERENCE = 1 << 7,
}			Problem;

extern DemandSums *demand_sums_argument(FunctionCallInfo fcinfo, double multiplier, int multiplier_at, int confidence_at);
extern EstimateMethod demand_sums_final(FunctionCallInfo fcinfo, EstimateCache *cache, DemandSums **state);
extern void *demand_sums_zeros(void *context, size_t size);

/* Memory beside a state, for its sums. */
static inline WsAllocator
demand_sums_allocator(const DemandSums *state)
{
	return (WsAllocator) {demand_sums_zeros, state->context};
}

static inline void
add_to_sum(DemandSums *state, int which, double x)
{
	ws_sum_add(&state->sum[which], x, demand_sums_allocator(state));
}

static inline bool
is_count(double x)
{
	return x >= 0.0 && x <= DBL_MAX;
}

#endif							/* WARDSTAR_DEMAND_SUMS_H */
