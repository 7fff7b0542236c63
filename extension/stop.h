/*
 * stop.h
 *		How a core that can run long asks whether it is to end early.  Pure C.
 */
#ifndef WARDSTAR_STOP_H
#define WARDSTAR_STOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Given to every core whose work grows with its input.  True: the core returns
 * at once, with its status for "stopped".  NULL is never asked.  The server's
 * (interrupts.h) raises instead of returning true, so a core that asks holds at
 * that moment nothing but memory that is its caller's.
 */
typedef bool (*StopFunction) (void);

/* How many small steps a core may take between two questions. */
#define STOP_EVERY 1024

/* Counts the steps of a loop; true once in STOP_EVERY steps, where the answer is to stop. */
static inline bool
stop_now(StopFunction stop, uint32_t *steps)
{
	return ++*steps % STOP_EVERY == 0 && stop != NULL && stop();
}

#endif							/* WARDSTAR_STOP_H */
