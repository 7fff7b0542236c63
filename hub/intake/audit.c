/*
 * hub/intake/audit.c
 *		The audit of ledger and spool. What is right is decided in the database (intake.audit); the files are read
 *		here.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "intake/audit.h"
#include "intake/spool.h"
#include "log.h"
#include "stop.h"

static void
print_fault(FILE *out, const PGresult *faults, int row)
{
	static const char *const of[] = {"submission", "event", "anchor"};

	for (int i = 0; i < 3; i++)
	{
		if (!PQgetisnull(faults, row, i))
			fprintf(out, "%s %s: ", of[i], PQgetvalue(faults, row, i));
	}
	fprintf(out, "%s\n", PQgetvalue(faults, row, 3));
}

/* Whether the anchor that was noted down is still there. */
static HubExit
compare_noted(Db *db, const char *noted, FILE *out)
{
	const char *colon = strchr(noted, ':');
	char		number[24];
	const char *values[2] = {number, colon != NULL ? colon + 1 : ""};
	PGresult   *result;
	bool		there;

	if (colon == NULL || colon == noted || (size_t) (colon - noted) >= sizeof(number) ||
		strspn(noted, "0123456789") != (size_t) (colon - noted) || strlen(colon + 1) != 64)
	{
		log_error("--anchor must be NUMBER:SHA256, as an earlier audit printed it");
		return HUB_USAGE;
	}
	snprintf(number, sizeof(number), "%.*s", (int) (colon - noted), noted);
	result = db_query(db, "audit_noted", 2, values);
	if (result == NULL)
		return db_failed(db, "the anchor could not be compared");
	there = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (there)
		return HUB_OK;
	fprintf(out, "anchor %s: it is not the one that was noted down: the ledger was written anew\n", number);
	return HUB_LEDGER;
}

HubExit
audit_ledger(Db *db, const char *noted, FILE *out)
{
	PGresult   *faults = db_query(db, "audit_ledger", 0, NULL);
	HubExit		result = HUB_OK;

	if (faults == NULL)
		return db_failed(db, "the ledger could not be read");
	for (int row = 0; row < PQntuples(faults); row++)
	{
		print_fault(out, faults, row);
		result = HUB_LEDGER;
	}
	PQclear(faults);
	if (noted != NULL)
		result = hub_worse(result, compare_noted(db, noted, out));
	return result;
}

/* NULL: the content is what the ledger says; else what is wrong. */
static const char *
compare_content(const char *folder, const KeyRing *ring, const char *id, const char *sha256, const char *size)
{
	static unsigned char bytes[65536];
	unsigned char digest[EVP_MAX_MD_SIZE];
	char		hex[65];
	uint64_t	total = 0;
	EVP_MD_CTX *context;
	SpoolReader *reader = spool_open(folder, ring, id);
	ssize_t		n = -1;
	bool		hashed;

	if (reader == NULL)
		return "its file is missing from the spool, or does not open";
	context = EVP_MD_CTX_new();
	hashed = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	while (hashed && (n = spool_read(reader, bytes, sizeof(bytes))) > 0)
	{
		hashed = EVP_DigestUpdate(context, bytes, (size_t) n) == 1;
		total += (uint64_t) n;
	}
	hashed = hashed && EVP_DigestFinal_ex(context, digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	spool_close(reader);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	if (n < 0)
		return "its file in the spool was changed or cut";
	if (!hashed)
		return "its file could not be hashed";
	for (int i = 0; i < 32; i++)
		snprintf(hex + i * 2, 3, "%02x", digest[i]);
	if (strcmp(hex, sha256) != 0)
		return "its file in the spool has other bytes than those that were received";
	if (*size != '\0' && strtoull(size, NULL, 10) != total)
		return "its file in the spool has another size";
	return NULL;
}

typedef struct Strays
{
	const PGresult *known;		/* sorted by id */
	long		files;
	long		strays;
} Strays;

static bool
count_stray(const char *id, void *state)
{
	Strays	   *strays = state;
	int			low = 0;
	int			high = PQntuples(strays->known);

	strays->files++;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = strcmp(PQgetvalue(strays->known, middle, 0), id);

		if (order == 0)
			return !stop_requested();
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	strays->strays++;
	return !stop_requested();
}

HubExit
audit_spool(Db *db, const char *folder, const KeyRing *ring, FILE *out)
{
	PGresult   *known = db_query(db, "audit_spool", 0, NULL);
	Strays		strays = {.known = known};
	HubExit		result = HUB_OK;

	if (known == NULL)
		return db_failed(db, "the names of the spool's files could not be read");
	for (int row = 0; row < PQntuples(known) && result != HUB_STOPPED; row++)
	{
		const char *problem = compare_content(folder, ring, PQgetvalue(known, row, 0), PQgetvalue(known, row, 1),
											  PQgetvalue(known, row, 2));

		if (problem != NULL)
		{
			fprintf(out, "%s: %s (%s)\n", PQgetvalue(known, row, 3), problem, PQgetvalue(known, row, 0));
			result = HUB_SPOOL;
		}
		if (stop_requested())
			result = HUB_STOPPED;
	}
	if (result != HUB_STOPPED && !spool_walk(folder, count_stray, &strays))
		result = stop_requested() ? HUB_STOPPED : hub_worse(result, HUB_FILE);
	if (strays.strays > 0)
		fprintf(out, "spool: %ld of %ld files belong to nothing in the ledger, which uploads that were cut off leave behind\n",
				strays.strays, strays.files);
	PQclear(known);
	return result;
}
