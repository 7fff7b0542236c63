/*
 * hub/db/connect.c
 *		Connecting: parameters, retries, the session's settings, and whether the schema is this program's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/db.h"
#include "db/migrate.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

/* Waits between attempts double from the first to the last, and each is cut by up to a half at random. */
#define FIRST_WAIT_MS 100
#define LONGEST_WAIT_MS 3000

#define MAX_PARAMETERS 12

/* Notices below WARNING are the server's chatter; the rest is worth a line. */
static void
receive_notice(void *arg, const PGresult *result)
{
	const Db   *db = arg;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	bool		warning = severity != NULL && strcmp(severity, "WARNING") == 0;

	if (message != NULL)
		log_line(warning ? LOG_WARNING : LOG_DEBUG, db->who, "%s", message);
	if (warning && hint != NULL)
		log_line(LOG_WARNING, db->who, "hint: %s", hint);
}

static void
set_who(Db *db)
{
	const char *database = PQdb(db->conn);
	const char *user = PQuser(db->conn);
	const char *host = PQhost(db->conn);

	snprintf(db->who, sizeof(db->who), "%s/%s@%s", database != NULL ? database : "", user != NULL ? user : "",
			 host != NULL && host[0] != '/' && host[0] != '\0' ? host : "local");
}

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/*
 * Only a server that is away or not ready yet is worth another attempt; one that answers and refuses (wrong
 * password, no such database) will do so again.
 */
static bool
worth_retrying(const char *const *keywords, const char *const *values)
{
	PGPing		ping = PQpingParams(keywords, values, 1);

	return ping == PQPING_REJECT || ping == PQPING_NO_RESPONSE;
}

static HubExit
connect_with_retries(Db *db, const char *const *keywords, const char *const *values, long wait)
{
	double		give_up = now_seconds() + (double) wait;
	unsigned	seed = (unsigned) time(NULL) ^ (unsigned) (uintptr_t) db;
	long		pause = FIRST_WAIT_MS;

	for (int attempt = 1;; attempt++)
	{
		db->conn = PQconnectdbParams(keywords, values, 1);
		if (db->conn == NULL)
		{
			log_error("out of memory");
			return HUB_INTERNAL;
		}
		if (PQstatus(db->conn) == CONNECTION_OK)
			return HUB_OK;
		if (stop_requested())
			return HUB_STOPPED;
		if (now_seconds() + (double) pause / 1000 > give_up || !worth_retrying(keywords, values))
		{
			/* libpq names the host, user and database here, never the password. */
			log_error("could not connect: %s", PQerrorMessage(db->conn));
			return HUB_CONNECTION;
		}
		log_debug("attempt %d to connect failed, trying again: %s", attempt, PQerrorMessage(db->conn));
		PQfinish(db->conn);
		db->conn = NULL;
		if (!stop_sleep(pause - (long) (rand_r(&seed) % (unsigned) (pause / 2 + 1))))
			return HUB_STOPPED;
		pause = pause * 2 < LONGEST_WAIT_MS ? pause * 2 : LONGEST_WAIT_MS;
	}
}

HubExit
db_open(Hub *hub, Db *db, const char *purpose)
{
	return db_open_within(hub, db, purpose, setting_number(hub, "connect-wait"));
}

HubExit
db_open_within(Hub *hub, Db *db, const char *purpose, long seconds)
{
	const char *keywords[MAX_PARAMETERS];
	const char *values[MAX_PARAMETERS];
	const char *dsn = setting_text(hub, "dsn");
	char		application[64];
	int			n = 0;
	HubExit		exit_code;

	memset(db, 0, sizeof(*db));
	db->hub = hub;

	/*
	 * libpq's message on a malformed string quotes from it, and that may be the password: it is checked here
	 * and only the fact is told.
	 */
	if (dsn != NULL)
	{
		PQconninfoOption *options = NULL;

		if (strchr(dsn, '=') != NULL || strstr(dsn, "://") != NULL)
		{
			options = PQconninfoParse(dsn, NULL);
			if (options == NULL)
			{
				log_error("the connection string (--dsn or WARDSTAR_DSN) is malformed; expected \"host=… dbname=…\" or \"postgresql://…\"");
				return HUB_USAGE;
			}
		}
		PQconninfoFree(options);
	}

	snprintf(application, sizeof(application), "wardstar-hub %s", purpose);
	/* An expanded dbname overrides what stands before it, so these are defaults; what follows is ours. */
	keywords[n] = "connect_timeout";
	values[n++] = setting_text(hub, "connect-timeout");
	keywords[n] = "dbname";
	values[n++] = dsn;
	keywords[n] = "application_name";
	values[n++] = application;
	keywords[n] = "client_encoding";
	values[n++] = "UTF8";
	keywords[n] = NULL;
	values[n] = NULL;

	exit_code = connect_with_retries(db, keywords, values, seconds);
	if (exit_code != HUB_OK)
	{
		db_close(db);
		return exit_code;
	}
	set_who(db);
	PQsetNoticeReceiver(db->conn, receive_notice, db);
	if (!db_set_session(db))
	{
		exit_code = db_failed(db, "could not set up the session");
		db_close(db);
		return exit_code;
	}
	log_line(LOG_DEBUG, db->who, "connected as %s", application);
	return HUB_OK;
}

HubExit
db_open_current(Hub *hub, Db *db, const char *purpose)
{
	HubExit		exit_code = db_open(hub, db, purpose);

	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = migrate_check(db);
	if (exit_code != HUB_OK)
		db_close(db);
	return exit_code;
}
