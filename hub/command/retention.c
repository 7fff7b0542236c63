/*
 * hub/command/retention.c
 *		wardstar-hub retention: removes what has been kept long enough.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "spool/spool_marked.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

static HubExit
undone(Db *db, PGresult *rows)
{
	bool		usage = strncmp(db->error.sqlstate, "22", 2) == 0;
	HubExit		exit_code = db_failed(db, "nothing is removed");

	PQclear(rows);
	db_rollback(db);
	return usage ? HUB_USAGE : exit_code;
}

/* A trial does everything, and undoes it. */
static HubExit
remove_older(Hub *hub, Db *db, const char *age, bool apply)
{
	PGresult   *rows = NULL;
	HubExit		exit_code = HUB_OK;
	int			files = 0;

	if (!db_begin(db) || (rows = db_query(db, "retention", 1, &age)) == NULL || (apply && !db_commit(db)))
		return undone(db, rows);
	if (!apply)
		db_rollback(db);
	if (!setting_flag(hub, "quiet"))
	{
		printf(PQntuples(rows) == 0 ? "Nothing is older than %s.\n" : apply ? "Removed what is older than %s:\n" :
			   "Older than %s, and would be removed with --apply:\n", age);
		if (PQntuples(rows) > 0 && !table_write(stdout, rows))
			exit_code = HUB_INTERNAL;
		if (PQntuples(rows) > 0)
			printf("Counts, findings and the ledger with its hashes stay.\n");
	}
	PQclear(rows);
	if (apply && exit_code == HUB_OK)
		exit_code = spool_remove_marked(hub, db, "the rows are removed, but a spool file stays", &files);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *age = setting_text(hub, "older-than");
	HubExit		exit_code;
	Db			db;

	(void) argv;
	if (argc > 0 || age == NULL)
	{
		log_error(argc > 0 ? "retention takes no argument" : "retention needs --older-than, such as --older-than 7y");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "retention");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = remove_older(hub, &db, age, setting_flag(hub, "apply"));
	db_close(&db);
	return exit_code;
}

const HubCommand command_retention = {
	"retention", "",
	"say what is older than is needed, or remove it",
	"Says how much casework and how many spool files came longer ago than --older-than, and removes nothing. With "
	"--apply it removes them, and narratives' words. Counts, findings and the ledger with its hashes stay. Submissions "
	"that are yet to be checked are left alone. It can be stopped at any time and run again: rows go in one transaction, "
	"which notes the files, and each note goes after its file.",
	run
};
