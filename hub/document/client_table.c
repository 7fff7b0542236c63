/*
 * hub/document/client_table.c
 *		Tables of clients' data.
 */
#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document/client_table.h"
#include "spool/token.h"
#include "load/reader.h"
#include "program/log.h"

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

void
client_table_free(ClientTable *table)
{
	for (size_t i = 0; i < table->rows * table->columns; i++)
	{
		if (table->cells[i] != NULL)
			OPENSSL_cleanse(table->cells[i], strlen(table->cells[i]));
		free(table->cells[i]);
	}
	free(table->cells);
	free(table->lines);
	memset(table, 0, sizeof(*table));
}

const char *
client_table_cell(const ClientTable *table, size_t row, size_t column)
{
	const char *cell = table->cells[row * table->columns + column];

	return cell != NULL ? cell : "";
}

/* Adds an empty row; the first sets the number of columns. */
static bool
add_row(ClientTable *table, long line)
{
	if (table->rows == table->room)
	{
		size_t		room = table->room == 0 ? 64 : table->room * 2;
		char	  **cells = realloc(table->cells, room * table->columns * sizeof(char *));
		long	   *lines;

		if (cells == NULL)
			return false;
		table->cells = cells;
		lines = realloc(table->lines, room * sizeof(long));
		if (lines == NULL)
			return false;
		table->lines = lines;
		table->room = room;
	}
	memset(table->cells + table->rows * table->columns, 0, table->columns * sizeof(char *));
	table->lines[table->rows++] = line;
	return true;
}

static bool
set_cell(ClientTable *table, size_t column, const char *text, size_t length)
{
	char	  **cell = &table->cells[(table->rows - 1) * table->columns + column];

	free(*cell);
	*cell = strndup(text, length);
	return *cell != NULL;
}

HubExit
client_table_csv(ClientTable *table, const char *bytes, size_t size, ReturnRows *said)
{
	Reader		reader;
	Record		record;
	ReaderStatus status;
	HubExit		exit_code = HUB_OK;
	bool		too_long;

	if (!reader_open_bytes(&reader, bytes, size))
		return out_of_memory();
	while (exit_code == HUB_OK && (status = reader_record(&reader, &record)) == READER_OK)
	{
		int			filled = record.ncells;

		while (filled > 0 && record.cells[filled - 1].length == 0)
			filled--;
		if (record.problem == NULL && filled == 0)
			continue;
		if (record.problem == NULL && table->columns == 0)
			table->columns = (size_t) filled;
		if (record.problem != NULL || filled > CLIENT_TABLE_COLUMNS || (size_t) filled > table->columns)
		{
			rows_problem(said, "line %ld: %s", record.line, record.problem != NULL ? record.problem :
						 filled > CLIENT_TABLE_COLUMNS ? "it has too many cells" : "it has more cells than the heading");
			exit_code = HUB_REFUSED;
		}
		else if ((table->rows + 1) * table->columns > CLIENT_TABLE_CELLS)
		{
			rows_problem(said, "it has more than %d cells", CLIENT_TABLE_CELLS);
			exit_code = HUB_REFUSED;
		}
		else if (!add_row(table, record.line))
			exit_code = out_of_memory();
		for (int i = 0; i < filled && exit_code == HUB_OK; i++)
			if (!set_cell(table, (size_t) i, record.cells[i].text, record.cells[i].length))
				exit_code = out_of_memory();
	}
	too_long = exit_code == HUB_OK && status == READER_FAILED && errno == EFBIG;
	reader_close(&reader);
	if (exit_code == HUB_OK && status == READER_STOPPED)
		return HUB_STOPPED;
	if (too_long)
	{
		rows_problem(said, "a line of it is longer than a row can be");
		return HUB_REFUSED;
	}
	if (exit_code == HUB_OK && status != READER_END)
	{
		log_error("a file could not be read");
		return HUB_INTERNAL;
	}
	return exit_code;
}

