/*
 * hub/command/report.c
 *		wardstar-hub report: prints the demand table of a quarter.
 */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "program/log.h"
#include "report/stars.h"
#include "report/table.h"
#include "program/settings.h"

/* A value that is none, such as a quarter, is the caller's mistake. */
static HubExit
no_report(Db *db)
{
	bool		wrong_value = strncmp(db->error.sqlstate, "22", 2) == 0;
	HubExit		exit_code = db_failed(db, "no report");

	return wrong_value ? HUB_USAGE : exit_code;
}

static HubExit
print_table(Db *db, const char *const *values)
{
	PGresult   *title = db_query(db, "report_demand_title", 3, values);
	PGresult   *rows = title != NULL ? db_query(db, "report_demand_table", 4, values) : NULL;
	bool		written = true;

	if (rows != NULL)
	{
		table_write_lines(stdout, title);
		putchar('\n');
		written = table_write(stdout, rows);
	}
	PQclear(title);
	PQclear(rows);
	if (rows == NULL)
		return no_report(db);
	if (!written)
		log_error("out of memory");
	return written ? HUB_OK : HUB_INTERNAL;
}

/* By a cursor, so that a report of all England doesn't stand in memory. */
static HubExit
print_lines(Db *db, const char *const *values)
{
	int			rows;

	if (!db_begin(db) || !db_run(db, "report_demand_open", 5, values))
		return no_report(db);
	do
	{
		PGresult   *result = db_query(db, "report_fetch", 0, NULL);

		if (result == NULL)
			return db_failed(db, "the report is not complete");
		rows = PQntuples(result);
		table_write_lines(stdout, result);
		PQclear(result);
	} while (rows > 0 && !ferror(stdout));
	db_rollback(db);
	return HUB_OK;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *format = setting_text(hub, "format") != NULL ? setting_text(hub, "format") : "table";
	const char *values[5];
	Db			db;
	HubExit		exit_code;

	if (argc == 1 && strcmp(argv[0], "stars") == 0)
		return stars_report(hub, stdout);
	if (argc != 1 || strcmp(argv[0], "demand") != 0)
	{
		log_error("report takes one argument: demand or stars");
		return HUB_USAGE;
	}
	if (strcmp(format, "table") != 0 && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0 && strcmp(format, "geojson") != 0)
	{
		log_error("--format %s: a report is printed as table, csv, json or geojson", format);
		return HUB_USAGE;
	}
	values[0] = setting_text(hub, "level");
	values[1] = setting_text(hub, "period");
	values[2] = setting_flag(hub, "undisclosed") ? "true" : "false";
	values[3] = setting_text(hub, "top");
	values[4] = format;
	exit_code = db_open_current(hub, &db, "report");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = strcmp(format, "table") == 0 ? print_table(&db, values) : print_lines(&db, values);
	db_rollback(&db);
	db_close(&db);
	return exit_code;
}

const HubCommand command_report = {
	"report", "demand|stars",
	"print demand by area in one quarter, or the outcome stars of a programme",
	"Prints the demand table by ward or LSOA of one quarter (of the newest with a return, if none is named), the areas "
	"with most violent crime for their residents first. The figures are those of the last publish, with counts of 1 to "
	"4 people withheld; --undisclosed prints them as they are, for analysts inside the hub. CSV, JSON and GeoJSON "
	"have every column, docs/demand-table.md explains them.\n\n"
	"report stars --programme NAME [--svg FILE] [--html FILE] prints what changed from first to last reading, a row a scale, "
	"with referrals, clients without a second reading, and reviews due (docs/star.md).\n\n"
	"Nothing that this prints is for publication.",
	run
};
