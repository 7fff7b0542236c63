/*
 * sort.h
 *		A sort that can be stopped.  Pure C.
 */
#ifndef WARDSTAR_SORT_H
#define WARDSTAR_SORT_H

#include <string.h>

#include "stop.h"

/* Elements that are put in order one by one, before runs of them are merged. */
#define SORT_RUN 16

/* Largest element. */
#define SORT_MOST_BYTES 64

/*
 * Sorts count elements of size bytes; equal ones stay in their order.  scratch
 * holds as many.  False if told to stop: the elements are then in no order, and
 * some may be there twice.  In line, so that size and compare are known.
 */
__attribute__((always_inline)) static inline bool
sort_elements(void *data, void *scratch, size_t count, size_t size,
			  int (*compare) (const void *, const void *), StopFunction stop)
{
	char	   *from = data;
	char	   *to = scratch;
	uint32_t	steps = 0;

	for (size_t i = 0; i < count; i++)
	{
		char		element[SORT_MOST_BYTES];
		char	   *place = from + i * size;

		if (stop_now(stop, &steps))
			return false;
		memcpy(element, place, size);
		for (size_t before = i % SORT_RUN; before > 0 && compare(place - size, element) > 0; before--)
		{
			memcpy(place, place - size, size);
			place -= size;
		}
		memcpy(place, element, size);
	}
	for (size_t run = SORT_RUN; run < count; run *= 2)
	{
		char	   *swapped = from;

		for (size_t start = 0; start < count; start += 2 * run)
		{
			const char *left = from + start * size;
			const char *middle = from + (start + run < count ? start + run : count) * size;
			const char *right = middle;
			const char *end = from + (start + 2 * run < count ? start + 2 * run : count) * size;
			char	   *out = to + start * size;

			while (left < middle && right < end)
			{
				bool		take_left = compare(left, right) <= 0;

				if (stop_now(stop, &steps))
					return false;
				memcpy(out, take_left ? left : right, size);
				left += take_left ? size : 0;
				right += take_left ? 0 : size;
				out += size;
			}
			memcpy(out, left, (size_t) (middle - left));
			memcpy(out + (middle - left), right, (size_t) (end - right));
		}
		from = to;
		to = swapped;
	}
	if (from != data)
		memcpy(data, from, count * size);
	return true;
}

#endif							/* WARDSTAR_SORT_H */
