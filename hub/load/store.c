/*
 * hub/load/store.c
 *		Storing one file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load/crime.h"
#include "load/gdal.h"
#include "load/recognise.h"
#include "load/store.h"
#include "program/log.h"
#include "program/stop.h"
#include "program/utf8.h"

#define TEXT_OID 25
#define MAX_ATTEMPTS 3

/* One attempt at a file. */
typedef struct Attempt
{
	Worker	   *worker;
	Source	   *source;
	OpenSource *open;
	LoadReport *report;
	const char *sha256;			/* in hex */
	Gdal		gdal;
	Reader		reader;
	bool		reading;
	Cell		feature;		/* the first one, read ahead */
	char		id[24];
	Rejects		rejects;
	CrimeMonths months;
} Attempt;

void
load_report_free(LoadReport *report)
{
	free(report->kind);
	free(report->edition);
	free(report->reason);
	free(report->notes);
	free(report->sample);
	memset(report, 0, sizeof(*report));
}

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

static HubExit
refuse(Attempt *a, const char *reason)
{
	free(a->report->reason);
	a->report->reason = strdup(reason);
	return HUB_REFUSED;
}

static HubExit
reading_failed(Attempt *a, ReaderStatus status)
{
	if (status == READER_STOPPED)
		return HUB_STOPPED;
	if (status == READER_TOO_LONG || errno == EFBIG)
		return refuse(a, "a line is longer than any file of a known kind has");
	log_line(LOG_ERROR, a->source->shown, "could not read: %s", strerror(errno));
	return errno == ENOMEM ? HUB_INTERNAL : HUB_FILE;
}

/* True, with the report filled, if the same bytes are loaded; *exit_code tells of a failure. */
static bool
is_loaded(Attempt *a, HubExit *exit_code)
{
	const char *values[] = {a->sha256};
	PGresult   *result = db_query(&a->worker->db, "load_known", 1, values);
	bool		loaded;

	*exit_code = HUB_OK;
	if (result == NULL)
	{
		*exit_code = db_failed(&a->worker->db, a->source->shown);
		return false;
	}
	loaded = PQntuples(result) > 0;
	if (loaded)
	{
		a->report->outcome = LOAD_ALREADY;
		free(a->report->kind);
		free(a->report->edition);
		a->report->kind = strdup(PQgetvalue(result, 0, 1));
		a->report->edition = PQgetisnull(result, 0, 2) ? NULL : strdup(PQgetvalue(result, 0, 2));
	}
	PQclear(result);
	return loaded;
}

/* Starts reading; for a boundary file this is where it is recognised. */
static HubExit
begin_reading(Attempt *a)
{
	Source	   *source = a->source;
	HubExit		exit_code;
	ReaderStatus status;
	bool		text = source->format == SOURCE_TEXT;

	if (!text)
	{
		exit_code = gdal_start(a->worker->hub, a->open, &a->gdal);
		if (exit_code != HUB_OK)
			return exit_code;
	}
	if (!reader_open(&a->reader, text ? a->open->fd : a->gdal.output, text ? READER_RECORD_LIMIT : GDAL_FEATURE_LIMIT,
					 text ? a->worker->progress : NULL))
		return out_of_memory();
	a->reading = true;
	if (text)
	{
		a->reader.expected = source->ncells;
		return HUB_OK;
	}

	status = reader_line(&a->reader, &a->feature);
	if (status == READER_END || (status == READER_OK && (a->feature.length == 0 || a->feature.text[0] != '{')))
	{
		exit_code = gdal_end(a->worker->hub, source, &a->gdal, true);
		return exit_code != HUB_OK ? exit_code : refuse(a, "it holds no feature");
	}
	if (status != READER_OK)
		return reading_failed(a, status);
	if (source->kind == NULL)
	{
		exit_code = recognise_feature(&a->worker->db, source, a->feature.text, a->feature.length);
		if (exit_code != HUB_OK)
			return exit_code;
	}
	if (source->problem != NULL)
		return refuse(a, source->problem);
	if (source->kind == NULL)
		return refuse(a, "its features have no area code that is known here (such as LSOA21CD, WD25CD or LAD24CD)");
	return HUB_OK;
}

