/*
 * bounds.h
 *		A number of people of which only limits are known, and what may be done
 *		with several of them.  In SQL it is an int4range; here both ends belong
 *		to it.
 */
#ifndef WARDSTAR_BOUNDS_H
#define WARDSTAR_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

/* The upper end where there is no limit. */
#define BOUNDS_UNLIMITED INT64_MAX

/* At least lower, at most upper; no number at all fits if upper < lower. */
typedef struct Bounds
{
	int64_t		lower;
	int64_t		upper;
} Bounds;

/* What the aggregates keep of the parts that they have seen. */
typedef struct BoundsSum
{
	int64_t		sum_lower;
	int64_t		max_lower;
	int64_t		sum_upper;
	bool		contradiction;	/* a part that no number fits */
} BoundsSum;

#define BOUNDS_NOTHING_KNOWN ((Bounds) {0, BOUNDS_UNLIMITED})
#define BOUNDS_CONTRADICTION ((Bounds) {0, -1})

extern int64_t bounds_add_end(int64_t a, int64_t b);
extern void bounds_sum_part(BoundsSum *sum, Bounds part);
extern void bounds_sum_combine(BoundsSum *sum, const BoundsSum *other);
extern Bounds bounds_sum_disjoint(const BoundsSum *sum);
extern Bounds bounds_sum_overlapping(const BoundsSum *sum);

#endif							/* WARDSTAR_BOUNDS_H */
