/*
 * hub/program/stop.h
 *		Stopping on SIGINT, SIGTERM or SIGHUP. The handler only sets a flag; whoever waits or loops looks
 *		at it, cancels what the server is doing, rolls back and returns HUB_STOPPED.
 */
#ifndef HUB_STOP_H
#define HUB_STOP_H

#include <stdbool.h>

/* How long a wait may last before the flag is looked at again, in milliseconds. */
#define STOP_POLL_MS 200

extern void stop_on_signals(void);
extern bool stop_requested(void);

/* Asks for a stop from inside (a worker has failed, the others end too). */
extern void stop_request(void);

/* Sleeps; true if the time passed, false if a stop was asked for. */
extern bool stop_sleep(long milliseconds);

#endif
