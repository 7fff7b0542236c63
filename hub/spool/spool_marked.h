/*
 * hub/spool/spool_marked.h
 *		Spool files that nothing names any more.
 */
#ifndef HUB_SPOOL_MARKED_H
#define HUB_SPOOL_MARKED_H

#include "db/db.h"

/*
 * Removes each file that intake.spool_to_remove names, and then its name there: what was cut off is done by the next
 * call. Adds the number of files to *removed; "kept" says in the log what is the matter when one can't be removed.
 */
extern HubExit spool_remove_marked(Hub *hub, Db *db, const char *kept, int *removed) HUB_MUST_CHECK;

#endif
