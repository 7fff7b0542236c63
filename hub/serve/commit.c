/*
 * hub/serve/commit.c
 *		Group commit: some threads for the disk, one for the ledger, so that one group is written while the one
 *		before is entered.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/json.h"
#include "program/log.h"
#include "serve/clock.h"
#include "serve/commit.h"
#include "serve/metrics.h"
#include "serve/session.h"

#define MOST_IN_GROUP 128
#define ATTEMPTS 3

/* A file system flushes once for several that wait; more than four gained nothing. */
#define DISK_THREADS 4

/* A group as large as this is a rush: the workers leave the machine to it for so long. */
#define RUSH_GROUP 6
#define RUSH_SECONDS 0.3

/* What api.submit gives. */
enum
{
	COLUMN_PLACE,
	COLUMN_SUBMISSION,
	COLUMN_ALREADY,
	COLUMN_DECIDED,
	COLUMN_KEEP_FILE,
	COLUMN_PROBLEM,
	COLUMN_ANSWER,
	COLUMN_COUNT
};

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
	pthread_t	disk[DISK_THREADS];
	int			ndisk;
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

static void
put_field(FILE *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	fprintf(out, ",\"%s\":", name);
	json_string(out, value, strlen(value));
}

/* Uploads of one organisation, each with its place in the group. */
static bool
send_uploads(Session *session, Upload *const *group, size_t from, size_t until)
{
	char	   *text = NULL;
	size_t		length;
	FILE	   *out = open_memstream(&text, &length);
	const char *value;
	bool		sent = false;

	if (out == NULL)
	{
		db_set_error(&session->db, HUB_INTERNAL, "out of memory");
		return false;
	}
	for (size_t i = from; i < until; i++)
	{
		const Upload *upload = group[i];

		fprintf(out, "%c{\"place\":%zu,\"file_size\":%" PRIu64 ",\"sha256\":\"\\\\x%s\"", i == from ? '[' : ',', i,
				upload->file.size, upload->file.sha256);
		put_field(out, "programme", upload->stated[STATED_PROGRAMME]);
		put_field(out, "period", upload->stated[STATED_PERIOD]);
		put_field(out, "form", upload->stated[STATED_FORM]);
		put_field(out, "kind", upload->stated[STATED_KIND]);
		put_field(out, "file_name", upload->name);
		put_field(out, "received_from", upload->from);
		put_field(out, "spool", upload->file.id);
		fputc('}', out);
	}
	fputc(']', out);
	sent = !ferror(out);
	if (fclose(out) != 0 || !sent)
	{
		db_set_error(&session->db, HUB_INTERNAL, "out of memory");
		free(text);
		return false;
	}
	value = text;
	sent = session_send(session, "serve_enter", 1, &value);
	free(text);
	return sent;
}

/* What the ledger said of one of them: the outcome, if the transaction is then committed. */
static void
take_row(const PGresult *rows, int row, Upload *upload, bool *keep_file)
{
	free(upload->text);
	*keep_file = false;
	if (!PQgetisnull(rows, row, COLUMN_PROBLEM))
	{
		upload->outcome = OUTCOME_REFUSED;
		upload->text = strdup(PQgetvalue(rows, row, COLUMN_PROBLEM));
		return;
	}
	upload->outcome = OUTCOME_STORED;
	upload->submission = strtoll(PQgetvalue(rows, row, COLUMN_SUBMISSION), NULL, 10);
	upload->already = PQgetvalue(rows, row, COLUMN_ALREADY)[0] == 't';
	upload->decided = PQgetvalue(rows, row, COLUMN_DECIDED)[0] == 't';
	*keep_file = PQgetvalue(rows, row, COLUMN_KEEP_FILE)[0] == 't';
	upload->text = strdup(PQgetvalue(rows, row, COLUMN_ANSWER));
}