/* The chosen cells as one text[]. */
static void
put_cells(Copy *copy, const Source *source, const Cell *cells, int ncells, long line)
{
	int			n = source->ncolumns > 0 ? source->ncolumns : ncells;
	size_t		size = 20 + (size_t) n * 4;

	for (int i = 0; i < n; i++)
	{
		int			column = source->ncolumns > 0 ? source->columns[i] : i + 1;

		if (column > 0 && column <= ncells)
			size += cells[column - 1].length;
	}
	if (!copy_row(copy, 2, size + 32))
		return;
	copy_integer(copy, line, 8);
	copy_put(copy, size, 4);
	copy_put(copy, 1, 4);		/* dimensions */
	copy_put(copy, 1, 4);		/* may hold NULL */
	copy_put(copy, TEXT_OID, 4);
	copy_put(copy, (uint64_t) n, 4);
	copy_put(copy, 1, 4);		/* first subscript */
	for (int i = 0; i < n; i++)
	{
		int			column = source->ncolumns > 0 ? source->columns[i] : i + 1;

		if (column > 0 && column <= ncells)
			copy_bytes(copy, cells[column - 1].text, cells[column - 1].length, 0);
		else
			copy_null(copy);
	}
}

static HubExit
stage_features(Attempt *a, Copy *copy)
{
	Cell		feature = a->feature;
	ReaderStatus status = READER_OK;

	for (long number = 1; status == READER_OK; number++)
	{
		if (copy->failed)
			return HUB_DATABASE;
		if (utf8_is_valid(feature.text, feature.length))
			put_cells(copy, a->source, &feature, 1, number);
		else if (!rejects_add(&a->rejects, number, "the feature is not valid UTF-8"))
			return out_of_memory();
		a->report->read++;
		a->worker->progress->rows++;
		status = reader_line(&a->reader, &feature);
	}
	if (status != READER_END)
		return reading_failed(a, status);
	/* What it read must be all there is: an error in the middle of the file refuses the whole. */
	return gdal_end(a->worker->hub, a->source, &a->gdal, true);
}

static HubExit
stage_records(Attempt *a, Copy *copy)
{
	Record		record;

	for (;;)
	{
		ReaderStatus status = reader_record(&a->reader, &record);

		if (status == READER_END)
			return HUB_OK;
		if (status != READER_OK)
			return reading_failed(a, status);
		if (copy->failed)
			return HUB_DATABASE;
		if (record.problem == NULL)
			put_cells(copy, a->source, record.cells, record.ncells, record.line);
		else if (!rejects_add(&a->rejects, record.line, record.problem))
			return out_of_memory();
		a->report->read++;
		a->worker->progress->rows++;
	}
}

static HubExit
stage(Attempt *a)
{
	Db		   *db = &a->worker->db;
	Copy		copy;
	HubExit		exit_code;

	if (!db_run(db, "load_stage", 0, NULL) || !copy_begin(&copy, db, "load_copy_staged"))
		return HUB_DATABASE;
	exit_code = a->source->format == SOURCE_TEXT ? stage_records(a, &copy) : stage_features(a, &copy);
	if (exit_code == HUB_OK || copy.failed)
		return copy_end(&copy) ? HUB_OK : HUB_DATABASE;
	copy_abort(&copy);
	return exit_code;
}

/* Calls the function that stores; reads what it says. */
static HubExit
store(Attempt *a, bool crime)
{
	Db		   *db = &a->worker->db;
	char	   *forces = NULL;
	char	   *dates = NULL;
	PGresult   *result;

	if (crime && !crime_months_literals(&a->months, &forces, &dates))
	{
		free(forces);
		free(dates);
		return out_of_memory();
	}
	{
		const char *values[] = {a->id, forces, dates};

		result = db_query(db, crime ? "load_store_crime" : "load_store", crime ? 3 : 1, values);
	}
	free(forces);
	free(dates);
	if (result == NULL)
		return HUB_DATABASE;
	a->report->stored = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	a->report->rejected = a->rejects.count + strtoull(PQgetvalue(result, 0, 1), NULL, 10);
	if (!PQgetisnull(result, 0, 2) && PQgetlength(result, 0, 2) > 0)
		a->report->notes = strdup(PQgetvalue(result, 0, 2));
	PQclear(result);
	return HUB_OK;
}

