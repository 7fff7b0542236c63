/*
 * hub/db/db.h
 *		The one place that talks to libpq: connecting, queries, errors.
 *
 * A function that returns bool or a PGresult gives false or NULL on failure; the cause is then kept in
 * db->error, nothing is logged yet, and db_failed() logs it and gives the exit code. Statements are files of
 * sql/hub/queries, named without ".sql"; their parameters always go apart from the text. Every wait ends
 * soon after a stop is asked for: the statement is cancelled and the cause is HUB_STOPPED.
 */
#ifndef HUB_DB_H
#define HUB_DB_H

#include <libpq-fe.h>

#include "hub.h"

typedef struct DbError
{
	HubExit		cause;
	char		sqlstate[6];	/* empty when the server didn't give one */
	char	   *message;
	char	   *detail;
	char	   *hint;
	char	   *context;
} DbError;

typedef struct Db
{
	Hub		   *hub;
	PGconn	   *conn;
	char		who[160];		/* db/user@host, for log lines */
	DbError		error;
} Db;

/*
 * Connects, with retries while the server is away or starting; "purpose" goes into application_name after
 * "wardstar-hub ". Sets the search_path to that of the hub's schema when it is installed. The cause of a failure is logged.
 */
extern HubExit db_open(Hub *hub, Db *db, const char *purpose) HUB_MUST_CHECK;

/* As db_open, with another time for the retries than the setting connect-wait. */
extern HubExit db_open_within(Hub *hub, Db *db, const char *purpose, long seconds) HUB_MUST_CHECK;

/* As db_open, and refuses a database whose schema is not exactly this program's: HUB_SCHEMA. */
extern HubExit db_open_current(Hub *hub, Db *db, const char *purpose) HUB_MUST_CHECK;
extern void db_close(Db *db);

/* Timeouts, search_path and formats of the session; db_open does it, and migrate again once the extensions are there. */
extern bool db_set_session(Db *db) HUB_MUST_CHECK;

/* Runs a file of sql/hub/queries. Values are text, NULL is NULL. The caller clears the result. */
extern PGresult *db_query(Db *db, const char *name, int nvalues, const char *const *values) HUB_MUST_CHECK;

/* As db_query, for a statement whose rows are of no interest. */
extern bool db_run(Db *db, const char *name, int nvalues, const char *const *values) HUB_MUST_CHECK;

/* Runs a text of several statements without parameters: a migration, or BEGIN, COMMIT. */
extern bool db_script(Db *db, const char *sql) HUB_MUST_CHECK;
extern bool db_begin(Db *db) HUB_MUST_CHECK;
extern bool db_commit(Db *db) HUB_MUST_CHECK;

/* Undoes what is open; safe to call whatever the state is. */
extern void db_rollback(Db *db);

/* Logs the kept error ("what" was being done), gives its exit code and forgets it. */
extern HubExit db_failed(Db *db, const char *what);

extern void db_clear_error(Db *db);

/* Keeps an error that didn't come from the server. */
extern void db_set_error(Db *db, HubExit cause, const char *format,...) HUB_PRINTF(3, 4);

/* Keeps the error of a result, or of the connection when result is NULL; clears the result. */
extern void db_keep_error(Db *db, PGresult *result);

/*
 * Reads what the server answers to what was sent: the last result if all succeeded (a COPY that has begun
 * ends the reading), else NULL with the first error kept.
 */
extern PGresult *db_results(Db *db) HUB_MUST_CHECK;

/* Waits for the next result and returns it, NULL when there is none; on a stop it cancels first. */
extern PGresult *db_next_result(Db *db) HUB_MUST_CHECK;

/* Waits until the socket can be read (or written, if "writing"); false on a stop. */
extern bool db_wait(Db *db, bool writing) HUB_MUST_CHECK;
extern void db_cancel(Db *db);

#endif
