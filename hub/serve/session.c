/*
 * hub/serve/session.c
 *		A connection that lives as long as its thread.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "db/embedded.h"
#include "db/private.h"
#include "program/log.h"
#include "serve/clock.h"
#include "serve/server.h"
#include "serve/session.h"
#include "program/settings.h"
#include "program/stop.h"

#define FIRST_PAUSE 0.1
#define LONGEST_PAUSE 2.0
#define AWAIT_SECONDS 2.0

bool
session_init(Session *session, Hub *hub, const char *purpose, const char *role)
{
	memset(session, 0, sizeof(*session));
	session->hub = hub;
	session->purpose = purpose;
	session->role = role;
	session->pause = FIRST_PAUSE;
	session->prepared = calloc(embedded_sql_count, sizeof(bool));
	return session->prepared != NULL;
}

void
session_lost(Session *session)
{
	if (session->open)
		db_close(&session->db);
	session->open = false;
	memset(session->prepared, 0, embedded_sql_count * sizeof(bool));
	session->retry_at = serve_now() + session->pause;
}

void
session_close(Session *session)
{
	if (session->open)
		db_close(&session->db);
	session->open = false;
	free(session->prepared);
	session->prepared = NULL;
}

/* A server that went away has hung up; it is better to know before something is sent that must not be sent twice. */
static bool
is_alive(Session *session)
{
	struct pollfd slot = {PQsocket(session->db.conn), POLLIN, 0};

	/* What comes unasked is a notice, and after a server's last words the end. */
	while (PQstatus(session->db.conn) == CONNECTION_OK && poll(&slot, 1, 0) > 0)
	{
		if (PQconsumeInput(session->db.conn) != 1)
			return false;
	}
	return PQstatus(session->db.conn) == CONNECTION_OK;
}

bool
session_ready(Session *session)
{
	HubExit		exit_code;

	if (session->open && is_alive(session))
		return true;
	if (session->open)
	{
		session_lost(session);
		session->retry_at = 0;
	}
	if (serve_now() < session->retry_at || stop_requested())
		return false;
	exit_code = db_open_within(session->hub, &session->db, session->purpose, 0);
	session->open = exit_code == HUB_OK;
	/* What partners wrote passes here. */
	if (session->open && private_session(&session->db) != HUB_OK)
		session_lost(session);
	/* An answer that counts on the ledger must not be given before it is on disk. */
	if (session->open && (!db_run(&session->db, "serve_session", 0, NULL) ||
						  (session->role != NULL && !db_run(&session->db, "serve_stay", 1, &session->role))))
	{
		exit_code = db_failed(&session->db, "the session could not be set up");
		session_lost(session);
	}
	if (!session->open)
	{
		session->retry_at = serve_now() + session->pause;
		session->pause = session->pause * 2 < LONGEST_PAUSE ? session->pause * 2 : LONGEST_PAUSE;
		return false;
	}
	session->pause = FIRST_PAUSE;
	return true;
}

bool
session_await(Session *session, const atomic_bool *reachable)
{
	double		until = serve_now() + AWAIT_SECONDS;

	while (!session_ready(session))
	{
		if (!atomic_load(reachable) || serve_now() > until || !stop_sleep(50))
			return false;
		session->retry_at = 0;
	}
	return true;
}

