/*
 * hub/command/key.c
 *		wardstar-hub key new|check|rotate: the key file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "spool/key_check.h"
#include "spool/spool.h"
#include "spool/spool_audit.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

typedef struct SpoolState
{
	const char *folder;
	const KeyRing *ring;
	long		files;
	long		moved;			/* put under the present key */
	long		broken;
} SpoolState;

static HubExit
key_file(Hub *hub, const char **path)
{
	*path = setting_text(hub, "key-file");
	if (*path != NULL)
		return HUB_OK;
	log_error("no key file is named: use --key-file or WARDSTAR_KEY_FILE");
	return HUB_USAGE;
}

static HubExit
new_keys(Hub *hub)
{
	const char *path;
	KeyRing		ring;
	HubExit		result = key_file(hub, &path);

	if (result != HUB_OK)
		return result;
	result = keys_make(&ring);
	if (result == HUB_OK)
	{
		result = keys_write(path, &ring, false);
		keys_free(&ring);
	}
	if (result == HUB_OK && !setting_flag(hub, "quiet"))
		printf("made %s. Keep a copy of it away from the database and its backups: "
			   "without it no spool file opens and no client is known again.\n", path);
	return result;
}

static bool
rewrap_file(const char *id, void *state)
{
	SpoolState *spool = state;
	bool		changed = false;

	spool->files++;
	if (!spool_rewrap(spool->folder, spool->ring, id, &changed))
		spool->broken++;
	else if (changed)
		spool->moved++;
	return !stop_requested();
}

/* Puts every file of the spool under the present key. */
static HubExit
rewrap_spool(Hub *hub, const KeyRing *ring, SpoolState *spool)
{
	*spool = (SpoolState)
	{
		.folder = setting_text(hub, "spool"), .ring = ring
	};
	if (!spool_walk(spool->folder, rewrap_file, spool))
		return stop_requested() ? HUB_STOPPED : HUB_FILE;
	return spool->broken > 0 ? HUB_KEYS : HUB_OK;
}

static void
print_keys(const KeyRing *ring)
{
	for (size_t i = 0; i < ring->count; i++)
	{
		const Key  *key = &ring->keys[i];
		char		fingerprint[KEY_FINGERPRINT_SIZE];

		if (key_fingerprint(key, fingerprint) == HUB_OK)
			printf("%-7s %" PRIu32 "  made %s  fingerprint %s%s\n", key_purpose_name(key->purpose), key->number,
				   key->made_on, fingerprint, key == keys_current(ring, key->purpose) ? "  in use" : "");
	}
}

static HubExit
check_keys(Hub *hub, Db *db)
{
	KeyRing		ring;
	SpoolAudit	spool;
	bool		content = setting_flag(hub, "content");
	HubExit		result = keys_open(hub, db, &ring);

	if (result != HUB_OK)
		return result;
	result = spool_audit(hub, db, &ring, content, &spool);
	if (!setting_flag(hub, "quiet"))
	{
		print_keys(&ring);
		printf("spool: %ld files, %ld under an older key, %ld that do not open%s\n", spool.files, spool.older, spool.broken,
			   content ? " or are not what was received" : "");
		if (spool.missing > 0 || spool.unnamed > 0)
			printf("spool: %ld files that the database names are not there, %ld files are named by nothing\n", spool.missing, spool.unnamed);
	}
	keys_free(&ring);
	return result;
}

/* Whether a purpose is among the arguments; without any all are meant. */
static bool
is_named(KeyPurpose purpose, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
	{
		if (strcmp(argv[i], key_purpose_name(purpose)) == 0)
			return true;
	}
	return argc == 0;
}

static bool
are_purposes(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
	{
		int			p = 0;

		while (p < KEY_PURPOSE_COUNT && strcmp(argv[i], key_purpose_name((KeyPurpose) p)) != 0)
			p++;
		if (p == KEY_PURPOSE_COUNT)
		{
			log_error("no key is for \"%s\"; there are spool, client, family, name, birth and number", argv[i]);
			return false;
		}
	}
	return true;
}

/* The new key is in the file before anything is made with it: whatever is lost after that can be done again. */
static HubExit
rotate_keys(Hub *hub, Db *db, int argc, char **argv)
{
	KeyRing		ring;
	SpoolState	spool = {0};
	HubExit		result;
	bool		resume = setting_flag(hub, "rewrap-only");

	if (!are_purposes(argc, argv))
		return HUB_USAGE;
	result = keys_open(hub, db, &ring);
	if (result != HUB_OK)
		return result;
	for (int p = 0; p < KEY_PURPOSE_COUNT && result == HUB_OK && !resume; p++)
	{
		if (is_named((KeyPurpose) p, argc, argv))
			result = keys_add(&ring, (KeyPurpose) p);
	}
	if (result == HUB_OK && !resume)
		result = keys_write(setting_text(hub, "key-file"), &ring, true);
	if (result == HUB_OK)
		result = key_check(db, &ring);
	if (result == HUB_OK && (resume || is_named(KEY_SPOOL, argc, argv)))
	{
		result = rewrap_spool(hub, &ring, &spool);
		if (result != HUB_OK)
			log_error("hint: The new keys are in use. \"wardstar-hub key rotate --rewrap-only\" goes on with the spool.");
	}
	if (result == HUB_OK && !setting_flag(hub, "quiet"))
	{
		print_keys(&ring);
		printf("spool: %ld files, %ld put under the present key\n", spool.files, spool.moved);
		printf("The key file has changed: renew its backup. Keep the older copies; old backups need them.\n");
	}
	keys_free(&ring);
	return result;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *verb = argc > 0 ? argv[0] : "";
	HubExit		result;
	Db			db;

	if (strcmp(verb, "new") == 0 && argc == 1)
		return new_keys(hub);
	if (!(strcmp(verb, "check") == 0 && argc == 1) && strcmp(verb, "rotate") != 0)
	{
		log_error("key takes \"new\", \"check\" or \"rotate [PURPOSE …]\"; see wardstar-hub key --help");
		return HUB_USAGE;
	}
	result = db_open_current(hub, &db, "key");
	if (result != HUB_OK)
		return result;
	result = verb[0] == 'c' ? check_keys(hub, &db) : rotate_keys(hub, &db, argc - 1, argv + 1);
	db_close(&db);
	return result;
}

const HubCommand command_key = {
	"key", "new|check|rotate [PURPOSE …]",
	"make, check or renew the keys that hide identifiers and encrypt the spool",
	"\"key new\" makes the file that --key-file names, mode 0600 in a folder of its own, with one key a purpose. "
	"\"key check\" compares it with the fingerprints in the database, opens every spool file's head, and tells which files are not "
	"there that the database names; with --content it reads each file and compares its SHA-256. "
	"\"key rotate\" adds a new key for each PURPOSE named (spool, client, family, name, birth, number; all without "
	"one) and puts the spool files under the new spool key; the older keys stay in the file, so that old tokens "
	"are still recognised.",
	run
};
