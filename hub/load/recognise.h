/*
 * hub/load/recognise.h
 *		Asking the database what a file is, by its heading and first record.
 */
#ifndef HUB_RECOGNISE_H
#define HUB_RECOGNISE_H

#include "db/db.h"
#include "load/reader.h"
#include "load/source.h"

/* Fills kind, edition, problem, columns … of a source from the first bytes of a text. Leaves kind NULL if it is none. */
extern HubExit recognise_text(Db *db, Source *source, const char *head, size_t length) HUB_MUST_CHECK;

/* The same for the first feature that GDAL gave, as GeoJSON. */
extern HubExit recognise_feature(Db *db, Source *source, const char *feature, size_t length) HUB_MUST_CHECK;

/* A text[] literal of cells, or NULL when out of memory. */
extern char *array_literal(const Cell *cells, int ncells) HUB_MUST_CHECK;

#endif
