/*
 * hub/report/table.c
 *		A query's result as a table for reading.
 */
#include <stdlib.h>
#include <string.h>

#include "program/log.h"
#include "report/table.h"

/* Characters, not bytes: what begins a character of UTF-8 is counted. */
static int
width_of(const char *text)
{
	int			width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char) *text & 0xC0) != 0x80;
	return width;
}

static bool
is_number(const PGresult *result, int column)
{
	Oid			type = PQftype(result, column);

	/* int8, int2, int4, float4, float8, numeric */
	return type == 20 || type == 21 || type == 23 || type == 700 || type == 701 || type == 1700;
}

/* The last column isn't padded, so that no line ends in blanks. */
static void
write_cell(FILE *out, const char *text, int width, bool right, bool last)
{
	int			pad = width - width_of(text);

	fprintf(out, "%*s%s%*s", right ? pad : 0, "", text, right || last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", out);
}

bool
table_write(FILE *out, const PGresult *result)
{
	int			columns = PQnfields(result);
	int			rows = PQntuples(result);
	int		   *width = calloc((size_t) columns + 1, sizeof(*width));
	int			last = -1;

	if (width == NULL)
		return false;
	for (int c = 0; c < columns; c++)
	{
		for (int r = 0; r < rows; r++)
		{
			int			w = width_of(PQgetvalue(result, r, c));

			width[c] = w > width[c] ? w : width[c];
		}
		if (width[c] == 0 && rows > 0)
			continue;
		last = c;
		if (width_of(PQfname(result, c)) > width[c])
			width[c] = width_of(PQfname(result, c));
	}
	for (int r = -1; r < rows; r++)
	{
		for (int c = 0; c <= last; c++)
		{
			char		heading[64];

			if (width[c] == 0)
				continue;
			if (r < 0)
			{
				snprintf(heading, sizeof(heading), "%s", PQfname(result, c));
				for (char *p = heading; *p != '\0'; p++)
					*p = *p == '_' ? ' ' : *p;
			}
			write_cell(out, r < 0 ? heading : PQgetvalue(result, r, c), width[c], is_number(result, c), c == last);
		}
	}
	free(width);
	return true;
}

void
table_write_lines(FILE *out, const PGresult *result)
{
	for (int r = 0; r < PQntuples(result); r++)
		fprintf(out, "%s\n", PQgetvalue(result, r, 0));
}

HubExit
table_print(FILE *out, Db *db, const char *query, int nvalues, const char *const *values, const char *failed)
{
	PGresult   *result = db_query(db, query, nvalues, values);
	bool		written;

	if (result == NULL)
		return db_failed(db, failed);
	written = table_write(out, result);
	PQclear(result);
	if (!written)
		log_error("out of memory");
	return written ? HUB_OK : HUB_INTERNAL;
}
