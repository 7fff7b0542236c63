/*
 * hub/intake/records_load.c
 *		load --as records: the files of one record-level return, from the command line.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "spool/key_check.h"
#include "intake/received.h"
#include "intake/records.h"
#include "spool/spool.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

#define FILES_MOST 32

typedef struct RecordsFile
{
	Received	in;
	ReturnStated told;
	ReturnRows	rows;
} RecordsFile;

/* One file as it is; several as a bundle. */
static HubExit
read_files(Received *in, const char *folder, int argc, char **argv)
{
	Received	files[FILES_MOST] = {0};
	RecordsPart parts[FILES_MOST] = {0};
	size_t		room = RECEIVED_LIMIT;
	HubExit		exit_code = HUB_OK;

	for (int i = 0; i < argc && exit_code == HUB_OK; i++)
	{
		exit_code = received_read(argv[i], room, &files[i]);
		room -= files[i].size;
		parts[i] = (RecordsPart) {.name = files[i].name,.bytes = files[i].bytes,.size = files[i].size};
	}
	if (exit_code == HUB_OK && argc == 1)
	{
		*in = files[0];
		files[0].bytes = NULL;
	}
	else if (exit_code == HUB_OK)
	{
		in->bytes = records_bundle(parts, (size_t) argc, &in->size);
		in->name = files[0].name;
		if (in->bytes == NULL)
		{
			log_error("out of memory");
			exit_code = HUB_INTERNAL;
		}
	}
	if (exit_code == HUB_OK)
		exit_code = received_hash(in);
	for (int i = 0; i < argc; i++)
		received_end(folder, &files[i]);
	return exit_code;
}

/* Ledger, findings and rows in one transaction. */
static HubExit
store(Db *db, RecordsFile *file, PGresult **verdict)
{
	const struct passwd *user = getpwuid(geteuid());
	char		size[24];
	char		from[128];
	char		hidden_sheets[16];
	char		hidden_rows[16];
	const char *values[12] = {file->told.programme, file->told.period, file->in.name, size, file->in.sha256, from, file->rows.lines.text,
	file->rows.fields.text, file->rows.answers.text, hidden_sheets, hidden_rows, file->in.spool};
	HubExit		exit_code;

	snprintf(size, sizeof(size), "%zu", file->in.size);
	snprintf(from, sizeof(from), "command line, %s", user != NULL ? user->pw_name : "unknown user");
	snprintf(hidden_sheets, sizeof(hidden_sheets), "%d", file->rows.hidden_sheets);
	snprintf(hidden_rows, sizeof(hidden_rows), "%d", file->rows.hidden_rows);
	file->in.spool_unneeded = true;
	*verdict = db_begin(db) ? db_query(db, "record_receive", 12, values) : NULL;
	if (*verdict != NULL)
	{
		/* When a commit's answer is lost it may have happened: the bytes stay. */
		file->in.spool_unneeded = PQgetvalue(*verdict, 0, 2)[0] == 't';
		if (db_commit(db))
			return HUB_OK;
		PQclear(*verdict);
		*verdict = NULL;
	}
	exit_code = db_failed(db, "nothing of the file is stored");
	db_rollback(db);
	return exit_code;
}

static HubExit
show(Hub *hub, Db *db, const PGresult *verdict, FILE *out)
{
	const char *values[2] = {PQgetvalue(verdict, 0, 0), PQgetvalue(verdict, 0, 2)};
	bool		accepted = strcmp(PQgetvalue(verdict, 0, 1), "rejected") != 0;
	bool		already = values[1][0] == 't';
	PGresult   *receipt = db_query(db, "return_findings", 1, values);
	HubExit		exit_code;

	if (receipt == NULL)
		return db_failed(db, "it is stored, but there is no receipt");
	exit_code = accepted && (already || strcmp(PQgetvalue(receipt, 0, 0), "0") == 0) ? HUB_OK : HUB_REJECTS;
	PQclear(receipt);
	receipt = db_query(db, setting_flag(hub, "json") ? "return_receipt_json" : "return_receipt", 2, values);
	if (receipt == NULL)
		exit_code = db_failed(db, "it is stored, but there is no receipt");
	else if (!setting_flag(hub, "quiet"))
		table_write_lines(out, receipt);
	PQclear(receipt);
	return exit_code;
}

static HubExit
load_files(Hub *hub, Db *db, const KeyRing *ring, int argc, char **argv, FILE *out)
{
	RecordsFile file = {0};
	Document	document;
	ReturnStated stated = {setting_text(hub, "programme"), setting_text(hub, "period"), NULL};
	const char *folder = setting_text(hub, "spool");
	PGresult   *verdict = NULL;
	HubExit		exit_code = read_files(&file.in, folder, argc, argv);

	if (exit_code == HUB_OK)
	{
		exit_code = document_read_if_one(hub, file.in.bytes, file.in.size, &document);
		if (exit_code == HUB_OK)
			exit_code = records_read(db, ring, NULL, file.in.name, &document, file.in.bytes, file.in.size, &stated, &file.told, &file.rows);
		document_free(&document);
		if (exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
			return_log_problem(file.in.name, &file.rows);
	}
	if (exit_code == HUB_OK && !spool_store(folder, ring, file.in.bytes, file.in.size, file.in.spool))
		exit_code = HUB_FILE;
	if (exit_code == HUB_OK)
		exit_code = store(db, &file, &verdict);
	if (exit_code == HUB_OK)
		exit_code = show(hub, db, verdict, out);
	PQclear(verdict);
	received_end(folder, &file.in);
	rows_free(&file.rows);
	return exit_code;
}

HubExit
records_load(Hub *hub, int argc, char **argv, FILE *out)
{
	Db			db;
	KeyRing		ring;
	HubExit		exit_code;

	if (argc > FILES_MOST)
	{
		log_error("load --as records takes a workbook, or the CSV files of one return");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "records");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = keys_open(hub, &db, &ring);
	if (exit_code == HUB_OK)
	{
		exit_code = load_files(hub, &db, &ring, argc, argv, out);
		keys_free(&ring);
	}
	db_close(&db);
	return exit_code;
}
