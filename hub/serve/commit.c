/*
 * hub/serve/commit.c
 *		Group commit: one thread for the disk, one for the ledger, so that one group is written while the one before
 *		is entered.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "serve/commit.h"
#include "serve/metrics.h"
#include "serve/session.h"

#define MOST_IN_GROUP 128
#define ATTEMPTS 3

/* A group as large as this is a rush: the workers leave the machine to it for so long. */
#define RUSH_GROUP 6
#define RUSH_SECONDS 0.3

typedef struct Line
{
	Upload	   *first;
	Upload	   *last;
	bool		ending;
	pthread_cond_t wake;
} Line;

struct Committer
{
	Server	   *server;
	pthread_mutex_t lock;
	Line		arrived;		/* for the disk */
	Line		synced;			/* for the ledger */
	pthread_t	disk;
	pthread_t	ledger;
};

static void
put(Committer *committer, Line *line, Upload *upload)
{
	pthread_mutex_lock(&committer->lock);
	upload->next = NULL;
	if (line->last != NULL)
		line->last->next = upload;
	else
		line->first = upload;
	line->last = upload;
	pthread_cond_signal(&line->wake);
	pthread_mutex_unlock(&committer->lock);
}

/* All that waits, up to a group; 0: the end. */
static size_t
take(Committer *committer, Line *line, Upload **group)
{
	size_t		n = 0;

	pthread_mutex_lock(&committer->lock);
	while (line->first == NULL && !line->ending)
		pthread_cond_wait(&line->wake, &committer->lock);
	while (line->first != NULL && n < MOST_IN_GROUP)
	{
		group[n++] = line->first;
		line->first = line->first->next;
	}
	if (line->first == NULL)
		line->last = NULL;
	pthread_mutex_unlock(&committer->lock);
	return n;
}

static void
end(Committer *committer, Line *line)
{
	pthread_mutex_lock(&committer->lock);
	line->ending = true;
	pthread_cond_broadcast(&line->wake);
	pthread_mutex_unlock(&committer->lock);
}

static void *
write_groups(void *arg)
{
	Committer  *committer = arg;
	Upload	   *group[MOST_IN_GROUP];
	SpoolFile  *files[MOST_IN_GROUP];
	size_t		n;

	while ((n = take(committer, &committer->arrived, group)) > 0)
	{
		for (size_t i = 0; i < n; i++)
			files[i] = &group[i]->file;
		spool_sync(committer->server->spool, files, n);
		for (size_t i = 0; i < n; i++)
		{
			if (group[i]->file.synced)
				put(committer, &committer->synced, group[i]);
			else
			{
				group[i]->outcome = OUTCOME_NO_DISK;
				group[i]->done(group[i]);
			}
		}
	}
	return NULL;
}

static bool
send_upload(Session *session, const Upload *upload)
{
	char		size[24];
	const char *values[] = {upload->stated[STATED_PROGRAMME], upload->stated[STATED_PERIOD], upload->stated[STATED_FORM],
		upload->stated[STATED_KIND], upload->name, size, upload->file.sha256, upload->from, upload->file.id};

	snprintf(size, sizeof(size), "%" PRIu64, upload->file.size);
	return session_send(session, "serve_enter", 9, values);
}

/* What the ledger said: the outcome, if the transaction is then committed. */
static bool
take_row(Session *session, Upload *upload, bool *keep_file)
{
	PGresult   *row = session_result(session);

	*keep_file = false;
	if (row == NULL)
		return false;
	free(upload->text);
	upload->text = NULL;
	if (PQntuples(row) != 1 || PQnfields(row) != 6)
	{
		db_set_error(&session->db, HUB_INTERNAL, "BUG: api.submit gave no row");
		PQclear(row);
		return false;
	}
	if (!PQgetisnull(row, 0, 4))
	{
		upload->outcome = OUTCOME_REFUSED;
		upload->text = strdup(PQgetvalue(row, 0, 4));
	}
	else
	{
		upload->outcome = OUTCOME_STORED;
		upload->submission = strtoll(PQgetvalue(row, 0, 0), NULL, 10);
		upload->already = PQgetvalue(row, 0, 1)[0] == 't';
		upload->decided = PQgetvalue(row, 0, 2)[0] == 't';
		*keep_file = PQgetvalue(row, 0, 3)[0] == 't';
		upload->text = strdup(PQgetvalue(row, 0, 5));
	}
	PQclear(row);
	return true;
}

typedef enum Entered
{
	ENTERED,
	ENTERED_NOT,				/* for certain */
	ENTERED_PERHAPS				/* the connection was lost */
} Entered;

