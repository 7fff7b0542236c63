/*
 * hub/command/template.c
 *		wardstar-hub template: a form to be filled in.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "db/db.h"
#include "document/template.h"
#include "program/log.h"
#include "program/settings.h"

static bool
ends_with(const char *text, const char *end)
{
	size_t		length = strlen(text);
	size_t		n = strlen(end);

	return length > n && strcasecmp(text + length - n, end) == 0;
}

static HubExit
write_template(const Template *template, const char *path)
{
	if (ends_with(path, ".xlsx"))
		return template_xlsx(template, path);
	if (ends_with(path, ".docx"))
		return template_docx(template, path);
	return template_csv(template, path);
}

static HubExit
no_quarter(const char *period)
{
	log_error("\"%s\" is not a quarter; write it as 2025-Q2", period);
	return HUB_USAGE;
}

/* Of records there is a workbook alone: what they hold are tables. */
static HubExit
records(Db *db, Template *template, const char *path)
{
	PGresult   *result = db_query(db, "record_definitions", 1, &template->period);
	HubExit		exit_code;

	if (result == NULL)
		return db_failed(db, "the tables could not be read");
	if (template->period != NULL && (PQntuples(result) == 0 || PQgetisnull(result, 0, 1)))
		exit_code = no_quarter(template->period);
	else
	{
		template->period_words = PQntuples(result) > 0 && !PQgetisnull(result, 0, 1) ? PQgetvalue(result, 0, 1) : NULL;
		exit_code = template_records(template, result, path);
	}
	PQclear(result);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *path = setting_text(hub, "output");
	const char *values[] = {argc == 1 ? argv[0] : NULL, setting_text(hub, "period")};
	Template	template = {.programme = setting_text(hub, "programme"),.period = values[1]};
	PGresult   *result;
	Db			db;
	HubExit		exit_code;

	if (argc != 1 || path == NULL)
	{
		log_error("template takes the name of one form, and --output FILE; see wardstar-hub template --help");
		return HUB_USAGE;
	}
	if (!ends_with(path, ".xlsx") && !ends_with(path, ".docx") && !ends_with(path, ".csv"))
	{
		log_error("the kind of template is told by the file's name, which should end in .xlsx, .docx or .csv");
		return HUB_USAGE;
	}
	if (strcmp(argv[0], "records") == 0 && !ends_with(path, ".xlsx"))
	{
		log_error("the template of records is a workbook: name a file that ends in .xlsx");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "template");
	if (exit_code != HUB_OK)
		return exit_code;
	if (strcmp(argv[0], "records") == 0)
	{
		exit_code = records(&db, &template, path);
		if (exit_code == HUB_OK && !setting_flag(hub, "quiet"))
			printf("wrote %s\n", path);
		db_close(&db);
		return exit_code;
	}
	result = db_query(&db, "form_definition", 2, values);
	if (result == NULL)
		/* The type of a quarter refuses what is none. */
		exit_code = strcmp(db.error.sqlstate, "23514") == 0 ? no_quarter(values[1]) : db_failed(&db, "the form could not be read");
	else if (PQntuples(result) == 0)
	{
		log_error("there is no form \"%s\"%s%s", values[0], values[1] != NULL ? " for " : "", values[1] != NULL ? values[1] : "");
		exit_code = HUB_USAGE;
	}
	else
	{
		template.form = json_tokener_parse(PQgetvalue(result, 0, 0));
		template.period_words = PQgetisnull(result, 0, 1) ? NULL : PQgetvalue(result, 0, 1);
		exit_code = template.form != NULL ? write_template(&template, path) : HUB_INTERNAL;
		json_object_put(template.form);
		if (exit_code == HUB_OK && !setting_flag(hub, "quiet"))
			printf("wrote %s\n", path);
	}
	PQclear(result);
	db_close(&db);
	return exit_code;
}

const HubCommand command_template = {
	"template", "FORM",
	"write a form to be filled in, as a workbook, Word document or CSV file",
	"Writes the form FORM (old, new, improved) to the file that --output names; its ending, .xlsx, .docx or .csv, tells "
	"the kind. With --period it is the version of the form for that quarter, and the quarter stands in it; with "
	"--programme so does the programme. The workbook has a definition beside every box, lets only whole numbers into "
	"counts, shows in red what does not add up, and has an example.\n\n"
	"template records writes the workbook of a record-level return (docs/records.md): a sheet for each table, with values to choose from.",
	run
};
