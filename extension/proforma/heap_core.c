/*
 * heap_core.c
 *		A heap sort that asks whether to stop, and needs no room beside the elements.
 */
#include "proforma/heap.h"

#include <string.h>

typedef struct Heap
{
	char	   *elements;
	size_t		size;
	HeapCompare compare;
	StopFunction stop;
	uint32_t	steps;
	bool		stopped;
} Heap;

static int
compare(Heap *heap, const void *a, const void *b)
{
	/* Told to stop, whatever was sorted so far is left as it is. */
	if (heap->stopped || stop_now(heap->stop, &heap->steps))
	{
		heap->stopped = true;
		return 0;
	}
	return heap->compare(a, b);
}

/* Puts an element into the place of the root, and lets it sink among n. */
static void
sink(Heap *heap, size_t root, size_t n, const char *element)
{
	size_t		size = heap->size;

	for (;;)
	{
		size_t		child = 2 * root + 1;

		if (child >= n)
			break;
		if (child + 1 < n && compare(heap, heap->elements + child * size, heap->elements + (child + 1) * size) < 0)
			child++;
		if (compare(heap, element, heap->elements + child * size) >= 0)
			break;
		memcpy(heap->elements + root * size, heap->elements + child * size, size);
		root = child;
	}
	memcpy(heap->elements + root * size, element, size);
}

/* False if it was stopped; the order is then any.  Equal elements come in any order. */
bool
heap_sort(void *elements, size_t n, size_t size, HeapCompare compare_elements, StopFunction stop)
{
	Heap		heap = {.elements = elements, .size = size, .compare = compare_elements, .stop = stop};
	char		element[HEAP_ELEMENT];
	size_t		in_order = 1;

	while (in_order < n && compare(&heap, heap.elements + (in_order - 1) * size, heap.elements + in_order * size) <= 0 && !heap.stopped)
		in_order++;
	if (in_order >= n || heap.stopped)
		return !heap.stopped;
	for (size_t i = n / 2; i-- > 0 && !heap.stopped;)
	{
		memcpy(element, heap.elements + i * size, size);
		sink(&heap, i, n, element);
	}
	for (size_t i = n; --i > 0 && !heap.stopped;)
	{
		memcpy(element, heap.elements + i * size, size);
		memcpy(heap.elements + i * size, heap.elements, size);
		sink(&heap, 0, i, element);
	}
	return !heap.stopped;
}
