/*
 * hub/command/recheck.c
 *		wardstar-hub recheck: checks returns of old quarters again.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "spool/key_check.h"
#include "intake/reread.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

typedef struct Sums
{
	int			returns;
	int			different;
	int			renewed;
} Sums;

static HubExit
apply(Db *db, const char *submission, const Reread *reread, Sums *sums)
{
	PGresult   *result;

	if (!db_begin(db))
		return db_failed(db, "not applied");
	result = reread_query(db, "recheck_apply", submission, reread);
	if (result == NULL || !db_commit(db))
	{
		HubExit		exit_code = db_failed(db, "not applied");

		PQclear(result);
		db_rollback(db);
		return exit_code;
	}
	if (PQgetisnull(result, 0, 0))
		printf("  left as it is: it would no longer be accepted\n");
	else
	{
		printf("  renewed as submission %s: %s\n", PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
		sums->renewed++;
	}
	PQclear(result);
	return HUB_OK;
}

/* One return: its rows from the spool where that is possible, else what its stored counts tell. */
static HubExit
recheck(Hub *hub, Db *db, const KeyRing *ring, const PGresult *list, int row, Sums *sums)
{
	const char *submission = PQgetvalue(list, row, 0);
	bool		kept = PQgetvalue(list, row, 2)[0] == 't' && ring != NULL;
	Reread		reread = {0};
	PGresult   *result;
	HubExit		exit_code = kept ? reread_submission(hub, db, ring, submission, &reread) : HUB_OK;

	if (exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
		return_log_problem(PQgetvalue(list, row, 1), &reread.rows);
	if (exit_code == HUB_OK)
	{
		result = reread_query(db, "recheck", submission, kept ? &reread : NULL);
		if (result == NULL)
			exit_code = db_failed(db, "not checked again");
		else
		{
			sums->returns++;
			if (PQntuples(result) > 0 || !kept)
				printf("%s%s\n", PQgetvalue(list, row, 1), kept ? "" : ": by its stored counts alone");
			for (int r = 0; r < PQntuples(result); r++)
				printf("  %s %s: %s\n", PQgetvalue(result, r, 0), PQgetvalue(result, r, 1), PQgetvalue(result, r, 2));
			if (PQntuples(result) > 0)
			{
				sums->different++;
				if (setting_flag(hub, "apply") && kept)
					exit_code = apply(db, submission, &reread, sums);
			}
		}
		PQclear(result);
	}
	reread_free(&reread);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *values[2] = {setting_text(hub, "period"), setting_text(hub, "programme")};
	bool		with_keys = setting_text(hub, "key-file") != NULL;
	Sums		sums = {0};
	KeyRing		ring;
	PGresult   *list;
	Db			db;
	HubExit		exit_code;

	(void) argv;
	if (argc != 0 || (setting_flag(hub, "apply") && !with_keys))
	{
		log_error(argc != 0 ? "recheck takes no argument" : "recheck --apply needs the key file, to read what was sent");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "recheck");
	if (exit_code != HUB_OK)
		return exit_code;
	if (with_keys)
	{
		exit_code = keys_open(hub, &db, &ring);
		if (exit_code != HUB_OK)
		{
			db_close(&db);
			return exit_code;
		}
	}
	list = db_query(&db, "recheck_list", 2, values);
	if (list == NULL)
		exit_code = db_failed(&db, "nothing is checked again");
	else
		for (int i = 0; i < PQntuples(list) && !stop_requested(); i++)
			exit_code = hub_worse(exit_code, recheck(hub, &db, with_keys ? &ring : NULL, list, i, &sums));
	if (list != NULL && PQntuples(list) == 0 && (values[0] != NULL || values[1] != NULL))
		log_warning("no return of %s%s%s was found", values[1] != NULL ? values[1] : "any programme", values[0] != NULL ? " for " : "",
					values[0] != NULL ? values[0] : "");
	if (list != NULL && !setting_flag(hub, "quiet"))
		printf("%d returns checked again, %d differ%s, %d renewed\n", sums.returns, sums.different, sums.different == 1 ? "s" : "", sums.renewed);
	PQclear(list);
	if (with_keys)
		keys_free(&ring);
	db_close(&db);
	return exit_code == HUB_OK && stop_requested() ? HUB_STOPPED : exit_code;
}

const HubCommand command_recheck = {
	"recheck", "",
	"check returns of old quarters again, and say what would differ",
	"Checks each return that stands, of one quarter or programme or of all, by the form and rules of its own quarter, from the "
	"bytes in the spool: with the reference data and earlier returns that are there now. It lists findings that are new or "
	"gone, counts that differ, and verdicts that would change, and changes nothing. Where the bytes or the key file are "
	"not there, only the rules about counts are compared, from the stored counts.\n\n"
	"With --apply a return that differs is entered again under a new number and replaces the old one; one that would no "
	"longer be accepted is left as it is, for the hub and the sender to settle.",
	run
};
