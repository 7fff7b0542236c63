/*
 * hub/command/migrate.c
 *		wardstar-hub migrate: creates or upgrades the schema.
 */
#include <stdio.h>

#include "db/migrate.h"
#include "program/log.h"
#include "program/settings.h"

static bool quiet;

static void
show_done(const char *name)
{
	if (!quiet)
		printf("applied %s\n", name);
	fflush(stdout);
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	MigrateReport report;
	Db			db;
	HubExit		exit_code;

	(void) argv;
	if (argc > 0)
	{
		log_error("migrate takes no argument");
		return HUB_USAGE;
	}
	quiet = setting_flag(hub, "quiet");
	exit_code = db_open(hub, &db, "migrate");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = migrate_run(&db, show_done, &report);
	if (exit_code == HUB_OK && !quiet && report.applied == 0 && !report.replaced)
		printf("the schema is up to date\n");
	db_close(&db);
	return exit_code;
}

const HubCommand command_migrate = {
	"migrate", "",
	"create or upgrade the hub's schema",
	"Creates the extensions postgis and wardstar where they are missing, and creates or upgrades the hub's "
	"schemas. Each migration is one transaction and is recorded with its checksum in hub.migration; one that "
	"was changed after it was applied is refused. Functions and views are made anew as a whole. A second "
	"migrate at the same time waits for the first. Run it as the role that is to own the schema.",
	run
};
