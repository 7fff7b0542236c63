/*
 * hub/serve/pool.h
 *		The bounded pool of connections: threads that run what requests ask of the database.
 */
#ifndef HUB_POOL_H
#define HUB_POOL_H

#include "serve/server.h"

extern Pool *pool_start(Server *server, int connections);

/* Takes a request whose "run" is set; it is resumed when run is through, unless run hands it on. False: too many wait already. */
extern bool pool_submit(Pool *pool, Request *request) HUB_MUST_CHECK;

/* Ends when all that was submitted is answered. */
extern void pool_stop(Pool *pool);

#endif
