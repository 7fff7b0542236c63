/*
 * hub/db/db.c
 *		Queries and errors on libpq.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/embedded.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

/* How long the server has to answer a cancel. */
#define CANCEL_AGAIN_MS 1000

void
db_clear_error(Db *db)
{
	free(db->error.message);
	free(db->error.detail);
	free(db->error.hint);
	free(db->error.context);
	memset(&db->error, 0, sizeof(db->error));
}

static char *
copy_field(const PGresult *result, int field)
{
	const char *value = PQresultErrorField(result, field);

	return value != NULL ? strdup(value) : NULL;
}

void
db_set_error(Db *db, HubExit cause, const char *format,...)
{
	char		message[1024];
	va_list		args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	db_clear_error(db);
	db->error.cause = cause;
	db->error.message = strdup(message);
}

/*
 * What an SQLSTATE means for the caller. 57014 is our own cancel when a stop was asked for, and a statement
 * timeout otherwise; the classes 08 and 57P are a lost server.
 */
static HubExit
cause_of(const char *sqlstate)
{
	if (strcmp(sqlstate, "57014") == 0 && stop_requested())
		return HUB_STOPPED;
	if (strncmp(sqlstate, "08", 2) == 0 || strncmp(sqlstate, "57P", 3) == 0)
		return HUB_CONNECTION;
	if (strncmp(sqlstate, "53", 2) == 0)
		return HUB_INTERNAL;
	return HUB_DATABASE;
}

void
db_keep_error(Db *db, PGresult *result)
{
	const char *sqlstate = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	db_clear_error(db);
	if (sqlstate != NULL)
	{
		snprintf(db->error.sqlstate, sizeof(db->error.sqlstate), "%s", sqlstate);
		db->error.cause = cause_of(sqlstate);
		db->error.message = copy_field(result, PG_DIAG_MESSAGE_PRIMARY);
		db->error.detail = copy_field(result, PG_DIAG_MESSAGE_DETAIL);
		db->error.hint = copy_field(result, PG_DIAG_MESSAGE_HINT);
		db->error.context = copy_field(result, PG_DIAG_CONTEXT);
		if (strcmp(sqlstate, "42501") == 0 && db->error.hint == NULL)
			db->error.hint = strdup("Sign in as a role that may: docs/security.md says which role a command needs.");
	}
	else
	{
		db->error.cause = PQstatus(db->conn) == CONNECTION_OK ? HUB_INTERNAL : HUB_CONNECTION;
		db->error.message = strdup(PQerrorMessage(db->conn));
	}
	PQclear(result);
}

HubExit
db_failed(Db *db, const char *what)
{
	const DbError *e = &db->error;
	const char *message = e->message != NULL ? e->message : "out of memory";
	HubExit		exit_code;

	if (e->cause == HUB_STOPPED)
		log_line(LOG_WARNING, db->who, "%s: stopped; undone", what);
	else if (e->sqlstate[0] != '\0')
		log_line(LOG_ERROR, db->who, "%s: %s (SQLSTATE %s)", what, message, e->sqlstate);
	else
		log_line(LOG_ERROR, db->who, "%s: %s", what, message);
	if (e->cause != HUB_STOPPED)
	{
		if (e->detail != NULL)
			log_line(LOG_ERROR, db->who, "detail: %s", e->detail);
		if (e->hint != NULL)
			log_line(LOG_ERROR, db->who, "hint: %s", e->hint);
		if (e->context != NULL)
			log_line(LOG_DEBUG, db->who, "context: %s", e->context);
	}
	exit_code = e->cause == HUB_OK ? HUB_INTERNAL : e->cause;
	db_clear_error(db);
	return exit_code;
}

void
db_cancel(Db *db)
{
	PGcancel   *cancel = PQgetCancel(db->conn);
	char		message[256];

	if (cancel == NULL)
		return;
	if (!PQcancel(cancel, message, sizeof(message)))
		log_line(LOG_WARNING, db->who, "could not cancel: %s", message);
	PQfreeCancel(cancel);
}

bool
db_wait(Db *db, bool writing)
{
	struct pollfd slot = {PQsocket(db->conn), (short) (POLLIN | (writing ? POLLOUT : 0)), 0};

	for (;;)
	{
		int			n;

		if (stop_requested())
			return false;
		n = poll(&slot, 1, STOP_POLL_MS);
		if (n > 0 || (n < 0 && errno != EINTR))
			return true;		/* libpq finds out what is wrong with the socket */
	}
}

