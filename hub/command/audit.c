/*
 * hub/command/audit.c
 *		wardstar-hub audit: whether ledger and spool are what was received.
 */
#include <stdio.h>

#include "db/db.h"
#include "intake/audit.h"
#include "spool/key_check.h"
#include "program/log.h"
#include "program/settings.h"

static HubExit
compare(Hub *hub, Db *db, const KeyRing *ring)
{
	PGresult   *counts;
	HubExit		result;

	/* All of the audit sees the same state, and changes nothing. */
	if (!db_script(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
		return db_failed(db, "the audit could not begin");
	result = audit_ledger(db, setting_text(hub, "anchor"), stdout);
	if (ring != NULL && (result == HUB_OK || result == HUB_LEDGER))
		result = hub_worse(result, audit_spool(db, setting_text(hub, "spool"), ring, stdout));
	counts = result == HUB_OK ? db_query(db, "audit_counts", 0, NULL) : NULL;
	if (result == HUB_OK && counts == NULL)
		result = db_failed(db, "the ledger could not be counted");
	if (result == HUB_OK && !setting_flag(hub, "quiet"))
		printf("%s submissions, %s events, %s anchors: nothing is missing, changed or added%s\n", PQgetvalue(counts, 0, 0),
			   PQgetvalue(counts, 0, 1), PQgetvalue(counts, 0, 2),
			   ring != NULL ? ", and the spool has their files" : "; the spool was not looked at, which needs --key-file");
	PQclear(counts);
	db_rollback(db);
	return result;
}

/* What the next audit compares with, if it is kept where whoever can change the database can't. */
static HubExit
anchor(Hub *hub, Db *db)
{
	PGresult   *result = db_query(db, "audit_anchor", 0, NULL);

	if (result == NULL)
		return db_failed(db, "no anchor could be made");
	if (!setting_flag(hub, "quiet") && !PQgetisnull(result, 0, 0))
		printf("anchor %s:%s of %s UTC; note it down elsewhere, for --anchor\n", PQgetvalue(result, 0, 0),
			   PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 2));
	PQclear(result);
	return HUB_OK;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	KeyRing		ring;
	bool		with_spool = setting_text(hub, "key-file") != NULL;
	HubExit		result;
	Db			db;

	(void) argv;
	if (argc > 0)
	{
		log_error("audit takes no argument");
		return HUB_USAGE;
	}
	result = db_open_current(hub, &db, "audit");
	if (result != HUB_OK)
		return result;
	if (with_spool)
		result = keys_open(hub, &db, &ring);
	if (result == HUB_OK)
	{
		result = compare(hub, &db, with_spool ? &ring : NULL);
		if (with_spool)
			keys_free(&ring);
	}
	if (result == HUB_OK)
		result = anchor(hub, &db);
	db_close(&db);
	return result;
}

const HubCommand command_audit = {
	"audit", "",
	"find out whether a row of the ledger, or a received file, was removed, changed or added",
	"Computes the chains of hashes over all events of the ledger anew, compares each submission with its events, and, "
	"with a key file, opens each file of the spool and compares its bytes with the SHA-256 that was taken when it was "
	"received. Each fault is a line; the exit code is 12 for the ledger, 13 for the spool. If all is well, the events "
	"that are new come under an anchor, which is printed: kept outside the database and given with --anchor to a later "
	"audit, it also shows a ledger that was written anew with all its hashes.",
	run
};
