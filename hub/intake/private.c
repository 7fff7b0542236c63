/*
 * hub/intake/private.c
 *		Sessions that send answers, narrative or postcodes: none of it may end in the server's log.
 */
#include "log.h"
#include "private.h"

HubExit
private_session(Db *db)
{
	PGresult   *loud = db_query(db, "session_private", 0, NULL);
	HubExit		exit_code = HUB_OK;

	if (loud == NULL)
		return db_failed(db, "the session could not be made private");
	if (PQntuples(loud) == 1 && !PQgetisnull(loud, 0, 0))
	{
		log_line(LOG_ERROR, db->who, "the server would write answers and postcodes into its log: %s", PQgetvalue(loud, 0, 0));
		log_error("hint: Set it so that parameters of statements are not logged (ALTER DATABASE … SET log_parameter_max_length = 0), "
				  "or let the hub do so: GRANT SET ON PARAMETER %s TO its role.", PQgetvalue(loud, 0, 0));
		exit_code = HUB_USAGE;
	}
	PQclear(loud);
	return exit_code;
}