/* One transaction for all of them. */
static Entered
enter(Session *session, Upload **group, size_t n)
{
	PGconn	   *conn;
	PGresult   *result = NULL;
	bool		keep_file[MOST_IN_GROUP];
	const char *role = NULL;
	size_t		rows = 0;
	bool		sent;
	bool		fine;

	if (!session_await(session, &group[0]->server->ready))
		return ENTERED_NOT;
	db_clear_error(&session->db);
	conn = session->db.conn;
	if (!session_prepare(session, "serve_role") || !session_prepare(session, "serve_enter"))
		return ENTERED_NOT;
	sent = PQenterPipelineMode(conn) == 1 && PQsendQueryParams(conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) == 1;
	for (size_t i = 0; i < n && sent; i++)
	{
		if (role == NULL || strcmp(role, group[i]->identity->role) != 0)
			sent = session_send_role(session, group[i]->identity->role);
		role = group[i]->identity->role;
		sent = sent && send_upload(session, group[i]);
	}
	sent = sent && PQsendQueryParams(conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) == 1 && PQpipelineSync(conn) == 1;

	fine = sent && (result = session_result(session)) != NULL;
	PQclear(result);
	role = NULL;
	for (; rows < n && fine; rows++)
	{
		if (role == NULL || strcmp(role, group[rows]->identity->role) != 0)
		{
			result = session_result(session);
			fine = result != NULL;
			PQclear(result);
		}
		role = group[rows]->identity->role;
		fine = fine && take_row(session, group[rows], &keep_file[rows]);
	}
	/* A transaction that failed commits "successfully" as ROLLBACK. */
	if (fine)
	{
		result = session_result(session);
		fine = result != NULL && strcmp(PQcmdStatus(result), "COMMIT") == 0;
		PQclear(result);
	}
	if (!session_end_pipeline(session))
	{
		session_lost(session);
		return ENTERED_PERHAPS;
	}
	if (!fine)
	{
		/* The error came before COMMIT was reached, and so nothing is there. */
		PQclear(PQexec(conn, "ROLLBACK"));
		return ENTERED_NOT;
	}
	for (size_t i = 0; i < n; i++)
	{
		if (keep_file[i])
			spool_keep(group[i]->server->spool, group[i]->file.id);
		else if (!spool_remove(group[i]->server->spool, group[i]->file.id))
			log_warning("a spool file that nothing names stays: %s", group[i]->file.id);
	}
	return ENTERED;
}

/* One by one, when a group failed as a whole: an upload must not suffer for another's. */
static void
enter_one(Session *session, Upload *upload)
{
	Entered		entered = ENTERED_NOT;
	bool		again = true;

	for (int attempt = 0; attempt < ATTEMPTS && again; attempt++)
	{
		entered = enter(session, &upload, 1);
		/* A deadlock or a conflict with another hub passes. */
		again = entered == ENTERED_NOT && session->open &&
			(strncmp(session->db.error.sqlstate, "40", 2) == 0 || session_renew(session));
	}
	if (entered == ENTERED)
		return;
	upload->outcome = OUTCOME_NO_DATABASE;
	if (entered == ENTERED_PERHAPS)
		return;
	if (session->open && session->db.error.message != NULL)
	{
		if (session->db.error.cause == HUB_DATABASE)
			upload->outcome = strcmp(session->db.error.sqlstate, "42501") == 0 ? OUTCOME_FORBIDDEN : OUTCOME_FAILED;
		(void) db_failed(&session->db, "an upload could not be entered into the ledger");
	}
	if (!spool_remove(upload->server->spool, upload->file.id))
		log_warning("a spool file that nothing names stays: %s", upload->file.id);
}

static void *
enter_groups(void *arg)
{
	Committer  *committer = arg;
	Upload	   *group[MOST_IN_GROUP];
	Session		session;
	size_t		n;

	if (!session_init(&session, committer->server->hub, "ledger", NULL))
		log_error("out of memory");
	while ((n = take(committer, &committer->synced, group)) > 0)
	{
		Entered		entered = session.prepared != NULL ? enter(&session, group, n) : ENTERED_NOT;

		metrics_count(committer->server->metrics, METRIC_GROUPS, 1);
		if (n >= RUSH_GROUP)
			atomic_store(&committer->server->busy_until, serve_now() + RUSH_SECONDS);
		for (size_t i = 0; i < n; i++)
		{
			if (entered == ENTERED_PERHAPS)
				group[i]->outcome = OUTCOME_NO_DATABASE;
			else if (entered == ENTERED_NOT)
				enter_one(&session, group[i]);
			group[i]->done(group[i]);
		}
	}
	session_close(&session);
	return NULL;
}

Committer *
committer_start(Server *server)
{
	Committer  *committer = calloc(1, sizeof(Committer));

	if (committer == NULL)
		return NULL;
	committer->server = server;
	pthread_mutex_init(&committer->lock, NULL);
	pthread_cond_init(&committer->arrived.wake, NULL);
	pthread_cond_init(&committer->synced.wake, NULL);
	if (pthread_create(&committer->disk, NULL, write_groups, committer) == 0)
	{
		if (pthread_create(&committer->ledger, NULL, enter_groups, committer) == 0)
			return committer;
		end(committer, &committer->arrived);
		pthread_join(committer->disk, NULL);
	}
	free(committer);
	return NULL;
}

void
committer_submit(Committer *committer, Upload *upload)
{
	put(committer, &committer->arrived, upload);
}

void
committer_stop(Committer *committer)
{
	if (committer == NULL)
		return;
	end(committer, &committer->arrived);
	pthread_join(committer->disk, NULL);
	end(committer, &committer->synced);
	pthread_join(committer->ledger, NULL);
	pthread_cond_destroy(&committer->arrived.wake);
	pthread_cond_destroy(&committer->synced.wake);
	pthread_mutex_destroy(&committer->lock);
	free(committer);
}
