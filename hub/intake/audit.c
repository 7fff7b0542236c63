/*
 * hub/intake/audit.c
 *		The audit of ledger and spool. What is right is decided in the database (intake.audit); the files are read
 *		here.
 */
#include <string.h>

#include "intake/audit.h"
#include "spool/spool.h"
#include "spool/spool_audit.h"
#include "program/log.h"
#include "program/stop.h"

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

	strays->files++;
	strays->strays += spool_row_of(strays->known, id) < 0;
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
		const char *problem = spool_compare(folder, ring, PQgetvalue(known, row, 0), PQgetvalue(known, row, 1), PQgetvalue(known, row, 2));

		if (stop_requested())
			result = HUB_STOPPED;
		else if (problem != NULL)
		{
			fprintf(out, "%s: %s (%s)\n", PQgetvalue(known, row, 3), problem, PQgetvalue(known, row, 0));
			result = HUB_SPOOL;
		}
	}
	if (result != HUB_STOPPED && !spool_walk(folder, count_stray, &strays))
		result = stop_requested() ? HUB_STOPPED : hub_worse(result, HUB_FILE);
	if (strays.strays > 0)
		fprintf(out, "spool: %ld of %ld files belong to nothing in the ledger, which uploads that were cut off leave behind\n",
				strays.strays, strays.files);
	PQclear(known);
	return result;
}
