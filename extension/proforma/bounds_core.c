/*
 * bounds_core.c
 *		Adding up numbers of people of which only limits are known.
 */
#include "proforma/bounds.h"

/*
 * Sum of two ends, neither below 0.  It stops at "no limit", so that the order
 * of adding does not matter and no sum wraps.
 */
int64_t
bounds_add_end(int64_t a, int64_t b)
{
	return a > BOUNDS_UNLIMITED - b ? BOUNDS_UNLIMITED : a + b;
}

/* Nobody counts fewer than no people: a part below 0 is cut there. */
void
bounds_sum_part(BoundsSum *sum, Bounds part)
{
	if (part.lower < 0)
		part.lower = 0;
	if (part.upper < part.lower)
	{
		sum->contradiction = true;
		return;
	}
	sum->sum_lower = bounds_add_end(sum->sum_lower, part.lower);
	sum->sum_upper = bounds_add_end(sum->sum_upper, part.upper);
	if (sum->max_lower < part.lower)
		sum->max_lower = part.lower;
}

void
bounds_sum_combine(BoundsSum *sum, const BoundsSum *other)
{
	sum->sum_lower = bounds_add_end(sum->sum_lower, other->sum_lower);
	sum->sum_upper = bounds_add_end(sum->sum_upper, other->sum_upper);
	if (sum->max_lower < other->max_lower)
		sum->max_lower = other->max_lower;
	sum->contradiction |= other->contradiction;
}

/* Everyone, if the parts share nobody: the ends add. */
Bounds
bounds_sum_disjoint(const BoundsSum *sum)
{
	if (sum->contradiction)
		return BOUNDS_CONTRADICTION;
	return (Bounds) {sum->sum_lower, sum->sum_upper};
}

/*
 * Everyone, if the parts may share people: at least the largest lower end, at
 * most the sum of the upper ends.
 */
Bounds
bounds_sum_overlapping(const BoundsSum *sum)
{
	if (sum->contradiction)
		return BOUNDS_CONTRADICTION;
	return (Bounds) {sum->max_lower, sum->sum_upper};
}
