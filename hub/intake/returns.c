/*
 * hub/intake/returns.c
 *		Taking in a programme's return: a CSV file or a document.
 *
 * The bytes go into the spool, encrypted; the answers go to the database as three arrays: lines, fields, answers.
 * What they mean, whether they are accepted and what is said about them is decided there, by intake.receive.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "spool/key_check.h"
#include "intake/received.h"
#include "document/return_file.h"
#include "intake/returns.h"
#include "spool/spool.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

typedef struct ReturnFile
{
	const char *path;
	Received	in;
	ReturnStated told;			/* as given, or as the file says */
	ReturnRows	rows;
} ReturnFile;

/* The causes that lie in the call or the file, not in the database. */
static HubExit
refused(Db *db, const char *path)
{
	const char *sqlstate = db->error.sqlstate;
	bool		usage = strcmp(sqlstate, "22007") == 0 || strcmp(sqlstate, "22023") == 0;
	bool		refusal = strcmp(sqlstate, "P0002") == 0 || strcmp(sqlstate, "55000") == 0 ||
		strcmp(sqlstate, "54000") == 0;
	char		what[512];
	HubExit		exit_code;

	snprintf(what, sizeof(what), "%s: refused, nothing of it is stored", path);
	exit_code = db_failed(db, what);
	return usage ? HUB_USAGE : refusal ? HUB_REFUSED : exit_code;
}

/* The submission, its place in the spool and what its document is asked about, in one transaction. */
static PGresult *
store(Db *db, ReturnFile *file, const char *const *values)
{
	PGresult   *verdict;
	PGresult   *spooled = NULL;
	char		hidden_sheets[16];
	char		hidden_rows[16];
	char		unplaced[16];
	const char *spool[] = {NULL, file->in.spool};
	const char *document[] = {NULL, hidden_sheets, hidden_rows, unplaced};
	bool		fine;

	file->in.spool_unneeded = true;
	if (!db_begin(db))
		return NULL;
	verdict = db_query(db, "return_receive", 10, values);
	if (verdict == NULL)
		return NULL;
	fine = true;
	spool[0] = document[0] = PQgetvalue(verdict, 0, 0);
	snprintf(hidden_sheets, sizeof(hidden_sheets), "%d", file->rows.hidden_sheets);
	snprintf(hidden_rows, sizeof(hidden_rows), "%d", file->rows.hidden_rows);
	snprintf(unplaced, sizeof(unplaced), "%d", file->rows.unplaced);
	spooled = db_query(db, "return_spooled", 2, spool);
	fine = spooled != NULL;
	if (fine && PQgetvalue(verdict, 0, 2)[0] == 'f')
		fine = db_run(db, "return_document", 4, document);
	/* When a commit's answer is lost it may have happened: the bytes stay. */
	file->in.spool_unneeded = !fine || (spooled != NULL && PQntuples(spooled) == 0);
	if (fine && !db_commit(db))
	{
		file->in.spool_unneeded = false;
		fine = false;
	}
	if (!fine)
	{
		PQclear(verdict);
		verdict = NULL;
	}
	PQclear(spooled);
	return verdict;
}

static HubExit
send_file(Hub *hub, Db *db, ReturnFile *file, FILE *out)
{
	const struct passwd *user = getpwuid(geteuid());
	char		size[24];
	char		from[128];
	const char *values[10] = {file->told.programme, file->told.period, file->told.form,
	file->in.name, size, file->in.sha256, from, file->rows.lines.text, file->rows.fields.text, file->rows.answers.text};
	PGresult   *verdict;
	PGresult   *receipt;
	bool		accepted;
	bool		already;
	bool		findings;
	HubExit		exit_code;

	snprintf(size, sizeof(size), "%zu", file->in.size);
	snprintf(from, sizeof(from), "command line, %s", user != NULL ? user->pw_name : "unknown user");
	verdict = store(db, file, values);
	if (verdict == NULL)
	{
		exit_code = refused(db, file->path);
		db_rollback(db);
		return exit_code;
	}
	/* Only an accepted return with nothing to ask ends well; bytes that came before do unless they were refused. */
	accepted = strcmp(PQgetvalue(verdict, 0, 1), "rejected") != 0;
	already = PQgetvalue(verdict, 0, 2)[0] == 't';
	values[0] = PQgetvalue(verdict, 0, 0);
	values[1] = PQgetvalue(verdict, 0, 2);
	receipt = db_query(db, "return_findings", 1, values);
	if (receipt == NULL)
	{
		PQclear(verdict);
		return db_failed(db, "it is stored, but there is no receipt");
	}
	findings = strcmp(PQgetvalue(receipt, 0, 0), "0") != 0;
	PQclear(receipt);
	exit_code = accepted && (already || !findings) ? HUB_OK : HUB_REJECTS;
	receipt = db_query(db, setting_flag(hub, "json") ? "return_receipt_json" : "return_receipt", 2, values);
	if (receipt == NULL)
		exit_code = db_failed(db, "it is stored, but there is no receipt");
	else if (!setting_flag(hub, "quiet"))
		table_write_lines(out, receipt);
	PQclear(receipt);
	PQclear(verdict);
	return exit_code;
}

static HubExit
load_one(Hub *hub, Db *db, const KeyRing *ring, const char *path, FILE *out)
{
	ReturnFile	file = {0};
	Document	document;
	const char *folder = setting_text(hub, "spool");
	ReturnStated stated = {setting_text(hub, "programme"), setting_text(hub, "period"), setting_text(hub, "form")};
	HubExit		exit_code;

	file.path = path;
	exit_code = received_read(path, RECEIVED_LIMIT, &file.in);
	if (exit_code == HUB_OK)
		exit_code = received_hash(&file.in);
	if (exit_code == HUB_OK)
	{
		exit_code = document_read_if_one(hub, file.in.bytes, file.in.size, &document);
		if (exit_code == HUB_OK)
			exit_code = return_read(db, &document, file.in.bytes, file.in.size, &stated, &file.told, &file.rows);
		document_free(&document);
		if (exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
			return_log_problem(file.in.name, &file.rows);
	}
	if (exit_code == HUB_OK && !spool_store(folder, ring, file.in.bytes, file.in.size, file.in.spool))
		exit_code = HUB_FILE;
	if (exit_code == HUB_OK)
		exit_code = send_file(hub, db, &file, out);
	received_end(folder, &file.in);
	rows_free(&file.rows);
	return exit_code;
}

HubExit
return_load(Hub *hub, int argc, char **argv, FILE *out)
{
	Db			db;
	KeyRing		ring;
	HubExit		exit_code;

	if (argc != 1)
	{
		log_error("load --as return takes one file");
		log_error("hint: wardstar-hub load --as return --programme NAME --period 2025-Q2 --form new FILE.csv");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "return");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = keys_open(hub, &db, &ring);
	if (exit_code == HUB_OK)
	{
		exit_code = load_one(hub, &db, &ring, argv[0], out);
		keys_free(&ring);
	}
	db_close(&db);
	return exit_code;
}
