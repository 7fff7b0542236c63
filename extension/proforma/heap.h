/*
 * heap.h
 *		A sort where the elements lie, which can be stopped.  Pure C.
 */
#ifndef WARDSTAR_HEAP_H
#define WARDSTAR_HEAP_H

#include "stop.h"

/* Largest element, in bytes. */
#define HEAP_ELEMENT 64

typedef int (*HeapCompare) (const void *a, const void *b);

extern bool heap_sort(void *elements, size_t n, size_t size, HeapCompare compare, StopFunction stop);

#endif							/* WARDSTAR_HEAP_H */
