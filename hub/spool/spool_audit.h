/*
 * hub/spool/spool_audit.h
 *		The spool against the database: are all files there that the database names, and are they what was received?
 */
#ifndef HUB_SPOOL_AUDIT_H
#define HUB_SPOOL_AUDIT_H

#include "db/db.h"
#include "keys.h"

typedef struct SpoolAudit
{
	long		files;			/* in the folder */
	long		older;			/* under an older key */
	long		broken;			/* that do not open, or whose content is not what was received */
	long		missing;		/* that the database names and are not there */
	long		unnamed;		/* that nothing in the database names */
} SpoolAudit;

/*
 * Looks at every file; with "content" each is read to its end and compared with the SHA-256 that the database keeps.
 * What is missing or broken is logged by name and gives HUB_KEYS (it does not open) or HUB_FILE.
 */
extern HubExit spool_audit(Hub *hub, Db *db, const KeyRing *ring, bool content, SpoolAudit *audit) HUB_MUST_CHECK;

/* The row that names a file, of rows that are sorted by their first column; -1: none. */
extern int	spool_row_of(const PGresult *named, const char *id);

/*
 * Reads a file to its end and compares it with a SHA-256 in hex and a size, of which each may be NULL. NULL: it is the
 * same; else what is wrong, to be said of whatever the file belongs to.
 */
extern const char *spool_compare(const char *folder, const KeyRing *ring, const char *id, const char *sha256, const char *size);

#endif
