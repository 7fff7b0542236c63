/*
 * hub/command/serve.c
 *		wardstar-hub serve: the service that partners send to.
 */
#include "program/log.h"
#include "serve/serve.h"
#include "program/settings.h"

static HubExit
run(Hub *hub, int argc, char **argv)
{
	(void) argv;
	if (argc > 0)
	{
		log_error("serve takes no argument; see wardstar-hub serve --help");
		return HUB_USAGE;
	}
	/* Its lines are read by machines, unless somebody asks otherwise. */
	if (setting_text(hub, "log-format") == NULL)
		log_set_format(LOG_LOGFMT);
	return serve_run(hub);
}

const HubCommand command_serve = {
	"serve", "",
	"receive files from partners by HTTP, check them, and show receipts",
	"Serves until it is stopped (SIGTERM): takes files in, has them checked, and gives receipts, data and the page for partners. "
	"docs/serve.md describes it. An upload is answered when its bytes are on disk, encrypted, and in the ledger.\n\n"
	"By default it listens on this machine only. Elsewhere it wants --tls-cert and --tls-key, or --behind-proxy if a "
	"proxy in front does TLS. SIGHUP makes it read settings, keys and certificate again. On SIGTERM it finishes or gives back what is in work, within "
	"10 seconds. The login of the database should be one that may do nothing but take on the hub's roles: see docs/security.md.",
	run
};
