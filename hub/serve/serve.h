/*
 * hub/serve/serve.h
 *		The hub as a service: HTTP, workers and drop folder in one process, until a signal ends it.
 */
#ifndef HUB_SERVE_H
#define HUB_SERVE_H

#include "hub.h"

/* Serves until SIGTERM or SIGINT; SIGHUP reloads. HUB_OK after a stop that was asked for. */
extern HubExit serve_run(Hub *hub) HUB_MUST_CHECK;

#endif
