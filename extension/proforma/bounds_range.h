/*
 * bounds_range.h
 *		Bounds to and from int4range.
 */
#ifndef WARDSTAR_BOUNDS_RANGE_H
#define WARDSTAR_BOUNDS_RANGE_H

#include "compat.h"

#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "proforma/bounds.h"

extern TypeCacheEntry *bounds_range_type(void);
extern Bounds bounds_from_range(TypeCacheEntry *typcache, const RangeType *range);
extern RangeType *bounds_to_range(TypeCacheEntry *typcache, Bounds bounds);

#endif							/* WARDSTAR_BOUNDS_RANGE_H */