/* All that happens between BEGIN and COMMIT. */
static HubExit
store_in_transaction(Attempt *a, double started)
{
	Db		   *db = &a->worker->db;
	Source	   *source = a->source;
	bool		crime = strcmp(source->kind, "crime") == 0;
	char		size[24];
	const char *row[] = {source->name, a->sha256, size, source->kind, source->edition, source->heading};
	char		read[24];
	char		stored[24];
	char		rejected[24];
	char		seconds[32];
	const char *end[] = {a->id, read, stored, rejected, seconds};
	PGresult   *result;
	HubExit		exit_code;

	snprintf(size, sizeof(size), "%" PRIu64, a->open->size);
	result = db_query(db, "load_begin", 6, row);
	if (result == NULL)
		return HUB_DATABASE;
	snprintf(a->id, sizeof(a->id), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);

	rejects_open(&a->rejects, strtoll(a->id, NULL, 10));
	if (source->format == SOURCE_TEXT && source->has_heading)
	{
		Record		heading;
		ReaderStatus status = reader_record(&a->reader, &heading);

		if (status != READER_OK && status != READER_END)
			return reading_failed(a, status);
	}
	exit_code = crime ? crime_copy(db, &a->worker->names, source, &a->reader, a->rejects.source_file, &a->rejects,
								   &a->months, &a->report->read)
		: stage(a);
	if (exit_code != HUB_OK)
		return exit_code;
	if (!rejects_store(&a->rejects, db))
		return HUB_DATABASE;
	exit_code = store(a, crime);
	if (exit_code != HUB_OK)
		return exit_code;
	if (source->format == SOURCE_TEXT && !source_unchanged(source, a->open))
		return refuse(a, "it was changed while it was read");

	a->report->seconds = now_seconds() - started;
	snprintf(read, sizeof(read), "%" PRIu64, a->report->read);
	snprintf(stored, sizeof(stored), "%" PRIu64, a->report->stored);
	snprintf(rejected, sizeof(rejected), "%" PRIu64, a->report->rejected);
	snprintf(seconds, sizeof(seconds), "%.6f", a->report->seconds);
	result = db_query(db, "load_end", 5, end);
	if (result == NULL)
		return HUB_DATABASE;
	/* Crime's is told by its rows. */
	free(a->report->edition);
	a->report->edition = PQgetisnull(result, 0, 0) ? NULL : strdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return db_commit(db) ? HUB_OK : HUB_DATABASE;
}

static void
take_sample(Attempt *a)
{
	const char *values[] = {a->id};
	PGresult   *result = db_query(&a->worker->db, "load_rejected_sample", 1, values);
	size_t		size;
	FILE	   *text = result != NULL ? open_memstream(&a->report->sample, &size) : NULL;

	for (int i = 0; text != NULL && i < PQntuples(result); i++)
		fprintf(text, "%sline %s: %s", i > 0 ? "\n" : "", PQgetvalue(result, i, 0), PQgetvalue(result, i, 1));
	if (text != NULL)
		fclose(text);
	PQclear(result);
}

static HubExit
attempt(Attempt *a, double started)
{
	Db		   *db = &a->worker->db;
	HubExit		exit_code = begin_reading(a);

	if (exit_code != HUB_OK)
		return exit_code;
	free(a->report->kind);
	free(a->report->edition);
	a->report->kind = strdup(a->source->kind);
	a->report->edition = a->source->edition != NULL ? strdup(a->source->edition) : NULL;
	exit_code = db_begin(db) ? store_in_transaction(a, started) : HUB_DATABASE;
	if (exit_code != HUB_OK)
		db_rollback(db);
	return exit_code;
}

