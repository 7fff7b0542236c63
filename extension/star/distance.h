/*
 * distance.h
 *		star_distance as PostgreSQL has it.
 */
#ifndef WARDSTAR_DISTANCE_H
#define WARDSTAR_DISTANCE_H

#include "star/distance_core.h"
#include "star/star.h"

/* Memory of a context; never gives NULL but raises. */
extern StarMemory star_memory(MemoryContext context);
extern _Noreturn void star_raise_damaged_distance(void);

#endif							/* WARDSTAR_DISTANCE_H */
