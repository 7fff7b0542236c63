/*
 * hub/serve/ring.h
 *		The keys in use, which a reload may replace at any time.
 */
#ifndef HUB_RING_H
#define HUB_RING_H

#include "serve/server.h"

/*
 * A copy of them, for keys_free: nothing that waits, for the database or a disk, does so with the lock held, or a
 * reload and all else that the main thread does would wait with it.
 */
extern bool ring_take(Server *server, KeyRing *copy) HUB_MUST_CHECK;

/* Puts others in their place; they are the server's then. */
extern void ring_replace(Server *server, const KeyRing *ring);

#endif