static void
clean_up(Attempt *a)
{
	/* Only what is left after a failure: its own verdict no longer matters. */
	if (gdal_end(a->worker->hub, a->source, &a->gdal, false) != HUB_OK)
		log_debug("ogr2ogr was ended");
	if (a->reading)
		reader_close(&a->reader);
	a->reading = false;
	rejects_close(&a->rejects);
	crime_months_free(&a->months);
}

/* A data exception, or one that a function of ours raised: the file is to blame, not the database. */
static bool
is_of_the_data(const char *sqlstate)
{
	return strncmp(sqlstate, "22", 2) == 0 || strcmp(sqlstate, "P0001") == 0;
}

static void
refuse_by_error(Attempt *a)
{
	const DbError *e = &a->worker->db.error;

	free(a->report->reason);
	if (asprintf(&a->report->reason, "%s%s%s%s%s", e->message, e->detail != NULL ? ". " : "",
				 e->detail != NULL ? e->detail : "", e->hint != NULL ? " " : "", e->hint != NULL ? e->hint : "") < 0)
		a->report->reason = NULL;
	db_clear_error(&a->worker->db);
}

/* With the source open. */
static HubExit
store_open_source(Attempt *a, double started)
{
	Db		   *db = &a->worker->db;
	HubExit		exit_code;

	if (is_loaded(a, &exit_code) || exit_code != HUB_OK)
		return exit_code;
	for (int n = 1;; n++)
	{
		bool		again;

		db_clear_error(db);
		rejects_open(&a->rejects, 0);
		exit_code = attempt(a, started);
		clean_up(a);
		if (exit_code == HUB_OK)
		{
			a->report->outcome = LOAD_STORED;
			if (a->report->rejected > 0)
				take_sample(a);
			return a->report->rejected > 0 ? HUB_REJECTS : HUB_OK;
		}
		if (db->error.message == NULL)
			return exit_code;	/* told already, or in the report */
		/* Somebody else loaded the same bytes at the same time. */
		if (strcmp(db->error.sqlstate, "23505") == 0)
		{
			char	   *message = strdup(db->error.message);
			HubExit		known;

			if (is_loaded(a, &known))
			{
				free(message);
				return HUB_OK;
			}
			db_set_error(db, HUB_DATABASE, "%s (SQLSTATE 23505)", message != NULL ? message : "");
			free(message);
			return db_failed(db, a->source->shown);
		}
		if (is_of_the_data(db->error.sqlstate))
		{
			refuse_by_error(a);
			return HUB_REFUSED;
		}
		/* A deadlock or a failed serialization is nobody's fault and passes. */
		again = strncmp(db->error.sqlstate, "40", 2) == 0 && n < MAX_ATTEMPTS && lseek(a->open->fd, 0, SEEK_SET) == 0;
		exit_code = db_failed(db, a->source->shown);
		if (!again)
			return exit_code;
		log_line(LOG_INFO, a->source->shown, "trying again");
		free(a->report->notes);
		a->report->notes = NULL;
		a->report->read = 0;
	}
}

void
store_source(Worker *worker, Source *source, LoadReport *report)
{
	OpenSource	open_source;
	char		sha256[65];
	Attempt		a = {0};
	double		started = now_seconds();

	a.worker = worker;
	a.source = source;
	a.open = &open_source;
	a.report = report;
	a.sha256 = sha256;
	a.gdal.output = a.gdal.messages = -1;
	report->outcome = LOAD_FAILED;
	report->exit_code = source_open(worker->hub, source, &worker->zip, &open_source);
	if (report->exit_code == HUB_OK)
	{
		for (int i = 0; i < 32; i++)
			snprintf(sha256 + i * 2, 3, "%02x", open_source.sha256[i]);
		report->exit_code = store_open_source(&a, started);
		source_close(&open_source);
	}
	if (report->exit_code == HUB_REFUSED)
		report->outcome = LOAD_REFUSED;
	else if (report->exit_code == HUB_STOPPED)
		stop_request();
	report->seconds = now_seconds() - started;
}
