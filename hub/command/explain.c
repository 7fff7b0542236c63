/*
 * hub/command/explain.c
 *		wardstar-hub explain: answers what a receipt asks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/private.h"
#include "intake/reread.h"
#include "program/log.h"
#include "program/settings.h"

/* What lies in the call, not in the database. */
static HubExit
refused(Db *db)
{
	bool		usage = strncmp(db->error.sqlstate, "22", 2) == 0 || strcmp(db->error.sqlstate, "P0002") == 0 ||
		strcmp(db->error.sqlstate, "55000") == 0;
	HubExit		exit_code = db_failed(db, "nothing is kept");

	return usage ? HUB_USAGE : exit_code;
}

static HubExit
explain(Hub *hub, Db *db, char **argv)
{
	const char *values[5] = {argv[0], argv[1], argv[2], argv[3], setting_text(hub, "line")};
	PGresult   *result = db_query(db, "explain", 5, values);
	HubExit		exit_code = HUB_OK;

	if (result == NULL)
		return refused(db);
	if (PQgetvalue(result, 0, 2)[0] == 't')
		exit_code = reread_narrative(hub, db, argv[0]);
	if (!setting_flag(hub, "quiet"))
		printf("answered: %s; still open: %s\n", PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
	PQclear(result);
	return exit_code;
}

/* Where the key is at hand the file is checked at once, else by the workers of the service. */
static HubExit
restate(Hub *hub, Db *db, const char *submission)
{
	const char *values[4] = {submission, setting_text(hub, "programme"), setting_text(hub, "period"), setting_text(hub, "form")};
	char	   *state = NULL;
	HubExit		exit_code;

	if (!db_run(db, "explain_restate", 4, values))
		return refused(db);
	if (setting_text(hub, "key-file") == NULL)
		exit_code = HUB_OK;
	else
		exit_code = reread_check(hub, db, submission, &state);
	if (exit_code == HUB_OK && !setting_flag(hub, "quiet"))
		printf("submission %s: %s\n", submission, state != NULL ? state : "is to be checked");
	if (state != NULL && strcmp(state, "accepted") != 0)
		exit_code = HUB_REJECTS;
	free(state);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	bool		stating = argc == 1 && (setting_text(hub, "programme") != NULL || setting_text(hub, "period") != NULL ||
										setting_text(hub, "form") != NULL);
	Db			db;
	HubExit		exit_code;

	if (argc != 4 && !stating)
	{
		log_error("explain takes a submission, a rule, a field and your words, or a submission and --programme, --period or --form");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "explain");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = private_session(&db);
	if (exit_code == HUB_OK)
		exit_code = stating ? restate(hub, &db, argv[0]) : explain(hub, &db, argv);
	db_close(&db);
	return exit_code;
}

const HubCommand command_explain = {
	"explain", "SUBMISSION [RULE FIELD TEXT]",
	"answer what a receipt asks",
	"Keeps the sender's answer to a query: the submission's number, the rule and the field as the receipt has them (- "
	"where there is no field), and a few words. It stands in the receipt, and the query is not asked again for that value in "
	"the same quarter, also when a corrected file comes. Words that may identify a person are refused. --line answers for one "
	"line alone.\n\n"
	"With --programme, --period or --form it says what a file is that waits because that could not be told; the file is "
	"then checked.",
	run
};
