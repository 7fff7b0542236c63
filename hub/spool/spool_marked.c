/*
 * hub/spool/spool_marked.c
 *		Removing the spool files that a withdrawal or retention left to be removed.
 */
#include <stdlib.h>

#include "spool/spool.h"
#include "spool/spool_marked.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

HubExit
spool_remove_marked(Hub *hub, Db *db, const char *kept, int *removed)
{
	PGresult   *marked = db_query(db, "spool_to_remove", 0, NULL);
	HubExit		exit_code = HUB_OK;
	bool		stuck[256] = {false};
	int			failures = 0;

	if (marked == NULL)
		return db_failed(db, "the spool files that are to be removed could not be looked up");
	for (int i = 0; i < PQntuples(marked) && exit_code == HUB_OK; i++)
	{
		const char *id = PQgetvalue(marked, i, 0);
		const char	folder[3] = {id[0], id[0] != '\0' ? id[1] : '\0', '\0'};
		unsigned char n = (unsigned char) strtoul(folder, NULL, 16);

		/* A folder that can't be written to is not tried for each of thousands of files, nor does it hold up the others. */
		if (stuck[n])
			continue;
		if (stop_requested())
			exit_code = HUB_STOPPED;
		else if (!spool_remove(setting_text(hub, "spool"), id))
		{
			log_error("%s: %s", kept, id);
			stuck[n] = true;
			failures++;
		}
		else if (!db_run(db, "spool_removed", 1, &id))
			exit_code = db_failed(db, "a spool file is gone, but the database doesn't know");
		else
			(*removed)++;
	}
	PQclear(marked);
	if (failures > 0)
		log_error("hint: Mend the cause and run it again: it removes what was left.");
	return exit_code == HUB_OK && failures > 0 ? HUB_FILE : exit_code;
}
