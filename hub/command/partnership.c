/*
 * hub/command/partnership.c
 *		wardstar-hub partnership: what stands on receipts about the partnership, and what it keeps.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "program/log.h"
#include "program/settings.h"

static HubExit
run(Hub *hub, int argc, char **argv)
{
	PGresult   *result;
	Db			db;
	HubExit		exit_code;

	if (argc != 0 && argc != 2)
	{
		log_error("partnership takes nothing, or a NAME and its TEXT");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "partnership");
	if (exit_code != HUB_OK)
		return exit_code;
	result = argc == 0 ? db_query(&db, "partnership_list", 0, NULL) : db_query(&db, "partnership_set", 2, (const char *const *) argv);
	if (result == NULL)
	{
		bool		usage = strncmp(db.error.sqlstate, "22", 2) == 0 || strcmp(db.error.sqlstate, "P0002") == 0;

		exit_code = db_failed(&db, argc == 0 ? "could not be read" : "nothing is changed");
		if (usage)
			exit_code = HUB_USAGE;
	}
	else if (argc == 0)
	{
		for (int r = 0; r < PQntuples(result); r++)
			printf("%s%s: %s\n%s\n", r > 0 ? "\n" : "", PQgetvalue(result, r, 0), PQgetvalue(result, r, 1), PQgetvalue(result, r, 2));
	}
	PQclear(result);
	db_close(&db);
	return exit_code;
}

const HubCommand command_partnership = {
	"partnership", "[NAME TEXT]",
	"show or set what the partnership says of itself on receipts, and what it keeps",
	"Without arguments it lists what can be set, what each means, and how it stands. With two it sets one: name, contact, "
	"answers (how partners answer questions), use (who uses the figures and for what; each line is a paragraph), or "
	"keep-narrative (on or off; docs/receipts.md says what \"on\" means before you choose it).",
	run
};
