/*
 * hub/spool/spool_audit.c
 *		The spool against the database; what is to be known after a backup was restored.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "program/log.h"
#include "program/settings.h"
#include "spool.h"
#include "spool_audit.h"
#include "program/stop.h"

typedef struct Look
{
	const char *folder;
	const KeyRing *ring;
	const PGresult *named;		/* spool, SHA-256 in hex; by spool */
	bool	   *seen;			/* of the rows of named */
	bool		content;
	SpoolAudit *audit;
} Look;

int
spool_row_of(const PGresult *named, const char *id)
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

const char *
spool_compare(const char *folder, const KeyRing *ring, const char *id, const char *sha256, const char *size)
{
	static _Thread_local unsigned char bytes[65536];
	SpoolReader *reader = spool_open(folder, ring, id);
	EVP_MD_CTX *digest = reader != NULL ? EVP_MD_CTX_new() : NULL;
	unsigned char hash[EVP_MAX_MD_SIZE];
	char		hex[SPOOL_SHA256_SIZE];
	uint64_t	total = 0;
	ssize_t		n = -1;
	bool		hashed = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;

	if (reader == NULL)
		return "its file is missing from the spool, or does not open";
	while (hashed && !stop_requested() && (n = spool_read(reader, bytes, sizeof(bytes))) > 0)
	{
		hashed = EVP_DigestUpdate(digest, bytes, (size_t) n) == 1;
		total += (uint64_t) n;
	}
	hashed = hashed && n <= 0 && EVP_DigestFinal_ex(digest, hash, NULL) == 1;
	EVP_MD_CTX_free(digest);
	spool_close(reader);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	if (!hashed)
		return "its file was not read to its end";
	if (n < 0)
		return "its file in the spool was changed or cut";
	for (int i = 0; i < 32; i++)
		snprintf(hex + i * 2, 3, "%02x", hash[i]);
	if (sha256 != NULL && strcmp(hex, sha256) != 0)
		return "its file in the spool has other bytes than those that were received";
	if (size != NULL && *size != '\0' && strtoull(size, NULL, 10) != total)
		return "its file in the spool has another size";
	return NULL;
}

/* The same, for a row of "named" or none; what is wrong is logged. */
static bool
content_is(const Look *look, const char *id, int row)
{
	const char *problem = spool_compare(look->folder, look->ring, id, row >= 0 ? PQgetvalue(look->named, row, 1) : NULL, NULL);

	if (problem != NULL && !stop_requested())
		log_error("%s: %s", id, problem);
	return problem == NULL;
}

static bool
look_at(const char *id, void *state)
{
	Look	   *look = state;
	int			row = spool_row_of(look->named, id);
	bool		older = false;

	look->audit->files++;
	if (row >= 0)
		look->seen[row] = true;
	else
		look->audit->unnamed++;
	if (!spool_check(look->folder, look->ring, id, &older) ||
		(look->content && !content_is(look, id, row)))
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
