/*
 * hub/command/publish.c
 *		wardstar-hub publish: rebuilds the published tables.
 */
#include <stdio.h>

#include "db/db.h"
#include "program/log.h"
#include "program/settings.h"

static HubExit
run(Hub *hub, int argc, char **argv)
{
	PGresult   *result;
	Db			db;
	HubExit		exit_code;

	(void) argv;
	if (argc > 0)
	{
		log_error("publish takes no argument");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "publish");
	if (exit_code != HUB_OK)
		return exit_code;
	result = db_query(&db, "publish", 0, NULL);
	if (result == NULL)
		exit_code = db_failed(&db, "the published tables stay as they were");
	else if (!setting_flag(hub, "quiet"))
		printf("publish.demand_ward: %s rows, publish.demand_lsoa: %s rows; %s changed, version %s\n"
			   "not for publication: nobody is granted these tables, and subtraction can undo what is withheld in them\n",
			   PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 2), PQgetvalue(result, 0, 3));
	PQclear(result);
	db_close(&db);
	return exit_code;
}

const HubCommand command_publish = {
	"publish", "",
	"rebuild the demand tables that GIS tools and the map read",
	"Rebuilds publish.demand_lsoa and publish.demand_ward from the demand views, in one transaction: whoever reads "
	"them sees the old rows until the new ones are complete, never an empty table. Counts of 1 to 4 people are "
	"withheld, and what gives them away in the same row; subtraction can undo that, so the tables are not for "
	"publication and nobody is granted them.",
	run
};
