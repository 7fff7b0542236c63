/*
 * hub/intake/return_file.h
 *		The ways in which a return is written: CSV lines, one wide CSV row, or a document.
 *
 * Both readers log why they refuse a file, by "name", which is what the sender called it.
 */
#ifndef HUB_RETURN_FILE_H
#define HUB_RETURN_FILE_H

#include "db/db.h"
#include "rows.h"

/* "field,value" lines, or a heading of fields and one row of values. */
extern HubExit return_csv_read(const char *name, const char *bytes, size_t size, ReturnRows *rows) HUB_MUST_CHECK;

/*
 * A document, by the labels of the forms that the database has for the period (NULL: of all). With "form" NULL
 * the form whose labels fit best is taken; where two fit alike, or none does, HUB_IN_DOUBT. rows->form, and
 * rows->period where the document names its quarter, tell what was recognised.
 */
extern HubExit return_document_read(Hub *hub, Db *db, const char *name, const void *bytes, size_t size, const char *form,
									const char *period, ReturnRows *rows) HUB_MUST_CHECK;

#endif
