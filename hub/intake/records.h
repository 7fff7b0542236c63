/*
 * hub/intake/records.h
 *		Record-level returns: a workbook with the sheets clients, referrals, engagements, contacts, stars, measures and
 *		feedback, or CSV files of these names.
 *
 * Several CSV files make one submission: records_bundle puts them into one run of bytes, which is what the spool
 * keeps and what records_read takes as it takes a workbook or one CSV file.
 */
#ifndef HUB_RECORDS_H
#define HUB_RECORDS_H

#include <stdio.h>

#include "spool/keys.h"
#include "document/return_file.h"

/* A file of a bundle. */
typedef struct RecordsPart
{
	const char *name;			/* without its folder */
	const char *bytes;
	size_t		size;
} RecordsPart;

/* The parts in the order of their tables, so that the same files make the same bytes. NULL: out of memory. The caller frees it. */
extern char *records_bundle(RecordsPart *parts, size_t count, size_t *size) HUB_MUST_CHECK;

/* Whether bytes are a record-level return: a bundle, a CSV file with a heading client_ref, a workbook with such a sheet. */
extern bool records_is(const Document *document, const void *bytes, size_t size);

/*
 * Reads a record-level return, as return_read does a return; "name" is what its sender called it (the table of one CSV
 * file is told by it, or by its headings), "organisation" whose it must be (NULL: whosever programme it is). Client references
 * and other identifiers are tokens in rows, and what doesn't fit its column is hidden: rows may go to the database.
 */
extern HubExit records_read(Db *db, const KeyRing *ring, const char *organisation, const char *name, const Document *document,
							const void *bytes, size_t size, const ReturnStated *stated, ReturnStated *told, ReturnRows *rows) HUB_MUST_CHECK;

/* load --as records: argv holds the files of one submission. The receipt is written to "out". */
extern HubExit records_load(Hub *hub, int argc, char **argv, FILE *out) HUB_MUST_CHECK;

#endif