/* A row for each of them, in any order. "understood" is false if the server was content and its rows make no sense. */
static bool
take_rows(Session *session, Upload *const *group, size_t from, size_t until, bool *keep_file, bool *understood)
{
	PGresult   *rows = session_result(session);
	bool		seen[MOST_IN_GROUP] = {false};
	bool		fine = rows != NULL;

	fine = fine && PQntuples(rows) == (int) (until - from) && PQnfields(rows) == COLUMN_COUNT;
	for (int row = 0; fine && row < PQntuples(rows); row++)
	{
		unsigned long place = strtoul(PQgetvalue(rows, row, COLUMN_PLACE), NULL, 10);

		fine = place >= from && place < until && !seen[place];
		if (fine)
		{
			seen[place] = true;
			take_row(rows, row, group[place], &keep_file[place]);
		}
	}
	*understood = fine || rows == NULL;
	if (!*understood)
		db_set_error(&session->db, HUB_INTERNAL, "BUG: api.submit did not give a row for each upload");
	PQclear(rows);
	return fine;
}

typedef enum Entered
{
	ENTERED,
	ENTERED_NOT,				/* for certain */
	ENTERED_PERHAPS				/* the connection was lost */
} Entered;

static int
by_role(const void *a, const void *b)
{
	return strcmp((*(Upload *const *) a)->identity->role, (*(Upload *const *) b)->identity->role);
}

/* Where the uploads of the next organisation begin. */
static size_t
end_of_run(Upload *const *group, size_t from, size_t n)
{
	size_t		i = from + 1;

	while (i < n && strcmp(group[i]->identity->role, group[from]->identity->role) == 0)
		i++;
	return i;
}

/* One transaction for all of them, and in it one statement for each organisation, under its own role. */
static Entered
enter(Session *session, Upload **group, size_t n)
{
	PGconn	   *conn;
	PGresult   *result = NULL;
	bool		keep_file[MOST_IN_GROUP];
	bool		sent;
	bool		fine;
	bool		understood = true;

	if (!session_await(session, &group[0]->server->ready))
		return ENTERED_NOT;
	db_clear_error(&session->db);
	conn = session->db.conn;
	if (!session_prepare(session, "serve_role") || !session_prepare(session, "serve_enter"))
		return ENTERED_NOT;
	qsort(group, n, sizeof(Upload *), by_role);
	sent = PQenterPipelineMode(conn) == 1 && PQsendQueryParams(conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) == 1;
	for (size_t from = 0, until; from < n && sent; from = until)
	{
		until = end_of_run(group, from, n);
		sent = session_send_role(session, group[from]->identity->role) && send_uploads(session, group, from, until);
	}
	sent = sent && PQsendQueryParams(conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) == 1 && PQpipelineSync(conn) == 1;

	fine = sent && (result = session_result(session)) != NULL;
	PQclear(result);
	for (size_t from = 0, until; from < n && fine; from = until)
	{
		until = end_of_run(group, from, n);
		result = session_result(session);
		fine = result != NULL && take_rows(session, group, from, until, keep_file, &understood);
		PQclear(result);
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
	if (!understood)
	{
		(void) db_failed(&session->db, "uploads were entered into the ledger");
		return ENTERED_PERHAPS;
	}
	if (!fine)
	{
		bool		refused = !sent || *session->db.error.sqlstate != '\0';

		/* What the server refused never came to its COMMIT; where libpq failed, it may have. */
		PQclear(PQexec(conn, "ROLLBACK"));
		return refused ? ENTERED_NOT : ENTERED_PERHAPS;
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
	if (pthread_create(&committer->ledger, NULL, enter_groups, committer) != 0)
	{
		free(committer);
		return NULL;
	}
	while (committer->ndisk < DISK_THREADS &&
		   pthread_create(&committer->disk[committer->ndisk], NULL, write_groups, committer) == 0)
		committer->ndisk++;
	if (committer->ndisk > 0)
		return committer;
	committer_stop(committer);
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
	for (int i = 0; i < committer->ndisk; i++)
		pthread_join(committer->disk[i], NULL);
	end(committer, &committer->synced);
	pthread_join(committer->ledger, NULL);
	pthread_cond_destroy(&committer->arrived.wake);
	pthread_cond_destroy(&committer->synced.wake);
	pthread_mutex_destroy(&committer->lock);
	free(committer);
}
