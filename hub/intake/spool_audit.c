/*
 * hub/intake/spool_audit.c
 *		The spool against the database; what is to be known after a backup was restored.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "log.h"
#include "settings.h"
#include "spool.h"
#include "spool_audit.h"
#include "stop.h"

typedef struct Look
{
	const char *folder;
	const KeyRing *ring;
	const PGresult *named;		/* spool, SHA-256 in hex; by spool */
	bool	   *seen;			/* of the rows of named */
	bool		content;
	SpoolAudit *audit;
} Look;

/* The row that names a file, or -1. */
static int
row_of(const PGresult *named, const char *id)
{
	int			low = 0;
	int			high = PQntuples(named) - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		int			order = strcmp(PQgetvalue(named, middle, 0), id);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/* Whether a file opens to its end and has the SHA-256, which may be NULL. */
static bool
content_is(const Look *look, const char *id, const char *sha256)
{
	static _Thread_local unsigned char buffer[65536];
	SpoolReader *reader = spool_open(look->folder, look->ring, id);
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	unsigned char hash[EVP_MAX_MD_SIZE];
	char		hex[SPOOL_SHA256_SIZE];
	bool		fine = reader != NULL && digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;
	ssize_t		n = 0;

	while (fine && (n = spool_read(reader, buffer, sizeof(buffer))) > 0)
		fine = EVP_DigestUpdate(digest, buffer, (size_t) n) == 1 && !stop_requested();
	OPENSSL_cleanse(buffer, sizeof(buffer));
	fine = fine && n == 0 && EVP_DigestFinal_ex(digest, hash, NULL) == 1;
	if (fine && sha256 != NULL)
	{
		for (int i = 0; i < 32; i++)
			snprintf(hex + 2 * i, 3, "%02x", hash[i]);
		fine = strcmp(hex, sha256) == 0;
		if (!fine)
			log_error("spool file %s is not what was received: its SHA-256 is another", id);
	}
	EVP_MD_CTX_free(digest);
	spool_close(reader);
	return fine;
}

static bool
look_at(const char *id, void *state)
{
	Look	   *look = state;
	int			row = row_of(look->named, id);
	bool		older = false;

	look->audit->files++;
	if (row >= 0)
		look->seen[row] = true;
	else
		look->audit->unnamed++;
	if (!spool_check(look->folder, look->ring, id, &older) ||
		(look->content && !content_is(look, id, row >= 0 ? PQgetvalue(look->named, row, 1) : NULL)))
		look->audit->broken++;
	else if (older)
		look->audit->older++;
	return !stop_requested();
}

HubExit
spool_audit(Hub *hub, Db *db, const KeyRing *ring, bool content, SpoolAudit *audit)
{
	PGresult   *named;
	Look		look = {setting_text(hub, "spool"), ring, NULL, NULL, content, audit};
	HubExit		result = HUB_OK;

	memset(audit, 0, sizeof(*audit));
	named = db_query(db, "spool_named", 0, NULL);
	if (named == NULL)
		return db_failed(db, "the spool could not be compared with the database");
	look.named = named;
	look.seen = calloc((size_t) PQntuples(named) + 1, sizeof(bool));
	if (look.seen == NULL)
	{
		log_error("out of memory");
		result = HUB_INTERNAL;
	}
	else if (!spool_walk(look.folder, look_at, &look))
		result = stop_requested() ? HUB_STOPPED : HUB_FILE;
	for (int row = 0; row < PQntuples(named) && result == HUB_OK; row++)
	{
		if (look.seen[row])
			continue;
		if (++audit->missing <= 5)
			log_error("spool file %s, which the database names, is not there", PQgetvalue(named, row, 0));
	}
	if (audit->missing > 5)
		log_error("and %ld more files are not there", audit->missing - 5);
	if (result == HUB_OK)
		result = audit->broken > 0 ? HUB_KEYS : audit->missing > 0 ? HUB_FILE : HUB_OK;
	free(look.seen);
	PQclear(named);
	return result;
}