static int
index_of(const char *name)
{
	char		path[128];

	snprintf(path, sizeof(path), "queries/%s", name);
	for (size_t low = 0, high = embedded_sql_count; low < high;)
	{
		size_t		middle = low + (high - low) / 2;
		int			order = strcmp(path, embedded_sql[middle].name);

		if (order == 0)
			return (int) middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

bool
session_send(Session *session, const char *name, int nvalues, const char *const *values)
{
	PGconn	   *conn = session->db.conn;
	int			i = index_of(name);

	if (i < 0)
	{
		db_set_error(&session->db, HUB_INTERNAL, "BUG: no query is called \"%s\"", name);
		return false;
	}
	if (session->prepared[i] ? PQsendQueryPrepared(conn, name, nvalues, values, NULL, NULL, 0) == 1 :
		PQsendQueryParams(conn, embedded_sql[i].text, nvalues, NULL, values, NULL, NULL, 0) == 1)
		return true;
	db_keep_error(&session->db, NULL);
	return false;
}

bool
session_send_role(Session *session, const char *role)
{
	return session_send(session, "serve_role", 1, &role);
}

bool
session_prepare(Session *session, const char *name)
{
	int			i = index_of(name);
	PGresult   *result;

	if (i < 0 || session->prepared[i])
		return true;
	if (!PQsendPrepare(session->db.conn, name, embedded_sql[i].text, 0, NULL))
	{
		db_keep_error(&session->db, NULL);
		return false;
	}
	result = db_results(&session->db);
	PQclear(result);
	session->prepared[i] = result != NULL;
	return result != NULL;
}

PGresult *
session_result(Session *session)
{
	PGresult   *result = db_next_result(&session->db);
	PGresult   *rest;

	if (result != NULL && (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK))
	{
		/* The NULL that parts it from the next statement's. */
		while ((rest = db_next_result(&session->db)) != NULL)
			PQclear(rest);
		return result;
	}
	db_keep_error(&session->db, result);
	while (PQstatus(session->db.conn) == CONNECTION_OK && (rest = db_next_result(&session->db)) != NULL)
		PQclear(rest);
	return NULL;
}

bool
session_end_pipeline(Session *session)
{
	bool		synced = false;

	for (int nothing = 0; !synced && nothing < 2 && PQstatus(session->db.conn) == CONNECTION_OK;)
	{
		PGresult   *result = db_next_result(&session->db);

		nothing = result == NULL ? nothing + 1 : 0;
		/* An error at the end is that of the commit. */
		if (result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR && session->db.error.message == NULL)
		{
			db_keep_error(&session->db, result);
			continue;
		}
		synced = result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		PQclear(result);
	}
	return synced && PQexitPipelineMode(session->db.conn) == 1;
}

/* Ends the connection and keeps the error. */
static void
hang_up(Session *session)
{
	PQfinish(session->db.conn);
	session->db.conn = NULL;
	session->open = false;
	memset(session->prepared, 0, embedded_sql_count * sizeof(bool));
}

/* Statements that the server made anew under a prepared plan. */
static bool
plan_is_stale(const Db *db)
{
	return strcmp(db->error.sqlstate, "26000") == 0 || strcmp(db->error.sqlstate, "0A000") == 0;
}

bool
session_renew(Session *session)
{
	if (!plan_is_stale(&session->db))
		return false;
	session_lost(session);
	session->retry_at = 0;
	return true;
}

PGresult *
session_query(Session *session, const char *role, const char *name, int nvalues, const char *const *values)
{
	PGresult   *role_set = NULL;
	PGresult   *result = NULL;
	bool		fine;

	if ((role != NULL && !session_prepare(session, "serve_role")) || !session_prepare(session, name))
	{
		if (PQstatus(session->db.conn) != CONNECTION_OK)
			session->db.error.cause = HUB_CONNECTION;
		return NULL;
	}
	/* What lies between two syncs is one transaction, at whose end the role falls back. */
	fine = PQenterPipelineMode(session->db.conn) == 1 && (role == NULL || session_send_role(session, role)) &&
		session_send(session, name, nvalues, values) && PQpipelineSync(session->db.conn) == 1;
	if (!fine && session->db.error.message == NULL)
		db_keep_error(&session->db, NULL);
	if (fine && role != NULL)
	{
		role_set = session_result(session);
		fine = role_set != NULL;
		PQclear(role_set);
		/* A role that is gone (22023) is no mistake of whoever asks. */
		if (!fine && strcmp(session->db.error.sqlstate, "22023") == 0)
			session->db.error.cause = HUB_CONNECTION;
	}
	if (fine)
		result = session_result(session);
	if (!session_end_pipeline(session))
	{
		if (session->db.error.message == NULL)
			db_set_error(&session->db, HUB_CONNECTION, "the connection was lost");
		session->db.error.cause = HUB_CONNECTION;
		hang_up(session);
	}
	else if (plan_is_stale(&session->db))
	{
		db_set_error(&session->db, HUB_CONNECTION, "the functions were made anew; connecting again");
		hang_up(session);
	}
	if (session->db.error.message != NULL)
	{
		PQclear(result);
		result = NULL;
	}
	return result;
}
