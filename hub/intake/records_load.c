/*
 * hub/intake/records_load.c
 *		load --as records: the files of one record-level return, from the command line.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "intake/key_check.h"
#include "intake/records.h"
#include "intake/spool.h"
#include "log.h"
#include "report/table.h"
#include "settings.h"

#define FILES_LIMIT ((size_t) 16 * 1024 * 1024)
#define FILES_MOST 32

typedef struct RecordsFile
{
	const char *name;
	char	   *bytes;
	size_t		size;
	char		sha256[65];
	ReturnStated told;
	ReturnRows	rows;
	char		spool[SPOOL_ID_SIZE];	/* "": not there yet */
	bool		spool_unneeded;	/* nothing in the database names it, for certain */
} RecordsFile;

static HubExit
read_part(const char *path, size_t room, RecordsPart *part, char **bytes)
{
	FILE	   *in = fopen(path, "rbe");
	struct stat st;
	HubExit		exit_code = HUB_FILE;

	part->name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	*bytes = NULL;
	if (in == NULL || fstat(fileno(in), &st) != 0)
		log_error("%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		log_error("%s: not a file", path);
	else if ((uint64_t) st.st_size > room)
	{
		log_error("%s: refused: a record-level return is not larger than %zu MiB", part->name, FILES_LIMIT / 1024 / 1024);
		exit_code = HUB_REFUSED;
	}
	else if ((*bytes = malloc((size_t) st.st_size + 1)) == NULL)
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	else
	{
		part->size = fread(*bytes, 1, (size_t) st.st_size, in);
		part->bytes = *bytes;
		if (ferror(in))
			log_error("%s: %s", path, strerror(errno));
		else
			exit_code = HUB_OK;
	}
	if (in != NULL)
		fclose(in);
	return exit_code;
}

static void
wipe(char *bytes, size_t size)
{
	if (bytes != NULL)
		OPENSSL_cleanse(bytes, size);
	free(bytes);
}

/* One file as it is; several as a bundle. */
static HubExit
read_files(RecordsFile *file, int argc, char **argv)
{
	RecordsPart parts[FILES_MOST] = {0};
	char	   *bytes[FILES_MOST] = {0};
	size_t		sizes[FILES_MOST] = {0};
	size_t		room = FILES_LIMIT;
	HubExit		exit_code = HUB_OK;
	unsigned char digest[EVP_MAX_MD_SIZE];

	for (int i = 0; i < argc && exit_code == HUB_OK; i++)
	{
		exit_code = read_part(argv[i], room, &parts[i], &bytes[i]);
		sizes[i] = parts[i].size;
		room -= parts[i].size;
	}
	file->name = parts[0].name;
	if (exit_code == HUB_OK && argc == 1)
	{
		file->bytes = bytes[0];
		file->size = sizes[0];
		bytes[0] = NULL;
	}
	else if (exit_code == HUB_OK && (file->bytes = records_bundle(parts, (size_t) argc, &file->size)) == NULL)
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	if (exit_code == HUB_OK && EVP_Digest(file->bytes, file->size, digest, NULL, EVP_sha256(), NULL) != 1)
	{
		log_error("%s: could not compute a checksum", file->name);
		exit_code = HUB_INTERNAL;
	}
	for (int i = 0; i < 32 && exit_code == HUB_OK; i++)
		snprintf(file->sha256 + i * 2, 3, "%02x", digest[i]);
	for (int i = 0; i < argc; i++)
		wipe(bytes[i], sizes[i]);
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
	const char *values[12] = {file->told.programme, file->told.period, file->name, size, file->sha256, from, file->rows.lines.text,
	file->rows.fields.text, file->rows.answers.text, hidden_sheets, hidden_rows, file->spool};
	HubExit		exit_code;

	snprintf(size, sizeof(size), "%zu", file->size);
	snprintf(from, sizeof(from), "command line, %s", user != NULL ? user->pw_name : "unknown user");
	snprintf(hidden_sheets, sizeof(hidden_sheets), "%d", file->rows.hidden_sheets);
	snprintf(hidden_rows, sizeof(hidden_rows), "%d", file->rows.hidden_rows);
	file->spool_unneeded = true;
	*verdict = db_begin(db) ? db_query(db, "record_receive", 12, values) : NULL;
	if (*verdict != NULL)
	{
		/* When a commit's answer is lost it may have happened: the bytes stay. */
		file->spool_unneeded = PQgetvalue(*verdict, 0, 2)[0] == 't';
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
	ReturnStated stated = {setting_text(hub, "programme"), setting_text(hub, "period"), NULL};
	const char *folder = setting_text(hub, "spool");
	PGresult   *verdict = NULL;
	HubExit		exit_code = read_files(&file, argc, argv);

	if (exit_code == HUB_OK)
	{
		exit_code = records_read(hub, db, ring, NULL, file.name, file.bytes, file.size, &stated, &file.told, &file.rows);
		if (exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
			return_log_problem(file.name, &file.rows);
	}
	if (exit_code == HUB_OK && !spool_store(folder, ring, file.bytes, file.size, file.spool))
		exit_code = HUB_FILE;
	if (exit_code == HUB_OK)
		exit_code = store(db, &file, &verdict);
	if (*file.spool != '\0' && !file.spool_unneeded)
		spool_keep(folder, file.spool);
	else if (*file.spool != '\0' && !spool_remove(folder, file.spool))
		log_warning("a spool file that nothing names stays: %s", file.spool);
	if (exit_code == HUB_OK)
		exit_code = show(hub, db, verdict, out);
	PQclear(verdict);
	wipe(file.bytes, file.size);
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
