/*
 * hub/document/return_read.c
 *		From bytes in memory to the answers of a return; used for files as they come, and for those of the spool.
 */
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "program/log.h"
#include "return_file.h"

/* How far into a file is looked for what no text has. */
#define BEGINNING ((size_t) 4096)

static HubExit
doubt(ReturnRows *rows, const char *what, const char *hint)
{
	rows->doubt = what;
	rows_hint(rows, hint);
	return HUB_IN_DOUBT;
}

static bool
is_quarter(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789") == 4 && (strncmp(text, "19", 2) == 0 || strncmp(text, "20", 2) == 0) &&
		text[4] == '-' && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4';
}

/* Whether the database knows a programme or form; false, too, where it could not be asked. */
static bool
is_known(Db *db, const char *query, const char *name, HubExit *exit_code)
{
	const char *values[] = {name, NULL};
	PGresult   *result = db_query(db, query, strcmp(query, "programme_organisation") == 0 ? 1 : 2, values);
	bool		known = result != NULL && PQntuples(result) > 0;

	if (result == NULL)
		*exit_code = db_failed(db, "a return could not be read");
	PQclear(result);
	return known;
}

/* What the file says of itself may be anything, a name even: only what is known is passed on, and the rest not repeated. */
static HubExit
believe(Db *db, const ReturnStated *stated, ReturnRows *rows)
{
	HubExit		exit_code = HUB_OK;

	if (stated->programme == NULL && rows->programme != NULL &&
		!is_known(db, "programme_organisation", rows->programme, &exit_code) && exit_code == HUB_OK)
	{
		rows_problem(rows, "the programme that it names is not in the register");
		return doubt(rows, "programme", "Say which of your programmes it is for.");
	}
	if (exit_code == HUB_OK && rows->period != NULL && !is_quarter(rows->period))
	{
		rows_problem(rows, "the quarter that it names is none");
		return doubt(rows, "period", "Write it as 2025-Q2, which is 1 July to 30 September 2025.");
	}
	if (exit_code == HUB_OK && stated->form == NULL && rows->form != NULL &&
		!is_known(db, "form_definitions", rows->form, &exit_code) && exit_code == HUB_OK)
	{
		rows_problem(rows, "there is no such form as it names");
		return doubt(rows, "form", "Say which form it is.");
	}
	return exit_code;
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
		return doubt(rows, "programme", "Say which of your programmes it is for.");
	}
	if (told->period == NULL)
	{
		rows_problem(rows, "it does not say which quarter it is for");
		return doubt(rows, "period", "Say which quarter it is for, such as 2025-Q2: 1 July to 30 September 2025.");
	}
	if (rows->period != NULL && strcmp(told->period, rows->period) != 0)
	{
		rows_problem(rows, "it says that it is for %s, and was sent for %s", rows->period, told->period);
		return doubt(rows, "period", "Correct the quarter in the file, or send it for the quarter that it names.");
	}
	return HUB_OK;
}

/*
 * A photo of the form, or what is no text: its lines would only be called faulty one by one. Text of two bytes a
 * character (Excel's "Unicode Text") is left to the reader of CSV.
 */
static bool
is_neither(const void *bytes, size_t size, ReturnRows *rows)
{
	static const struct
	{
		size_t		at;
		size_t		length;
		const char *magic;
	}			pictures[] = {{0, 3, "\xff\xd8\xff"}, {0, 4, "\x89PNG"}, {0, 4, "GIF8"}, {0, 2, "BM"}, {0, 4, "II*\0"}, {0, 4, "MM\0*"},
	{4, 4, "ftyp"}, {8, 4, "WEBP"}};
	const char *text = bytes;

	if (document_is_one(bytes, size) || size < 2 || memchr(bytes, '\0', size < BEGINNING ? size : BEGINNING) == NULL ||
		memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)
		return false;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
	{
		if (size < pictures[i].at + pictures[i].length || memcmp(text + pictures[i].at, pictures[i].magic, pictures[i].length) != 0)
			continue;
		rows_problem(rows, "it is a picture or a film, from which nothing can be read for certain");
		rows_hint(rows, "Send the Word document, the spreadsheet or the CSV file that it was made from.");
		return true;
	}
	rows_problem(rows, "it is neither a Word document (.docx), nor a spreadsheet (.xlsx, .ods), nor a CSV file");
	rows_hint(rows, "If it should be one, it is damaged: open it, save it under a new name, and send that one.");
	return true;
}

HubExit
return_read(Db *db, const Document *document, const void *bytes, size_t size, const ReturnStated *stated, ReturnStated *told,
			ReturnRows *rows)
{
	HubExit		exit_code;

	*told = *stated;
	if (is_neither(bytes, size, rows))
		exit_code = HUB_REFUSED;
	else if (document_is_one(bytes, size))
		exit_code = return_document_read(db, document, stated->form, stated->period, rows);
	else
		exit_code = return_csv_read(bytes, size, rows);
	if (exit_code == HUB_OK)
		exit_code = believe(db, stated, rows);
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
	if (rows->hint != NULL && rows->doubt != NULL)
		log_error("hint: %s The option is --%s.", rows->hint, rows->doubt);
	else if (rows->hint != NULL)
		log_error("hint: %s", rows->hint);
}
