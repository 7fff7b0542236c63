/*
 * hub/serve/listen.c
 *		Listens to what the database tells.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrate.h"
#include "program/log.h"
#include "serve/clock.h"
#include "serve/listen.h"
#include "serve/session.h"
#include "serve/sign_in.h"
#include "serve/wait.h"
#include "serve/worker.h"
#include "program/stop.h"

/* How often the server is asked whether it is still there, when it says nothing. */
#define ASK_SECONDS 5.0

static void
take_notices(Server *server, PGconn *conn)
{
	PGnotify   *notice;

	while ((notice = PQnotifies(conn)) != NULL)
	{
		if (strcmp(notice->relname, "wardstar_checked") == 0)
			waiters_checked(server->waiters, strtoll(notice->extra, NULL, 10));
		else if (strcmp(notice->relname, "wardstar_work") == 0)
			workers_wake(server->workers);
		else if (strcmp(notice->relname, "wardstar_token") == 0)
			sign_ins_forget(server->sign_ins);
		PQfreemem(notice);
	}
}

/* Whatever was told while nobody listened is made up for. */
static bool
begin(Server *server, Session *session)
{
	if (!session_ready(session))
		return false;
	if (migrate_check(&session->db) != HUB_OK || !db_script(&session->db, "LISTEN wardstar_work; LISTEN wardstar_checked; LISTEN wardstar_token"))
	{
		if (session->db.error.message != NULL)
			(void) db_failed(&session->db, "could not listen");
		session_lost(session);
		return false;
	}
	sign_ins_forget(server->sign_ins);
	waiters_checked(server->waiters, WAITERS_ANY);
	workers_wake(server->workers);
	return true;
}

static void *
listen_to_database(void *arg)
{
	Server	   *server = arg;
	Session		session;
	bool		listening = false;
	double		asked = 0;

	if (!session_init(&session, server->hub, "listen", NULL))
		return NULL;
	while (!atomic_load(&server->ended))
	{
		struct pollfd slot;

		if (!listening)
		{
			listening = begin(server, &session);
			asked = serve_now();
			if (listening != atomic_load(&server->ready))
				log_event(listening ? LOG_INFO : LOG_ERROR, listening ? "database_ready" : "database_lost", NULL);
			atomic_store(&server->ready, listening);
			if (!listening)
			{
				(void) stop_sleep(100);
				continue;
			}
		}
		slot = (struct pollfd) {PQsocket(session.db.conn), POLLIN, 0};
		(void) poll(&slot, 1, STOP_POLL_MS);
		listening = PQconsumeInput(session.db.conn) == 1;
		if (listening)
			take_notices(server, session.db.conn);
		if (listening && serve_now() - asked > ASK_SECONDS)
		{
			listening = db_script(&session.db, "SELECT 1");
			asked = serve_now();
			take_notices(server, session.db.conn);
		}
		if (!listening)
			session_lost(&session);
	}
	session_close(&session);
	return NULL;
}

bool
listen_start(Server *server, pthread_t *thread)
{
	return pthread_create(thread, NULL, listen_to_database, server) == 0;
}
