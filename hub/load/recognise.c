/*
 * hub/load/recognise.c
 *		Asking the database what a file is.
 */
#include <stdlib.h>
#include <string.h>

#include "load/recognise.h"
#include "program/log.h"
#include "program/settings.h"

char *
array_literal(const Cell *cells, int ncells)
{
	size_t		size = 3;
	char	   *literal;
	char	   *p;

	for (int i = 0; i < ncells; i++)
		size += cells[i].length * 2 + 3;
	literal = malloc(size);
	if (literal == NULL)
		return NULL;
	p = literal;
	*p++ = '{';
	for (int i = 0; i < ncells; i++)
	{
		if (i > 0)
			*p++ = ',';
		*p++ = '"';
		for (size_t j = 0; j < cells[i].length; j++)
		{
			char		c = cells[i].text[j];

			if (c == '"' || c == '\\')
				*p++ = '\\';
			*p++ = c;
		}
		*p++ = '"';
	}
	*p++ = '}';
	*p = '\0';
	return literal;
}

static char *
copy_value(const PGresult *result, int column)
{
	return PQgetisnull(result, 0, column) ? NULL : strdup(PQgetvalue(result, 0, column));
}

/* The numbers of "{3,0,1}". */
static bool
read_columns(Source *source, const char *literal)
{
	int			n = 1;

	for (const char *p = literal; *p != '\0'; p++)
		n += *p == ',';
	source->columns = malloc((size_t) n * sizeof(int));
	if (source->columns == NULL)
		return false;
	source->ncolumns = 0;
	for (const char *p = literal; *p != '\0';)
	{
		char	   *end;
		long		number = strtol(p, &end, 10);

		if (end == p)
			p++;
		else
		{
			source->columns[source->ncolumns++] = (int) number;
			p = end;
		}
	}
	return true;
}

static HubExit
ask(Db *db, Source *source, const char *heading, const char *sample, const char *as_kind)
{
	const char *values[] = {heading, sample, as_kind, setting_text(db->hub, "edition"), source->name};
	PGresult   *result = db_query(db, "load_recognise", 5, values);
	bool		ok = true;

	if (result == NULL)
		return db_failed(db, source->shown);
	if (PQntuples(result) > 0)
	{
		free(source->kind);
		free(source->edition);
		free(source->problem);
		source->kind = copy_value(result, 0);
		source->edition = copy_value(result, 1);
		source->has_heading = PQgetvalue(result, 0, 2)[0] == 't';
		source->problem = copy_value(result, 4);
		if (!PQgetisnull(result, 0, 3))
			ok = read_columns(source, PQgetvalue(result, 0, 3));
	}
	PQclear(result);
	for (int i = 0; ok && i < source->ncolumns; i++)
	{
		if (source->columns[i] < 0 || source->columns[i] > source->ncells)
		{
			log_line(LOG_ERROR, source->shown, "BUG: column %d of %d", source->columns[i], source->ncells);
			return HUB_INTERNAL;
		}
	}
	if (!ok)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	return HUB_OK;
}

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

HubExit
recognise_text(Db *db, Source *source, const char *head, size_t length)
{
	Reader		reader;
	Record		record;
	char	   *heading = NULL;
	char	   *sample = NULL;
	HubExit		exit_code = HUB_OK;

	if (!reader_open_bytes(&reader, head, length))
		return out_of_memory();
	if (reader_record(&reader, &record) == READER_OK && record.problem == NULL)
	{
		source->ncells = record.ncells;
		heading = array_literal(record.cells, record.ncells);
		if (heading == NULL)
			exit_code = out_of_memory();
		/* A second record that is cut off by the end of what was read is no sample. */
		else if (reader_record(&reader, &record) == READER_OK && record.problem == NULL &&
				 (length < SOURCE_HEAD || reader.start < reader.end))
		{
			sample = array_literal(record.cells, record.ncells);
			if (sample == NULL)
				exit_code = out_of_memory();
		}
		if (exit_code == HUB_OK)
			exit_code = ask(db, source, heading, sample, setting_text(db->hub, "as"));
		if (exit_code == HUB_OK && source->kind != NULL && strcmp(source->kind, "crime") == 0 && sample != NULL)
		{
			/* Month and force as they stand: enough to tell which sources must not be loaded side by side. */
			int			month = source->ncolumns > 2 ? source->columns[1] : 0;
			int			force = source->ncolumns > 2 ? source->columns[2] : 0;

			if (month > 0 && force > 0 && month <= record.ncells && force <= record.ncells &&
				asprintf(&source->first, "%.*s %.*s", (int) record.cells[month - 1].length,
						 record.cells[month - 1].text, (int) record.cells[force - 1].length,
						 record.cells[force - 1].text) < 0)
			{
				source->first = NULL;
				exit_code = out_of_memory();
			}
		}
		if (source->has_heading)
		{
			source->heading = heading;
			heading = NULL;
		}
	}
	free(heading);
	free(sample);
	reader_close(&reader);
	return exit_code;
}

HubExit
recognise_feature(Db *db, Source *source, const char *feature, size_t length)
{
	char	   *text = strndup(feature, length);
	const char *values[] = {text};
	const char *as_kind = setting_text(db->hub, "as");
	PGresult   *result;
	HubExit		exit_code;

	if (text == NULL)
		return out_of_memory();
	result = db_query(db, "load_feature_heading", 1, values);
	free(text);
	if (result == NULL)
		return db_failed(db, source->shown);
	source->heading = copy_value(result, 0);
	source->ncells = 1;
	exit_code = ask(db, source, PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1), as_kind != NULL ? as_kind : "areas");
	PQclear(result);
	return exit_code;
}
