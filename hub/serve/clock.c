/*
 * hub/serve/clock.c
 *		The clock by which the service measures how long things take.
 */
#include <time.h>

#include "serve/clock.h"

double
serve_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}
