/*
 * hub/spool/key_check.h
 *		The key file against the database: a hub with the wrong key must not start, or every client would
 *		silently be a new one.
 */
#ifndef HUB_KEY_CHECK_H
#define HUB_KEY_CHECK_H

#include "db/db.h"
#include "keys.h"

/*
 * Compares the ring with the fingerprints that the database knows. A key that the database knows must be in the
 * ring and be the same: else HUB_KEYS. Keys that the database doesn't know yet are registered: all of them on a
 * new database, the newer ones after a rotation whose end was lost.
 */
extern HubExit key_check(Db *db, const KeyRing *ring) HUB_MUST_CHECK;

/* Reads the file that the setting key-file names, and checks it; the session is then a private one (private.h). */
extern HubExit keys_open(Hub *hub, Db *db, KeyRing *ring) HUB_MUST_CHECK;

#endif
