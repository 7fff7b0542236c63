/*
 * hub/document/return_csv.c
 *		A return as CSV: what can't be told apart is refused, since a guess would lose or move people.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "load/reader.h"
#include "program/log.h"
#include "return_file.h"

static bool
cell_is(const Cell *cell, const char *word)
{
	return cell->length == strlen(word) && strncasecmp(cell->text, word, cell->length) == 0;
}

/* A spreadsheet may add empty cells at the end of each line. */
static int
filled_cells(const Record *record)
{
	int			n = record->ncells;

	while (n > 0 && record->cells[n - 1].length == 0)
		n--;
	return n;
}

/* Whether a heading is that of one wide row: more than two cells, and each reads like the name of a field. */
static bool
is_wide_heading(const Record *record, int n)
{
	for (int i = 0; i < n; i++)
	{
		const Cell *cell = &record->cells[i];

		if (cell->length == 0 || cell->text[0] < 'A' || (cell->text[0] > 'Z' && cell->text[0] < 'a') || cell->text[0] > 'z')
			return false;
	}
	return n > 2;
}

/* How many faulty lines are named; of the others only the number is told. */
#define FAULTS_SHOWN 5

/* The heading's cells, copied: a record lasts until the next one. */
typedef struct Heading
{
	int			n;
	char		text[65536];
	size_t		at[1025];
} Heading;

static bool
keep_heading(const Record *record, int n, Heading *heading)
{
	size_t		used = 0;

	if (n > 1024)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (used + record->cells[i].length > sizeof(heading->text))
			return false;
		memcpy(heading->text + used, record->cells[i].text, record->cells[i].length);
		heading->at[i] = used;
		used += record->cells[i].length;
	}
	heading->at[n] = used;
	heading->n = n;
	return true;
}

HubExit
return_csv_read(const char *bytes, size_t size, ReturnRows *rows)
{
	static _Thread_local Heading heading;
	Reader		reader;
	Record		record;
	ReaderStatus status;
	HubExit		exit_code = HUB_OK;
	bool		first = true;
	bool		wide = false;
	bool		too_long;
	int			wide_rows = 0;
	int			faults = 0;

	if (!reader_open_bytes(&reader, bytes, size))
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	while ((status = reader_record(&reader, &record)) == READER_OK)
	{
		int			n = record.problem == NULL ? filled_cells(&record) : 0;

		if (record.problem != NULL)
		{
			if (++faults <= FAULTS_SHOWN)
				rows_problem(rows, "line %ld: %s", record.line, record.problem);
			exit_code = HUB_REFUSED;
			continue;
		}
		if (n == 0)
			continue;
		if (first && is_wide_heading(&record, n) && keep_heading(&record, n, &heading))
			wide = true;
		else if (wide)
		{
			if (++wide_rows > 1 || n > heading.n)
			{
				if (++faults <= FAULTS_SHOWN)
					rows_problem(rows, "line %ld: %s", record.line, n > heading.n ?
							  "it has more cells than the heading" : "one row of answers was expected below the heading");
				exit_code = HUB_REFUSED;
				continue;
			}
			for (int i = 0; i < heading.n; i++)
				rows_add(rows, record.line, heading.text + heading.at[i], heading.at[i + 1] - heading.at[i],
						 i < n ? record.cells[i].text : "", i < n ? record.cells[i].length : 0);
		}
		else if (n > 2)
		{
			if (++faults <= FAULTS_SHOWN)
				rows_problem(rows, "line %ld has %d cells, expected two: field,value", record.line, n);
			exit_code = HUB_REFUSED;
		}
		else if (!first || n != 2 || !cell_is(&record.cells[0], "field") || !cell_is(&record.cells[1], "value"))
			rows_add(rows, record.line, record.cells[0].text, record.cells[0].length, n > 1 ? record.cells[1].text : "",
					 n > 1 ? record.cells[1].length : 0);
		first = false;
	}
	too_long = status == READER_FAILED && errno == EFBIG;
	reader_close(&reader);
	if (status == READER_STOPPED)
		return HUB_STOPPED;
	if (too_long)
	{
		rows_problem(rows, "a line of it is longer than a return can be");
		return HUB_REFUSED;
	}
	if (status != READER_END)
	{
		log_error("a CSV file could not be read");
		return HUB_INTERNAL;
	}
	if (faults > FAULTS_SHOWN)
		rows_problem(rows, "and %d more lines like these", faults - FAULTS_SHOWN);
	if (exit_code == HUB_REFUSED)
		rows_hint(rows, "Save it as CSV in UTF-8 (in Excel: \"CSV UTF-8\"), a value with a comma in double quotes.");
	else if (rows->count == 0)
	{
		rows_problem(rows, "it has no \"field,value\" line");
		exit_code = HUB_REFUSED;
	}
	return exit_code;
}
