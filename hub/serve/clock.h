/*
 * hub/serve/clock.h
 *		The clock by which the service measures how long things take.
 */
#ifndef HUB_CLOCK_H
#define HUB_CLOCK_H

/* Monotonic seconds. */
extern double serve_now(void);

#endif
