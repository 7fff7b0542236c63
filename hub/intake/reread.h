/*
 * hub/intake/reread.h
 *		The answers of a submission that came before, read again from its bytes in the spool.
 */
#ifndef HUB_REREAD_H
#define HUB_REREAD_H

#include "spool/keys.h"
#include "document/return_file.h"

typedef struct Reread
{
	char	   *programme;		/* as known, stated, or as the file says */
	char	   *period;
	char	   *form;
	bool		records;		/* a record-level return */
	ReturnRows	rows;
	char		hidden_sheets[16];	/* numbers of the document, as text */
	char		hidden_rows[16];
	char		unplaced[16];
} Reread;

/*
 * Reads it. HUB_REFUSED and HUB_IN_DOUBT are about the file (rows.problem, rows.hint), HUB_FILE says that its bytes are
 * not kept any more; what else goes wrong is logged. Free it by reread_free whatever comes.
 */
extern HubExit reread_submission(Hub *hub, Db *db, const KeyRing *ring, const char *submission, Reread *reread) HUB_MUST_CHECK;
extern void reread_free(Reread *reread);

/*
 * Runs a statement of sql/hub/queries with the submission as $1 and lines, fields, answers, hidden sheets, hidden rows and
 * numbers without a label as $2 to $7. With "reread" NULL these are NULL, and 0.
 */
extern PGresult *reread_query(Db *db, const char *query, const char *submission, const Reread *reread) HUB_MUST_CHECK;

/* After a verdict or an explanation: keeps the words of an accepted return that may now be kept, by the key file's key. */
extern HubExit reread_narrative(Hub *hub, Db *db, const char *submission) HUB_MUST_CHECK;

/* Checks a submission in state "received" at once, as a worker would. *state is a new text; NULL if others took it. */
extern HubExit reread_check(Hub *hub, Db *db, const char *submission, char **state) HUB_MUST_CHECK;

#endif
