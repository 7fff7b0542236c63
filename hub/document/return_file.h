/*
 * hub/document/return_file.h
 *		From the bytes of a return to its answers: CSV lines, one wide CSV row, or a document.
 *
 * HUB_REFUSED and HUB_IN_DOUBT are about the file: rows->problem and rows->hint tell the partner why, rows->doubt
 * what must be stated. Nothing is logged then. Any other failure is ours, and logged.
 */
#ifndef HUB_RETURN_FILE_H
#define HUB_RETURN_FILE_H

#include "db/db.h"
#include "document.h"
#include "rows.h"

/* What is said about a file beside its bytes; each may be NULL. */
typedef struct ReturnStated
{
	const char *programme;
	const char *period;
	const char *form;
} ReturnStated;

/*
 * Reads a return; "document" is what document_read_if_one made of the bytes. "stated" is what its sender says of it; *told is that, filled up from the file, and points into
 * both. Nothing that is neither stated nor told is guessed, but that a CSV file is of the new form. "db" is asked
 * for the forms, and whether it knows the programme and form that the file names: an unknown one is doubt, and is
 * not repeated, since it may be anything. The caller frees rows by rows_free.
 */
extern HubExit return_read(Db *db, const Document *document, const void *bytes, size_t size, const ReturnStated *stated,
						   ReturnStated *told, ReturnRows *rows) HUB_MUST_CHECK;

/* Logs why return_read refused a file, or what it is in doubt about, by "name", which is what its sender called it. */
extern void return_log_problem(const char *name, const ReturnRows *rows);

/* "field,value" lines, or a heading of fields and one row of values. */
extern HubExit return_csv_read(const char *bytes, size_t size, ReturnRows *rows) HUB_MUST_CHECK;

/*
 * A document, by the labels of the forms that the database has for the period (NULL: of all). With "form" NULL
 * the form whose labels fit best is taken; where two fit alike, or none does, HUB_IN_DOUBT. rows->form, and
 * rows->period where the document names its quarter, tell what was recognised.
 */
extern HubExit return_document_read(Db *db, const Document *document, const char *form, const char *period,
									ReturnRows *rows) HUB_MUST_CHECK;

#endif
