/*
 * hub/command/organisation.c
 *		wardstar-hub organisation: the organisations that may sign in to the service.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

static HubExit
change(Hub *hub, Db *db, const char *query, const char *name, const char *said)
{
	const char *values[1] = {name};
	PGresult   *result;

	if (!db_begin(db))
		return db_failed(db, "nothing is changed");
	result = db_query(db, query, 1, values);
	if (result == NULL || !db_commit(db))
	{
		bool		wrong_name = strncmp(db->error.sqlstate, "22", 2) == 0 || strcmp(db->error.sqlstate, "P0002") == 0;
		HubExit		exit_code = db_failed(db, "nothing is changed");

		PQclear(result);
		db_rollback(db);
		return wrong_name ? HUB_USAGE : exit_code;
	}
	if (!setting_flag(hub, "quiet"))
		printf("%s: %s\n", name, said != NULL ? said : PQgetvalue(result, 0, 0));
	PQclear(result);
	return HUB_OK;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *verb = argc > 0 ? argv[0] : "";
	bool		adding = argc == 2 && strcmp(verb, "add") == 0;
	bool		disabling = argc == 2 && strcmp(verb, "disable") == 0;
	Db			db;
	HubExit		exit_code;

	if (!adding && !disabling && !(argc == 1 && strcmp(verb, "list") == 0))
	{
		log_error("organisation takes \"add NAME\", \"list\" or \"disable NAME\"");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "organisation");
	if (exit_code != HUB_OK)
		return exit_code;
	if (adding)
		exit_code = change(hub, &db, "organisation_add", argv[1], NULL);
	else if (disabling)
		exit_code = change(hub, &db, "organisation_disable", argv[1], "disabled; what it sent stays");
	else
		exit_code = table_print(stdout, &db, "organisation_list", 0, NULL, "could not read the organisations");
	db_close(&db);
	return exit_code;
}

const HubCommand command_organisation = {
	"organisation", "add NAME | list | disable NAME",
	"let an organisation sign in to the service, or shut it out",
	"\"add\" makes the organisation, if it is not in the register yet, and the database role that stands for it; it also "
	"lets one in again that was disabled. \"disable\" takes effect at once, whatever tokens there are; what the "
	"organisation sent stays. Tokens are made with wardstar-hub token. Run it as the role that runs migrate.",
	run
};
