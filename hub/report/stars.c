/*
 * hub/report/stars.c
 *		The report on a programme's outcome stars: what it says is the database's; this prints and writes it.
 */
#include <string.h>

#include "db/db.h"
#include "program/log.h"
#include "report/output.h"
#include "report/stars.h"
#include "report/table.h"
#include "program/settings.h"

/* Writes the one value that a query gives to a file. */
static HubExit
write_file(Db *db, const char *path, const char *query, const char *programme)
{
	PGresult   *result = db_query(db, query, 1, &programme);
	HubExit		exit_code;

	if (result == NULL)
		return db_failed(db, "no report");
	exit_code = output_write(path, PQgetvalue(result, 0, 0));
	PQclear(result);
	return exit_code;
}

HubExit
stars_report(Hub *hub, FILE *out)
{
	const char *programme = setting_text(hub, "programme");
	PGresult   *title;
	PGresult   *rows;
	Db			db;
	HubExit		exit_code;

	if (programme == NULL)
	{
		log_error("report stars needs --programme");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "report");
	if (exit_code != HUB_OK)
		return exit_code;
	title = db_query(&db, "report_stars_title", 1, &programme);
	rows = title != NULL ? db_query(&db, "report_stars_table", 1, &programme) : NULL;
	if (rows == NULL)
		exit_code = strcmp(db.error.sqlstate, "P0002") == 0 ? (db_failed(&db, "no report"), HUB_REFUSED) : db_failed(&db, "no report");
	else
	{
		table_write_lines(out, title);
		fputc('\n', out);
		if (!table_write(out, rows))
			exit_code = HUB_INTERNAL;
	}
	PQclear(title);
	PQclear(rows);
	if (exit_code == HUB_OK && setting_text(hub, "svg") != NULL)
		exit_code = write_file(&db, setting_text(hub, "svg"), "report_stars_picture", programme);
	if (exit_code == HUB_OK && setting_text(hub, "html") != NULL)
		exit_code = write_file(&db, setting_text(hub, "html"), "report_stars_page", programme);
	db_close(&db);
	return exit_code;
}
