/*
 * hub/spool/key_check.c
 *		The key file against the database.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_check.h"
#include "program/log.h"
#include "db/private.h"
#include "program/settings.h"

/* The purpose of a name, or KEY_PURPOSE_COUNT. */
static KeyPurpose
purpose_of(const char *name)
{
	int			p = 0;

	while (p < KEY_PURPOSE_COUNT && strcmp(key_purpose_name((KeyPurpose) p), name) != 0)
		p++;
	return (KeyPurpose) p;
}

/* Each key that the database knows must be in the ring. */
static HubExit
compare(Db *db, const KeyRing *ring, const PGresult *known)
{
	HubExit		result = HUB_OK;

	for (int row = 0; row < PQntuples(known); row++)
	{
		const char *name = PQgetvalue(known, row, 0);
		const char *number = PQgetvalue(known, row, 1);
		KeyPurpose	purpose = purpose_of(name);
		const Key  *key = purpose == KEY_PURPOSE_COUNT ? NULL :
			keys_find(ring, purpose, (uint32_t) strtoul(number, NULL, 10));
		char		fingerprint[KEY_FINGERPRINT_SIZE];

		if (key == NULL)
		{
			log_line(LOG_ERROR, db->who, "the database was filled with key %s %s, which is not in the key file", name,
					 number);
			result = HUB_KEYS;
		}
		else if (key_fingerprint(key, fingerprint) != HUB_OK)
			return HUB_INTERNAL;
		else if (strcmp(fingerprint, PQgetvalue(known, row, 2)) != 0)
		{
			log_line(LOG_ERROR, db->who,
					 "key %s %s of the key file is not the one that the database was filled with (fingerprint %s, expected %s)",
					 name, number, fingerprint, PQgetvalue(known, row, 2));
			result = HUB_KEYS;
		}
	}
	if (result != HUB_OK)
		log_error("hint: Use the key file that belongs to this database, or restore it from its backup; "
				  "with another one every client would be counted as new.");
	return result;
}

static bool
is_known(const PGresult *known, const Key *key)
{
	for (int row = 0; row < PQntuples(known); row++)
	{
		if (strcmp(PQgetvalue(known, row, 0), key_purpose_name(key->purpose)) == 0 &&
			strtoul(PQgetvalue(known, row, 1), NULL, 10) == key->number)
			return true;
	}
	return false;
}

/*
 * Makes the keys known that are not yet. Another hub may be doing so at the same moment with another file: one after the
 * other, all keys of a file or none, and the later one compares again.
 */
static HubExit
register_keys(Db *db, const KeyRing *ring)
{
	PGresult   *known = NULL;
	HubExit		result = HUB_OK;

	if (!db_begin(db) || !db_run(db, "key_lock", 0, NULL) || (known = db_query(db, "key_known", 0, NULL)) == NULL)
		result = db_failed(db, "the keys could not be registered");
	else
		result = compare(db, ring, known);
	for (size_t i = 0; i < ring->count && result == HUB_OK; i++)
	{
		const Key  *key = &ring->keys[i];
		char		fingerprint[KEY_FINGERPRINT_SIZE];
		char		number[16];
		const char *values[] = {key_purpose_name(key->purpose), number, fingerprint, key->made_on};

		if (is_known(known, key))
			continue;
		snprintf(number, sizeof(number), "%" PRIu32, key->number);
		result = key_fingerprint(key, fingerprint);
		if (result == HUB_OK && !db_run(db, "key_register", 4, values))
			result = db_failed(db, "a key could not be registered");
	}
	PQclear(known);
	if (result == HUB_OK && !db_commit(db))
		result = db_failed(db, "the keys could not be registered");
	if (result != HUB_OK)
		db_rollback(db);
	return result;
}

HubExit
key_check(Db *db, const KeyRing *ring)
{
	PGresult   *known = db_query(db, "key_known", 0, NULL);
	HubExit		result;
	bool		all_known = true;

	if (known == NULL)
		return db_failed(db, "the keys could not be checked");
	result = compare(db, ring, known);
	for (size_t i = 0; i < ring->count; i++)
		all_known = all_known && is_known(known, &ring->keys[i]);
	PQclear(known);
	return result != HUB_OK || all_known ? result : register_keys(db, ring);
}

HubExit
keys_open(Hub *hub, Db *db, KeyRing *ring)
{
	const char *path = setting_text(hub, "key-file");
	HubExit		result;

	memset(ring, 0, sizeof(*ring));
	if (path == NULL)
	{
		log_error("no key file is named: use --key-file or WARDSTAR_KEY_FILE");
		log_error("hint: \"wardstar-hub key new\" makes one; nothing of a partner's file is taken without.");
		return HUB_KEYS;
	}
	result = keys_read(path, ring);
	if (result == HUB_OK)
		result = key_check(db, ring);
	if (result == HUB_OK)
		result = private_session(db);
	if (result != HUB_OK)
		keys_free(ring);
	return result;
}
