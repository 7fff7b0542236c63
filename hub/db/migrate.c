/*
 * hub/db/migrate.c
 *		Creating and upgrading the hub's schema.
 *
 * sql/hub/migrations/NNN_subject.sql each run once, in a transaction of their own, and are recorded with their
 * SHA-256; one that was changed since is refused. The functions and views of sql/hub/SCHEMA hold no data, its
 * grants.sql says who may do what, and sql/hub/forms and sql/hub/records are the definitions that ship with the
 * program: when any of them differs from what the database has, or a migration ran, all are made anew in one
 * transaction. Owners, privileges and policies are put right at the end of every run. An advisory lock makes a second run
 * wait.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/embedded.h"
#include "db/migrate.h"
#include "program/log.h"

#define HEX_SHA256 65

/* The name under which the checksum of functions and views together is recorded. */
static const char code_name[] = "functions and views";

static void
to_hex(const unsigned char *digest, char *hex)
{
	for (int i = 0; i < 32; i++)
		snprintf(hex + i * 2, 3, "%02x", digest[i]);
}

static bool
checksum_text(const char *text, char *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	to_hex(digest, hex);
	return true;
}

#define MIGRATIONS "migrations/"

/* The name of a migration as it is recorded. */
static const char *
migration_name(const EmbeddedSql *sql)
{
	return sql->name + strlen(MIGRATIONS);
}

/* What is made anew, in the order in which it is made. */
typedef enum CodeKind
{
	CODE_FUNCTIONS,
	CODE_VIEWS,
	CODE_GRANTS,
	CODE_FORMS,
	CODE_RECORDS,
	CODE_NONE
} CodeKind;

static bool
is_in_folder(const char *name, const char *folder)
{
	return strncmp(name, folder, strlen(folder)) == 0;
}

static CodeKind
code_kind(const char *name)
{
	const char *in_schema = strchr(name, '/');

	if (is_in_folder(name, "forms/"))
		return CODE_FORMS;
	if (is_in_folder(name, "records/"))
		return CODE_RECORDS;
	if (is_in_folder(name, MIGRATIONS) || is_in_folder(name, "queries/") || in_schema == NULL)
		return CODE_NONE;
	if (is_in_folder(in_schema, "/functions/"))
		return CODE_FUNCTIONS;
	if (is_in_folder(in_schema, "/views/"))
		return CODE_VIEWS;
	return strcmp(in_schema, "/grants") == 0 ? CODE_GRANTS : CODE_NONE;
}

/* By kind; views by their numbers across schemas, all else by name. */
static int
code_order(const void *a, const void *b)
{
	const char *one = (*(const EmbeddedSql *const *) a)->name;
	const char *other = (*(const EmbeddedSql *const *) b)->name;
	CodeKind	kind = code_kind(one);
	int			order = (int) kind - (int) code_kind(other);

	if (order == 0 && kind == CODE_VIEWS)
		order = strcmp(strrchr(one, '/'), strrchr(other, '/'));
	return order != 0 ? order : strcmp(one, other);
}

/* The embedded code in its order, for the caller to free; NULL: no memory. */
static const EmbeddedSql **
code_files(size_t *count)
{
	const EmbeddedSql **files = malloc((embedded_sql_count + 1) * sizeof(*files));

	*count = 0;
	for (size_t i = 0; files != NULL && i < embedded_sql_count; i++)
	{
		if (code_kind(embedded_sql[i].name) != CODE_NONE)
			files[(*count)++] = &embedded_sql[i];
	}
	if (files != NULL)
		qsort(files, *count, sizeof(*files), code_order);
	return files;
}

