/*
 * hub/command/programme.c
 *		wardstar-hub programme: the register of programmes that send returns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "db/db.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

/* What is given of a programme; the names are those of the settings. */
static char *
facts_of(Hub *hub)
{
	static const char *const names[] = {"organisation", "starts", "ends", "serves", "ages", "sexes", "districts", "forms", "due-days",
	"expected", "not-expected"};
	struct json_object *facts = json_object_new_object();
	char	   *text = NULL;
	bool		fine = facts != NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && fine; i++)
	{
		const char *value = setting_text(hub, names[i]);

		if (value != NULL)
			fine = json_object_object_add(facts, names[i], json_object_new_string(value)) == 0;
	}
	if (fine && setting_flag(hub, "made-up"))
		fine = json_object_object_add(facts, "made-up", json_object_new_string("true")) == 0;
	if (fine)
		text = strdup(json_object_to_json_string(facts));
	json_object_put(facts);
	return text;
}

static HubExit
add(Hub *hub, Db *db, const char *name)
{
	char	   *facts = facts_of(hub);
	const char *values[2] = {name, facts};
	PGresult   *result = facts != NULL ? db_query(db, "programme_add", 2, values) : NULL;

	if (facts == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	free(facts);
	if (result == NULL)
	{
		bool		wrong_value = strncmp(db->error.sqlstate, "22", 2) == 0;
		HubExit		exit_code = db_failed(db, "the register stays as it was");

		return wrong_value ? HUB_USAGE : exit_code;
	}
	if (!setting_flag(hub, "quiet"))
		printf("%s: %s\n", name, PQgetvalue(result, 0, 0));
	PQclear(result);
	return HUB_OK;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	bool		adding = argc == 2 && strcmp(argv[0], "add") == 0;
	Db			db;
	HubExit		exit_code;

	if (!adding && !(argc == 1 && strcmp(argv[0], "list") == 0))
	{
		log_error("programme takes \"add NAME\" or \"list\"");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "programme");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = adding ? add(hub, &db, argv[1]) : table_print(stdout, &db, "programme_list", 0, NULL, "could not read the register");
	db_close(&db);
	return exit_code;
}

const HubCommand command_programme = {
	"programme", "add NAME | list",
	"add a programme to the register, or list it",
	"A return is only taken from a programme in the register. \"add\" also changes one that is there: what is not "
	"given stays. With --starts and --forms a return is expected for every quarter that is over and in which the programme ran; "
	"--expected and --not-expected override that. Quarters are given as 2025-Q1,2025-Q2; a quarter of the reporting year from April. "
	"A return that is expected and not in is shown as \"No return\", one that is not expected as \"N/A\". Ages outside --ages in a "
	"return are queried.",
	run
};
