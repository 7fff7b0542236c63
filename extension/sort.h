/*
 * sort.h
 *		A sort that can be stopped.  Pure C.
 */
#ifndef WARDSTAR_SORT_H
#define WARDSTAR_SORT_H

#include <stdlib.h>
#include <string.h>

#include "stop.h"

/* So many elements are sorted between two questions; no more need no scratch. */
#define SORT_RUN 1024

/*
 * Sorts count elements of size bytes; scratch holds as many, and may be NULL for
 * SORT_RUN or fewer.  compare must give an order in which no two are equal, as
 * runs are sorted by qsort().  False if told to stop: the elements are then in
 * no order, and some may be there twice.
 */
static inline bool
sort_elements(void *data, void *scratch, size_t count, size_t size,
			  int (*compare) (const void *, const void *), StopFunction stop)
{
	char	   *from = data;
	char	   *to = scratch;
	uint32_t	steps = 0;

	for (size_t run = 0; run < count; run += SORT_RUN)
	{
		if (stop != NULL && stop())
			return false;
		qsort(from + run * size, count - run < SORT_RUN ? count - run : SORT_RUN, size, compare);
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

			for (; left < middle || right < end; out += size)
			{
				bool		take_left = right == end || (left < middle && compare(left, right) <= 0);

				if (stop_now(stop, &steps))
					return false;
				memcpy(out, take_left ? left : right, size);
				if (take_left)
					left += size;
				else
					right += size;
			}
		}
		from = to;
		to = swapped;
	}
	if (from != data)
		memcpy(data, from, count * size);
	return true;
}

#endif							/* WARDSTAR_SORT_H */
