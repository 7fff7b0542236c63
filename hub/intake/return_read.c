/*
 * hub/intake/return_read.c
 *		From bytes in memory to the answers of a return; used for files as they come, and for those of the spool.
 */
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "log.h"
#include "return_file.h"

static HubExit
doubt(ReturnRows *rows, const char *what, const char *hint)
{
	rows->doubt = what;
	rows_hint(rows, hint);
	return HUB_IN_DOUBT;
}

static HubExit
tell(const ReturnStated *stated, ReturnStated *told, ReturnRows *rows)
{
	told->programme = stated->programme != NULL ? stated->programme : rows->programme;
	told->period = stated->period != NULL ? stated->period : rows->period;
	told->form = stated->form != NULL ? stated->form : rows->form != NULL ? rows->form : "new";
	if (told->programme == NULL)
	{
		rows_problem(rows, "it does not say which programme it is for");
		return doubt(rows, "programme", "Say which programme it is for (--programme NAME).");
	}
	if (told->period == NULL)
	{
		rows_problem(rows, "it does not say which quarter it is for");
		return doubt(rows, "period", "Say which quarter it is for (--period 2025-Q2).");
	}
	if (rows->period != NULL && strcmp(told->period, rows->period) != 0)
	{
		rows_problem(rows, "it says that it is for %s, and was sent for %s", rows->period, told->period);
		return doubt(rows, "period", "Correct the quarter in the file, or send it for the quarter that it names.");
	}
	return HUB_OK;
}

HubExit
return_read(Hub *hub, Db *db, const void *bytes, size_t size, const ReturnStated *stated, ReturnStated *told, ReturnRows *rows)
{
	HubExit		exit_code;

	*told = *stated;
	if (document_is_one(bytes, size))
		exit_code = return_document_read(hub, db, bytes, size, stated->form, stated->period, rows);
	else
		exit_code = return_csv_read(bytes, size, rows);
	if (exit_code == HUB_OK)
		exit_code = tell(stated, told, rows);
	if (!rows_finish(rows))
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	return exit_code;
}

void
return_log_problem(const char *name, const ReturnRows *rows)
{
	for (const char *line = rows->problem; line != NULL; line = *line == '\n' ? line + 1 : NULL)
	{
		size_t		length = strcspn(line, "\n");

		log_error("%s: %s: %.*s", name, rows->doubt != NULL ? "in doubt" : "refused", (int) length, line);
		line += length;
	}
	if (rows->hint != NULL)
		log_error("hint: %s", rows->hint);
}
