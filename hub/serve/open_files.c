/*
 * hub/serve/open_files.c
 *		How many clients the limit of open files has room for.
 */
#include <sys/resource.h>

#include "program/log.h"
#include "program/settings.h"
#include "serve/open_files.h"

/* The log, the listening socket, libmicrohttpd's own, the drop folder, a certificate that is read anew. */
#define OWN_FILES 32

/* A worker has a connection to the database, a document in memory, and pipes to its reader. */
#define WORKER_FILES 8

/* A client has its socket, and the file that it sends or gets. */
#define CLIENT_FILES 2

/* Fewer are no service. */
#define LEAST_CLIENTS 8

HubExit
open_files_clients(Hub *hub, unsigned *clients)
{
	long		wanted = setting_number(hub, "client-limit");
	long		own = OWN_FILES + setting_number(hub, "connections") + setting_number(hub, "intake-workers") * WORKER_FILES;
	struct rlimit files;
	long		room;

	*clients = (unsigned) wanted;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return HUB_OK;
	/* The lower of the two limits is for programs that use select(). */
	if (files.rlim_cur < files.rlim_max)
	{
		files.rlim_cur = files.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &files) != 0 && getrlimit(RLIMIT_NOFILE, &files) != 0)
			return HUB_OK;
	}
	if (files.rlim_cur >= (rlim_t) (own + wanted * CLIENT_FILES))
		return HUB_OK;
	room = ((long) files.rlim_cur - own) / CLIENT_FILES;
	if (room < LEAST_CLIENTS)
	{
		log_error("%lu open files are too few for a service with these connections and workers: it needs %ld", (unsigned long) files.rlim_cur,
				  own + LEAST_CLIENTS * CLIENT_FILES);
		log_error("hint: Raise the limit (systemd: LimitNOFILE=).");
		return HUB_USAGE;
	}
	log_warning("%lu open files have room for %ld connections of clients, not for the %ld of --client-limit", (unsigned long) files.rlim_cur, room, wanted);
	*clients = (unsigned) room;
	return HUB_OK;
}