HubExit
client_table_sheet(ClientTable *table, const Document *document, int sheet, bool hidden_too, ReturnRows *said)
{
	HubExit		exit_code = HUB_OK;
	int			row = -1;

	for (size_t i = 0; i < document->ncells && exit_code == HUB_OK; i++)
	{
		const DocumentCell *cell = &document->cells[i];

		if (cell->sheet != sheet)
			continue;
		if ((cell->hidden && !hidden_too) || cell->rows > 1 || cell->columns > 1 || cell->column < 1 || cell->column > CLIENT_TABLE_COLUMNS)
		{
			rows_problem(said, "row %d %s", cell->row, cell->hidden && !hidden_too ? "is hidden, and has content" :
						 cell->column > CLIENT_TABLE_COLUMNS ? "has too many cells" : "has merged cells");
			exit_code = HUB_REFUSED;
		}
		if (row < 0)
			for (size_t j = i; j < document->ncells && document->cells[j].sheet == sheet && document->cells[j].row == cell->row; j++)
				if (document->cells[j].column <= CLIENT_TABLE_COLUMNS && (size_t) document->cells[j].column > table->columns)
					table->columns = (size_t) document->cells[j].column;
		if (exit_code == HUB_OK && cell->row != row)
		{
			if (!add_row(table, cell->row))
				exit_code = out_of_memory();
			said->hidden_rows += cell->hidden;
		}
		row = cell->row;
		if (exit_code == HUB_OK && (size_t) cell->column > table->columns)
		{
			rows_problem(said, "row %d has more cells than the heading", cell->row);
			exit_code = HUB_REFUSED;
		}
		if (exit_code == HUB_OK && !set_cell(table, (size_t) cell->column - 1, cell->text, strlen(cell->text)))
			exit_code = out_of_memory();
	}
	return exit_code;
}

/* A heading without what a spreadsheet may put before it. */
static const char *
heading_of(const ClientTable *table, size_t column)
{
	const char *heading = client_table_cell(table, 0, column);

	if (strncmp(heading, "\xef\xbb\xbf", 3) == 0)
		heading += 3;
	return heading + strspn(heading, " \t");
}

/* Whether the database takes two headings for the same: it knows no capitals, and no difference between a blank and _. */
static bool
same_heading(const char *a, const char *b)
{
	for (;; a++, b++)
	{
		if (a[strspn(a, " \t\r\n")] == '\0' || b[strspn(b, " \t\r\n")] == '\0')
			return a[strspn(a, " \t\r\n")] == b[strspn(b, " \t\r\n")];
		if (tolower((unsigned char) *a) != tolower((unsigned char) *b) && !(strchr(" _", *a) != NULL && strchr(" _", *b) != NULL))
			return false;
	}
}

HubExit
client_table_once(const ClientTable *table, ReturnRows *said)
{
	for (size_t i = 0; i < table->columns && table->rows > 0; i++)
		for (size_t j = i + 1; j < table->columns; j++)
			if (*heading_of(table, i) != '\0' && same_heading(heading_of(table, i), heading_of(table, j)))
			{
				rows_problem(said, "columns %zu and %zu have the same heading", i + 1, j + 1);
				return HUB_REFUSED;
			}
	return HUB_OK;
}

bool
client_table_has_client(const ClientTable *table)
{
	for (size_t i = 0; i < table->columns && table->rows > 0; i++)
	{
		const char *heading = heading_of(table, i);

		if (strncasecmp(heading, "client_ref", 10) == 0 || strncasecmp(heading, "client ref", 10) == 0)
			return true;
	}
	return false;
}

HubExit
client_table_headings(const ClientTable *table, ReturnRows *headings)
{
	for (size_t i = 0; i < table->columns; i++)
	{
		const char *heading = client_table_cell(table, 0, i);

		rows_add(headings, 1, "heading", 7, heading, strlen(heading));
	}
	return rows_finish(headings) ? HUB_OK : out_of_memory();
}

void
client_patterns_free(regex_t *patterns, size_t count)
{
	for (size_t i = 0; i < count && patterns != NULL; i++)
		regfree(&patterns[i]);
	free(patterns);
}

regex_t *
client_patterns(const PGresult *result, int column, size_t count)
{
	regex_t    *patterns = calloc(count, sizeof(regex_t));

	for (size_t i = 0; i < count && patterns != NULL; i++)
	{
		const char *text = PQgetisnull(result, (int) i, column) ? "^" : PQgetvalue(result, (int) i, column);

		if (regcomp(&patterns[i], text, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		{
			client_patterns_free(patterns, i);
			return NULL;
		}
	}
	return patterns;
}

HubExit
client_tokens(const KeyRing *ring, KeyPurpose purpose, const char *scope, const char *value, long line, const char *field,
			  const char *field_was, ReturnRows *rows)
{
	const Key  *current = keys_current(ring, purpose);
	const Key  *key = current;
	size_t		next = 0;

	if (current == NULL)
		return HUB_KEYS;
	do
	{
		char		token[TOKEN_HEX_SIZE];
		const char *name = key == current ? field : field_was;
		TokenResult result = token_make(key, scope, value, token);

		if (result == TOKEN_EMPTY)
			return HUB_OK;		/* the database says what is missing */
		if (result == TOKEN_UNREADABLE)
			return HUB_REFUSED;
		if (result != TOKEN_MADE)
			return out_of_memory();
		rows_add(rows, line, name, strlen(name), token, strlen(token));
		do
			key = keys_next(ring, purpose, &next);
		while (key == current);
	} while (key != NULL && field_was != NULL);
	return HUB_OK;
}
