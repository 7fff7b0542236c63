/*
 * hub/serve/wait.h
 *		Requests that wait: for a verdict (?wait=), or because their answer is slowed.
 */
#ifndef HUB_WAIT_H
#define HUB_WAIT_H

#include "serve/server.h"

extern Waiters *waiters_start(Server *server);

/* Takes a request with its answer; it is resumed when the seconds are over. */
extern void waiters_pause(Waiters *waiters, Request *request, double seconds);

/*
 * Takes a request whose run asks for the state of a submission; it goes to the pool when the submission was checked,
 * or at request->deadline.
 */
extern void waiters_add(Waiters *waiters, Request *request, int64_t submission);

/* A submission was checked, or any may have been since notices were lost for a while. */
#define WAITERS_ANY (-1)
extern void waiters_checked(Waiters *waiters, int64_t submission);

/* The submissions that requests wait for, as an array of PostgreSQL's for the caller to free; NULL: none, or memory is short. */
extern char *waiters_list(Waiters *waiters);

/* Lets all go at once, and from then on nobody waits. */
extern void waiters_release(Waiters *waiters);
extern void waiters_stop(Waiters *waiters);

#endif
