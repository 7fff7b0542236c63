/*
 * hub/load/store.h
 *		Storing one file: one transaction.
 */
#ifndef HUB_STORE_H
#define HUB_STORE_H

#include "load/load.h"
#include "load/names.h"
#include "load/source.h"

/* What a worker has of its own. */
typedef struct Worker
{
	Hub		   *hub;
	Db			db;
	bool		connected;
	NameCache	names;
	ZipCursor	zip;
	Progress   *progress;
} Worker;

/* Stores a file whose kind is known, or that GDAL has to read. Fills the report; what is wrong is logged. */
extern void store_source(Worker *worker, Source *source, LoadReport *report);

extern void load_report_free(LoadReport *report);

#endif
