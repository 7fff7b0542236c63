/*
 * hub/db/private.c
 *		Sessions that send answers, narrative or postcodes: none of it may end in the server's log.
 */
#include "program/log.h"
#include "private.h"

/* The settings by which the server would still log what it must not, in a buffer that the caller clears; NULL on failure. */
static PGresult *
make_private(Db *db, bool *loud)
{
	PGresult   *result = db_query(db, "session_private", 0, NULL);

	*loud = result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0);
	return result;
}

/*
 * A login that does not inherit has the rights of its roles only while it takes them on; what is set then lasts for the
 * session. Each of the two that migrate gives the right to is tried.
 */
static void
make_private_as_member(Db *db)
{
	static const char *const roles[] = {"wardstar_service", "wardstar_loader"};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
	{
		bool		loud;
		PGresult   *result = NULL;

		if (db_begin(db) && db_run(db, "serve_role", 1, &roles[i]) && (result = make_private(db, &loud)) != NULL && db_commit(db))
		{
			PQclear(result);
			if (!loud)
				return;
			continue;
		}
		PQclear(result);
		db_rollback(db);
		db_clear_error(db);
	}
}

HubExit
private_session(Db *db)
{
	bool		loud;
	PGresult   *result = make_private(db, &loud);
	HubExit		exit_code = HUB_OK;

	if (loud)
	{
		PQclear(result);
		make_private_as_member(db);
		result = make_private(db, &loud);
	}
	if (result == NULL)
		return db_failed(db, "the session could not be made private");
	if (loud)
	{
		log_line(LOG_ERROR, db->who, "the server would write answers and postcodes into its log: %s", PQgetvalue(result, 0, 0));
		log_error("hint: Set it so that parameters of statements are not logged (ALTER DATABASE … SET log_parameter_max_length = 0), "
				  "or let the hub do so: GRANT SET ON PARAMETER %s TO its role.", PQgetvalue(result, 0, 0));
		exit_code = HUB_USAGE;
	}
	PQclear(result);
	return exit_code;
}
