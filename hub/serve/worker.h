/*
 * hub/serve/worker.h
 *		The intake workers: each takes a submission from the ledger, reads its file and has it checked.
 */
#ifndef HUB_WORKER_H
#define HUB_WORKER_H

#include "serve/server.h"

extern Workers *workers_start(Server *server, int count);

/* There may be work. */
extern void workers_wake(Workers *workers);

/*
 * No new work is taken; what is in work is finished, or given back when stop_request is called meanwhile. True when
 * nothing is in work any more.
 */
extern void workers_finish(Workers *workers);
extern bool workers_idle(Workers *workers);
extern void workers_stop(Workers *workers);

#endif
