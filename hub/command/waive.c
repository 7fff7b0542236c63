/*
 * hub/command/waive.c
 *		wardstar-hub waive: lets a finding be, with a reason.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/private.h"
#include "intake/reread.h"
#include "program/log.h"
#include "program/settings.h"

static HubExit
waive(Hub *hub, Db *db, const char *const *values)
{
	PGresult   *result = db_query(db, "waive", 5, values);
	const char *submission;
	HubExit		exit_code = HUB_OK;

	if (result == NULL)
	{
		bool		usage = strncmp(db->error.sqlstate, "22", 2) == 0 || strcmp(db->error.sqlstate, "P0002") == 0 ||
			strcmp(db->error.sqlstate, "55000") == 0;

		exit_code = db_failed(db, "nothing is waived");
		return usage ? HUB_USAGE : exit_code;
	}
	submission = PQgetvalue(result, 0, 0);
	if (!setting_flag(hub, "quiet"))
		printf("waived: %s; submission %s: %s%s%s\n", PQgetvalue(result, 0, 1), submission, PQgetvalue(result, 0, 2),
			   strcmp(submission, values[0]) != 0 ? ", in the place of " : "", strcmp(submission, values[0]) != 0 ? values[0] : "");
	if (PQgetvalue(result, 0, 3)[0] == 't')
		exit_code = reread_narrative(hub, db, submission);
	PQclear(result);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *values[5] = {argc == 3 ? argv[0] : NULL, argc == 3 ? argv[1] : NULL, argc == 3 ? argv[2] : NULL,
	setting_text(hub, "reason"), setting_text(hub, "line")};
	Db			db;
	HubExit		exit_code;

	if (argc != 3 || values[3] == NULL)
	{
		log_error("waive takes a submission, a rule and a field, and --reason TEXT");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "waive");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = private_session(&db);
	if (exit_code == HUB_OK)
		exit_code = waive(hub, &db, values);
	db_close(&db);
	return exit_code;
}

const HubCommand command_waive = {
	"waive", "SUBMISSION RULE FIELD",
	"let a finding be, with a reason",
	"For the hub's staff: keeps that a query or an error is let be, why, by whom and when. It holds for the same value in the "
	"same quarter, also in a corrected file, and stands in the receipt. When no other error is left in a return that was not "
	"accepted, the same bytes are entered again under a new number and accepted; the old submission stays on record. A field "
	"given twice can't be waived, nor a file that was not read.",
	run
};
