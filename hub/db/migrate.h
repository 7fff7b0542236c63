/*
 * hub/db/migrate.h
 *		Creating and upgrading the hub's schema from the embedded sql/hub.
 */
#ifndef HUB_MIGRATE_H
#define HUB_MIGRATE_H

#include "db/db.h"

/* What a run did. */
typedef struct MigrateReport
{
	int			applied;		/* migrations */
	bool		replaced;		/* functions and views were made anew */
} MigrateReport;

/* Brings the database to this program's schema. What fails is logged. "done" is told of each migration. */
extern HubExit migrate_run(Db *db, void (*done) (const char *name), MigrateReport *report) HUB_MUST_CHECK;

/* HUB_OK if the schema is exactly this program's; else HUB_SCHEMA, logged with what to do. */
extern HubExit migrate_check(Db *db) HUB_MUST_CHECK;

#endif
