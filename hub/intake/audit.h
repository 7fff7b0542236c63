/*
 * hub/intake/audit.h
 *		The audit of ledger and spool.
 */
#ifndef HUB_AUDIT_H
#define HUB_AUDIT_H

#include <stdio.h>

#include "db/db.h"
#include "spool/keys.h"

/*
 * Compares the ledger with its events and anchors; a line to "out" for each fault. "noted" is NULL, or an anchor
 * that was noted down before, as NUMBER:SHA256. HUB_LEDGER if anything is wrong.
 */
extern HubExit audit_ledger(Db *db, const char *noted, FILE *out) HUB_MUST_CHECK;

/* Opens each file that the ledger names and compares its content. HUB_SPOOL if anything is wrong. */
extern HubExit audit_spool(Db *db, const char *folder, const KeyRing *ring, FILE *out) HUB_MUST_CHECK;

#endif
