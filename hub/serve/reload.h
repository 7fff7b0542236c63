/*
 * hub/serve/reload.h
 *		Settings that may change while the service runs.
 */
#ifndef HUB_RELOAD_H
#define HUB_RELOAD_H

#include "serve/server.h"

/* Takes what may change from settings; false: one of them is no good (logged), and nothing is changed. */
extern bool reload_tunables(Server *server, const Hub *hub) HUB_MUST_CHECK;

/* SIGHUP: reads settings, keys and certificate again. What is no good is logged, and what was before stays. */
extern void reload(Server *server);

#endif
