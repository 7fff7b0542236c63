/*
 * hub/serve/session.h
 *		A connection that lives as long as its thread: it comes back by itself after the server was away, and asks
 *		under the role of whoever it asks for.
 */
#ifndef HUB_SESSION_H
#define HUB_SESSION_H

#include <stdatomic.h>

#include "db/db.h"

typedef struct Session
{
	Hub		   *hub;
	const char *purpose;
	const char *role;			/* of the whole session; NULL: as signed in */
	Db			db;
	bool		open;
	bool	   *prepared;		/* by index of the embedded files */
	double		retry_at;
	double		pause;
} Session;

/* The roles that the hub itself acts under: see docs/security.md. */
#define SERVICE_ROLE "wardstar_service"
#define LOADER_ROLE "wardstar_loader"

extern bool session_init(Session *session, Hub *hub, const char *purpose, const char *role) HUB_MUST_CHECK;
extern void session_close(Session *session);

/* Connects if need be; false: the database is away or its schema is not this program's, and the next attempt is not due yet or failed. */
extern bool session_ready(Session *session) HUB_MUST_CHECK;

/* As that, and tries again for a short while as long as others reach the database. */
extern bool session_await(Session *session, const atomic_bool *reachable) HUB_MUST_CHECK;

/*
 * Runs a file of sql/hub/queries in a transaction of its own under a role (NULL: as signed in). One round trip; the
 * statement stays prepared. NULL on failure, with the cause in session->db.error.
 */
extern PGresult *session_query(Session *session, const char *role, const char *name, int nvalues, const char *const *values) HUB_MUST_CHECK;

/* Parts of session_query, for whoever sends many at once: prepare, send, then read each statement's result. */
extern bool session_prepare(Session *session, const char *name) HUB_MUST_CHECK;
extern bool session_send(Session *session, const char *name, int nvalues, const char *const *values) HUB_MUST_CHECK;
extern bool session_send_role(Session *session, const char *role) HUB_MUST_CHECK;
extern PGresult *session_result(Session *session) HUB_MUST_CHECK;

/* Reads on to the end of the pipeline, keeping the first error, and leaves it; false: the connection is lost. */
extern bool session_end_pipeline(Session *session) HUB_MUST_CHECK;

/* If the last error was that the functions were made anew under a prepared plan: drops the connection, and true. */
extern bool session_renew(Session *session);

/* Gives up a connection that is lost. */
extern void session_lost(Session *session);

#endif
