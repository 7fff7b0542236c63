/*
 * hub/serve/sweep.h
 *		Removes spool files that nothing names: their upload was never acknowledged, since the hub or the database died
 *		between the disk and the ledger.
 */
#ifndef HUB_SWEEP_H
#define HUB_SWEEP_H

#include "serve/server.h"

extern bool sweep_start(Server *server, pthread_t *thread) HUB_MUST_CHECK;

#endif
