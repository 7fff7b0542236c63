/*
 * hub/command/token.c
 *		wardstar-hub token: what organisations sign in to the service with.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "program/access_token.h"
#include "db/db.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

/* Wrong names and dates are the caller's. */
static HubExit
refused(Db *db, const char *what)
{
	const char *sqlstate = db->error.sqlstate;
	bool		usage = strncmp(sqlstate, "22", 2) == 0 || strcmp(sqlstate, "P0002") == 0;
	bool		refusal = strcmp(sqlstate, "55000") == 0;
	HubExit		exit_code = db_failed(db, what);

	return usage ? HUB_USAGE : refusal ? HUB_REFUSED : exit_code;
}

/* The secret is made here and shown once; the database sees its hash alone. */
static HubExit
issue(Hub *hub, Db *db, const char *organisation)
{
	AccessToken token;
	const char *values[4] = {organisation, token.prefix, token.sha256, setting_text(hub, "expires")};
	HubExit		exit_code = HUB_OK;

	if (!access_token_make(&token))
	{
		log_error("could not make a token: no random numbers");
		return HUB_INTERNAL;
	}
	if (!db_run(db, "token_issue", 4, values))
		exit_code = refused(db, "no token was issued");
	else
	{
		printf("%s\n", token.token);
		if (!setting_flag(hub, "quiet"))
			printf("This is the token of %s. It is not shown again: hand it over by a way that only they can read. "
				   "\"wardstar-hub token revoke %s\" takes it back.\n", organisation, token.prefix);
	}
	OPENSSL_cleanse(&token, sizeof(token));
	return exit_code;
}

static HubExit
revoke(Hub *hub, Db *db, const char *prefix)
{
	const char *values[1] = {prefix};
	PGresult   *result = db_query(db, "token_revoke", 1, values);

	if (result == NULL)
		return refused(db, "no token was revoked");
	if (!setting_flag(hub, "quiet"))
	{
		if (PQgetisnull(result, 0, 0))
			printf("%s: was revoked before\n", prefix);
		else
			printf("%s: revoked; it was of %s\n", prefix, PQgetvalue(result, 0, 0));
	}
	PQclear(result);
	return HUB_OK;
}

static HubExit
list(Db *db, const char *organisation)
{
	const char *values[1] = {organisation};

	return table_print(stdout, db, "token_list", 1, values, "could not read the tokens");
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *verb = argc > 0 ? argv[0] : "";
	bool		issuing = argc == 2 && strcmp(verb, "issue") == 0;
	bool		revoking = argc == 2 && strcmp(verb, "revoke") == 0;
	Db			db;
	HubExit		exit_code;

	if (!issuing && !revoking && !((argc == 1 || argc == 2) && strcmp(verb, "list") == 0))
	{
		log_error("token takes \"issue ORGANISATION\", \"list [ORGANISATION]\" or \"revoke PREFIX\"");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "token");
	if (exit_code != HUB_OK)
		return exit_code;
	if (issuing)
		exit_code = issue(hub, &db, argv[1]);
	else if (revoking)
		exit_code = revoke(hub, &db, argv[1]);
	else
		exit_code = list(&db, argc == 2 ? argv[1] : NULL);
	db_close(&db);
	return exit_code;
}

const HubCommand command_token = {
	"token", "issue ORGANISATION | list [ORGANISATION] | revoke PREFIX",
	"issue, list or revoke the tokens that organisations sign in with",
	"\"issue\" prints a new token of an organisation on its first line, once: the database keeps its SHA-256. \"list\" shows "
	"tokens by their prefix, the part between the first and the second underscore, with when they were issued, last "
	"used and expire. A running service learns of a revoked token at once. An organisation may have several: to change "
	"one, issue the new one first, then revoke the old. Run it as the role that runs migrate.",
	run
};
