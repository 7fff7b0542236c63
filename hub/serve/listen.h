/*
 * hub/serve/listen.h
 *		Listens to what the database tells: work, finished checks, changed tokens. Finds out whether it answers at all.
 */
#ifndef HUB_LISTEN_H
#define HUB_LISTEN_H

#include "serve/server.h"

extern bool listen_start(Server *server, pthread_t *thread) HUB_MUST_CHECK;

#endif