static bool
checksum_code(char *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t		count;
	const EmbeddedSql **files = code_files(&count);
	bool		ok = files != NULL && context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

	for (size_t i = 0; i < count && ok; i++)
		ok = EVP_DigestUpdate(context, files[i]->name, strlen(files[i]->name) + 1) == 1 &&
			EVP_DigestUpdate(context, files[i]->text, strlen(files[i]->text) + 1) == 1;
	ok = ok && EVP_DigestFinal_ex(context, digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	free(files);
	if (ok)
		to_hex(digest, hex);
	return ok;
}

/* What the database has: rows of name and checksum, none if it has no schema yet. NULL on failure. */
static PGresult *
recorded(Db *db)
{
	PGresult   *result = db_query(db, "migrate_installed", 0, NULL);
	bool		installed;

	if (result == NULL)
		return NULL;
	installed = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return db_query(db, installed ? "migrate_recorded" : "migrate_none", 0, NULL);
}

/* The row of a name, or -1. */
static int
row_of(const PGresult *have, const char *name)
{
	for (int i = 0; i < PQntuples(have); i++)
	{
		if (strcmp(PQgetvalue(have, i, 0), name) == 0)
			return i;
	}
	return -1;
}

/*
 * Compares what the database has with what is embedded. HUB_SCHEMA if a migration was changed or is unknown here;
 * *pending counts those not yet applied.
 */
static HubExit
compare(Db *db, const PGresult *have, int *pending)
{
	char		checksum[HEX_SHA256];

	*pending = 0;
	for (int i = embedded_next(MIGRATIONS, -1); i >= 0; i = embedded_next(MIGRATIONS, i))
	{
		const char *name = migration_name(&embedded_sql[i]);
		int			row = row_of(have, name);

		if (row < 0)
		{
			(*pending)++;
			continue;
		}
		if (!checksum_text(embedded_sql[i].text, checksum))
			return HUB_INTERNAL;
		if (strcmp(PQgetvalue(have, row, 1), checksum) != 0)
		{
			log_line(LOG_ERROR, db->who,
					 "migration %s was changed after it was applied to this database: it has %.12s, this program %.12s",
					 name, PQgetvalue(have, row, 1), checksum);
			log_line(LOG_ERROR, db->who,
					 "hint: Use the program that belongs to the database. An applied migration is never edited; a change is a new one.");
			return HUB_SCHEMA;
		}
	}
	for (int row = 0; row < PQntuples(have); row++)
	{
		const char *name = PQgetvalue(have, row, 0);
		char		path[128];

		snprintf(path, sizeof(path), MIGRATIONS "%s", name);
		if (strcmp(name, code_name) != 0 && embedded_find(path) == NULL)
		{
			log_line(LOG_ERROR, db->who, "the database has migration %s, which wardstar-hub %s doesn't know", name,
					 WARDSTAR_VERSION);
			log_line(LOG_ERROR, db->who, "hint: Use the newer wardstar-hub that migrated it.");
			return HUB_SCHEMA;
		}
	}
	return HUB_OK;
}

static bool
apply_migration(Db *db, const EmbeddedSql *sql)
{
	char		checksum[HEX_SHA256];
	const char *values[] = {migration_name(sql), checksum, WARDSTAR_VERSION};

	if (!checksum_text(sql->text, checksum))
	{
		db_set_error(db, HUB_INTERNAL, "could not compute a checksum");
		return false;
	}
	if (db_begin(db) && db_script(db, sql->text) && db_run(db, "migrate_record", 3, values) && db_commit(db))
		return true;
	return false;
}

/* A file of functions, views or grants is run; a form, or a table of a record-level return, is given to the function that keeps it. */
static bool
make_code(Db *db, const EmbeddedSql *file)
{
	const char *values[] = {file->text};

	switch (code_kind(file->name))
	{
		case CODE_FORMS:
			return db_run(db, "code_store_form", 1, values);
		case CODE_RECORDS:
			return db_run(db, "code_store_record", 1, values);
		default:
			return db_script(db, file->text);
	}
}

/*
 * Drops functions and views and makes them anew, in their order, in one transaction. A function may name a
 * view that comes after it, so bodies are not checked.
 */
static bool
replace_code(Db *db, const char *checksum)
{
	const char *values[] = {code_name, checksum, WARDSTAR_VERSION};
	size_t		count;
	const EmbeddedSql **files = code_files(&count);
	bool		ok = files != NULL;

	if (!ok)
		db_set_error(db, HUB_INTERNAL, "out of memory");
	ok = ok && db_begin(db) && db_script(db, "SET LOCAL check_function_bodies = off") &&
		db_run(db, "code_drop", 0, NULL) && db_run(db, "migrate_grants_begin", 0, NULL);
	for (size_t i = 0; i < count && ok; i++)
	{
		ok = make_code(db, files[i]);
		if (!ok)
			log_line(LOG_ERROR, db->who, "in %s:", files[i]->name);
	}
	free(files);
	return ok && db_run(db, "code_record", 0, NULL) && db_run(db, "migrate_record", 3, values) &&
		db_run(db, "migrate_grants", 0, NULL) && db_commit(db);
}

/* Privileges that somebody changed by hand are put right. */
static bool
renew_grants(Db *db)
{
	return db_begin(db) && db_run(db, "migrate_grants", 0, NULL) && db_commit(db);
}

/* With the lock held. */
static HubExit
bring_up_to_date(Db *db, void (*done) (const char *name), MigrateReport *report)
{
	char		checksum[HEX_SHA256];
	PGresult   *have;
	HubExit		exit_code;
	int			pending;
	int			row;

	/* The extensions first: what schemas they live in decides the search_path of all that follows. */
	if (!db_run(db, "migrate_extensions", 0, NULL))
		return db_failed(db, "could not create the extensions");
	if (!db_run(db, "migrate_roles", 0, NULL))
		return db_failed(db, "could not create the roles");
	if (!db_run(db, "migrate_settings", 0, NULL))
		return db_failed(db, "could not set up the database");
	if (!db_set_session(db))
		return db_failed(db, "could not set up the session");

	have = recorded(db);
	if (have == NULL)
		return db_failed(db, "could not read what the database has");
	exit_code = compare(db, have, &pending);
	for (int i = embedded_next(MIGRATIONS, -1); i >= 0 && exit_code == HUB_OK; i = embedded_next(MIGRATIONS, i))
	{
		const char *name = migration_name(&embedded_sql[i]);

		if (row_of(have, name) >= 0)
			continue;
		if (!apply_migration(db, &embedded_sql[i]))
		{
			char		what[128];

			snprintf(what, sizeof(what), "migration %s failed and was undone", name);
			exit_code = db_failed(db, what);
			db_rollback(db);
			break;
		}
		report->applied++;
		done(name);
	}
	if (exit_code == HUB_OK && !checksum_code(checksum))
		exit_code = HUB_INTERNAL;
	row = exit_code == HUB_OK ? row_of(have, code_name) : -1;
	if (exit_code == HUB_OK &&
		(report->applied > 0 || row < 0 || strcmp(PQgetvalue(have, row, 1), checksum) != 0))
	{
		if (replace_code(db, checksum))
		{
			report->replaced = true;
			done(code_name);
		}
		else
		{
			exit_code = db_failed(db, "functions and views could not be replaced; the old ones stay");
			db_rollback(db);
		}
	}
	else if (exit_code == HUB_OK && !renew_grants(db))
	{
		exit_code = db_failed(db, "the privileges could not be put right");
		db_rollback(db);
	}
	PQclear(have);
	return exit_code;
}

HubExit
migrate_run(Db *db, void (*done) (const char *name), MigrateReport *report)
{
	PGresult   *result;
	bool		locked;
	HubExit		exit_code;

	memset(report, 0, sizeof(*report));
	result = db_query(db, "migrate_try_lock", 0, NULL);
	if (result == NULL)
		return db_failed(db, "could not take the migration lock");
	locked = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (!locked)
	{
		log_line(LOG_INFO, db->who, "another migrate is under way, waiting for it");
		if (!db_run(db, "migrate_lock", 0, NULL))
			return db_failed(db, "could not take the migration lock");
	}
	exit_code = bring_up_to_date(db, done, report);
	if (PQstatus(db->conn) == CONNECTION_OK && exit_code != HUB_STOPPED && !db_run(db, "migrate_unlock", 0, NULL))
		exit_code = hub_worse(exit_code, db_failed(db, "could not release the migration lock"));
	return exit_code;
}

HubExit
migrate_check(Db *db)
{
	char		checksum[HEX_SHA256];
	PGresult   *have = recorded(db);
	HubExit		exit_code;
	int			pending;
	int			row;

	if (have == NULL)
		return db_failed(db, "could not read the schema's version");
	exit_code = compare(db, have, &pending);
	row = row_of(have, code_name);
	if (exit_code == HUB_OK)
	{
		if (!checksum_code(checksum))
			exit_code = HUB_INTERNAL;
		else if (pending > 0 || row < 0 || strcmp(PQgetvalue(have, row, 1), checksum) != 0)
		{
			log_line(LOG_ERROR, db->who, "the database's schema is %s wardstar-hub %s",
					 PQntuples(have) == 0 ? "not there yet for" : "not that of", WARDSTAR_VERSION);
			log_line(LOG_ERROR, db->who, "hint: Run wardstar-hub migrate.");
			exit_code = HUB_SCHEMA;
		}
	}
	PQclear(have);
	return exit_code;
}