PGresult *
db_next_result(Db *db)
{
	while (PQisBusy(db->conn))
	{
		if (!db_wait(db, false))
		{
			struct pollfd slot = {PQsocket(db->conn), POLLIN, 0};

			/* One that reaches the server before the statement has begun is lost, so it is sent again. */
			db_cancel(db);
			(void) poll(&slot, 1, CANCEL_AGAIN_MS);
		}
		if (!PQconsumeInput(db->conn))
			break;
	}
	return PQgetResult(db->conn);
}

/* Reads all results; returns the last one that succeeded, or keeps the first error and returns NULL. */
PGresult *
db_results(Db *db)
{
	PGresult   *last = NULL;
	bool		failed = false;

	for (;;)
	{
		PGresult   *result = db_next_result(db);
		ExecStatusType status;

		if (result == NULL)
			break;
		status = PQresultStatus(result);
		if (failed)
			PQclear(result);
		else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN)
		{
			PQclear(last);
			last = result;
			if (status == PGRES_COPY_IN)
				return last;
		}
		else
		{
			failed = true;
			db_keep_error(db, result);
		}
	}
	if (!failed && last == NULL)
	{
		failed = true;
		db_keep_error(db, NULL);
	}
	if (failed)
	{
		PQclear(last);
		return NULL;
	}
	return last;
}

PGresult *
db_query(Db *db, const char *name, int nvalues, const char *const *values)
{
	char		path[128];
	const char *sql;

	snprintf(path, sizeof(path), "queries/%s", name);
	sql = embedded_find(path);
	if (sql == NULL)
	{
		db_set_error(db, HUB_INTERNAL, "BUG: no query is called \"%s\"", name);
		return NULL;
	}
	if (stop_requested())
	{
		db_set_error(db, HUB_STOPPED, "stopped");
		return NULL;
	}
	if (!PQsendQueryParams(db->conn, sql, nvalues, NULL, values, NULL, NULL, 0))
	{
		db_keep_error(db, NULL);
		return NULL;
	}
	return db_results(db);
}

bool
db_run(Db *db, const char *name, int nvalues, const char *const *values)
{
	PGresult   *result = db_query(db, name, nvalues, values);

	PQclear(result);
	return result != NULL;
}

bool
db_script(Db *db, const char *sql)
{
	PGresult   *result;

	if (stop_requested())
	{
		db_set_error(db, HUB_STOPPED, "stopped");
		return false;
	}
	if (!PQsendQuery(db->conn, sql))
	{
		db_keep_error(db, NULL);
		return false;
	}
	result = db_results(db);
	PQclear(result);
	return result != NULL;
}

bool
db_begin(Db *db)
{
	return db_script(db, "BEGIN");
}

/* COMMIT of a failed transaction "succeeds" as ROLLBACK, so its tag is looked at. */
bool
db_commit(Db *db)
{
	PGresult   *result;
	bool		committed;

	if (stop_requested())
	{
		db_set_error(db, HUB_STOPPED, "stopped");
		return false;
	}
	result = PQexec(db->conn, "COMMIT");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		db_keep_error(db, result);
		return false;
	}
	committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
	PQclear(result);
	if (!committed)
		db_set_error(db, HUB_DATABASE, "the transaction was rolled back instead of committed");
	return committed;
}

void
db_rollback(Db *db)
{
	if (db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK ||
		PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return;
	PQsetnonblocking(db->conn, 0);
	if (PQtransactionStatus(db->conn) == PQTRANS_ACTIVE)
		db_cancel(db);
	for (PGresult *r = PQgetResult(db->conn); r != NULL; r = PQgetResult(db->conn))
	{
		bool		copying = PQresultStatus(r) == PGRES_COPY_IN;

		PQclear(r);
		if (copying && PQputCopyEnd(db->conn, "undone") != 1)
			break;
	}
	PQclear(PQexec(db->conn, "ROLLBACK"));
}

void
db_close(Db *db)
{
	if (db->conn != NULL)
		PQfinish(db->conn);
	db_clear_error(db);
	memset(db, 0, sizeof(*db));
}

bool
db_set_session(Db *db)
{
	char		timeout[32];
	const char *values[1] = {timeout};

	snprintf(timeout, sizeof(timeout), "%lds", setting_number(db->hub, "statement-timeout"));
	return db_run(db, "session", 1, values);
}
