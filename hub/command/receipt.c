/*
 * hub/command/receipt.c
 *		wardstar-hub receipt: what is said to whoever sent a return.
 */
#include <string.h>
#include <strings.h>

#include "db/db.h"
#include "program/log.h"
#include "report/output.h"
#include "program/settings.h"

/* Told by --format, else by the ending of the file to be written. */
static const char *
format_of(const Hub *hub, const char *path)
{
	static const char *const endings[][2] = {{".html", "html"}, {".htm", "html"}, {".csv", "csv"}, {".json", "json"}};
	size_t		length = path != NULL ? strlen(path) : 0;

	if (setting_text(hub, "format") != NULL)
		return setting_text(hub, "format");
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
	{
		size_t		n = strlen(endings[i][0]);

		if (length > n && strcasecmp(path + length - n, endings[i][0]) == 0)
			return endings[i][1];
	}
	return "text";
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *path = setting_text(hub, "output");
	const char *values[] = {argv[0], format_of(hub, path)};
	PGresult   *result;
	Db			db;
	HubExit		exit_code;

	if (argc != 1)
	{
		log_error("receipt takes the number of one submission");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "receipt");
	if (exit_code != HUB_OK)
		return exit_code;
	result = db_query(&db, "receipt", 2, values);
	if (result == NULL)
	{
		/* No such submission, or format, or not a number. */
		bool		usage = strncmp(db.error.sqlstate, "22", 2) == 0 || strcmp(db.error.sqlstate, "P0002") == 0;

		exit_code = db_failed(&db, "no receipt");
		if (usage)
			exit_code = HUB_USAGE;
	}
	else
		exit_code = output_write(path, PQgetvalue(result, 0, 0));
	PQclear(result);
	db_close(&db);
	return exit_code;
}

const HubCommand command_receipt = {
	"receipt", "SUBMISSION",
	"print or write the receipt of a submission",
	"Prints the receipt of the submission with this number: the verdict, what was understood and how it compares with the "
	"return before, what was found, what happens next and who will use the figures (docs/receipts.md). With --output the "
	"kind is told by the file's ending: .html is a page to send or print, .csv opens in a spreadsheet, .json is for "
	"programs, any other plain text. A receipt holds undisclosed figures: it is for the sender and the hub.",
	run
};
