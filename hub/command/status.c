/*
 * hub/command/status.c
 *		wardstar-hub status: what is loaded, of which edition and date, and what is missing.
 */
#include <stdio.h>

#include "db/db.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

static const struct
{
	const char *query;
	const char *title;
	const char *none;
}			parts[] = {
	{"status_loaded", "Reference data", "none is loaded"},
	{"status_returns", "Returns (not for publication)", "no return is expected, and none is in"},
	{"status_missing", "Missing", "nothing"},
	{"status_published", "Published tables (not for publication)", "none"},
};

static HubExit
print_parts(Db *db)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
	{
		PGresult   *result = db_query(db, parts[i].query, 0, NULL);
		bool		written = true;

		if (result == NULL)
			return db_failed(db, "no status");
		printf("%s%s\n", i > 0 ? "\n" : "", parts[i].title);
		if (PQntuples(result) == 0)
			printf("%s\n", parts[i].none);
		else
			written = table_write(stdout, result);
		PQclear(result);
		if (!written)
		{
			log_error("out of memory");
			return HUB_INTERNAL;
		}
	}
	return HUB_OK;
}

static HubExit
print_json(Db *db)
{
	PGresult   *result = db_query(db, "status_json", 0, NULL);

	if (result == NULL)
		return db_failed(db, "no status");
	table_write_lines(stdout, result);
	PQclear(result);
	return HUB_OK;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	Db			db;
	HubExit		exit_code;

	(void) argv;
	if (argc > 0)
	{
		log_error("status takes no argument");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "status");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = setting_flag(hub, "json") ? print_json(&db) : print_parts(&db);
	db_close(&db);
	return exit_code;
}

const HubCommand command_status = {
	"status", "",
	"say what is loaded, of which edition and date, and what is missing",
	"Lists the reference data by kind and edition, the returns by programme and quarter (Old form, New form, No return, "
	"or N/A where none is expected), what the demand tables lack and how to mend it, and when the published tables "
	"were made. With --json it is one JSON object.",
	run
};
