/*
 * hub/serve/open_files.h
 *		How many clients the limit of open files has room for.
 */
#ifndef HUB_OPEN_FILES_H
#define HUB_OPEN_FILES_H

#include "hub.h"

/*
 * Raises the limit of open files as far as it may be, and gives the connections of clients that it has room for beside what
 * the service itself needs: --client-limit, or fewer. HUB_USAGE if there is no room for a service.
 */
extern HubExit open_files_clients(Hub *hub, unsigned *clients) HUB_MUST_CHECK;

#endif
