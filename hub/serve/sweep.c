/*
 * hub/serve/sweep.c
 *		Removes spool files that nothing names, and anchors the ledger's events.
 *
 * Only what has not been written to for --sweep-after seconds, which no upload on its way to the ledger takes, and
 * what no upload of this process holds. A database that was restored from a backup lacks rows of files that were
 * acknowledged: the spool remembers which database it belongs to, and with another one nothing is removed. A
 * snapshot that was put back can't be told from what it was; hence the mark on each file that was entered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "document/rows.h"
#include "spool/spool_marked.h"
#include "program/folder.h"
#include "program/log.h"
#include "serve/clock.h"
#include "serve/metrics.h"
#include "serve/session.h"
#include "serve/sweep.h"
#include "serve/upload.h"
#include "program/settings.h"
#include "program/stop.h"

#define MARKER ".database"
#define MOST_AT_ONCE 1000
#define LONGEST_PAUSE 3600.0
#define ANCHOR_SECONDS 10.0

typedef struct Candidates
{
	Server	   *server;
	Session    *session;
	time_t		before;
	ReturnRows	rows;			/* only for its arrays of text: the ids are its fields */
	size_t		count;
	long		removed;
} Candidates;

/* Removes those of the candidates that nothing names, and marks the others. */
static bool
judge(Candidates *candidates)
{
	Server	   *server = candidates->server;
	const char *values[1];
	PGresult   *answer = NULL;

	if (candidates->count > 0 && rows_finish(&candidates->rows))
	{
		values[0] = candidates->rows.fields.text;
		answer = session_query(candidates->session, NULL, "sweep_named", 1, values);
		if (answer == NULL)
			(void) db_failed(&candidates->session->db, "the sweep could not ask the ledger");
	}
	for (int i = 0; answer != NULL && i < PQntuples(answer); i++)
	{
		const char *id = PQgetvalue(answer, i, 0);

		if (PQgetvalue(answer, i, 1)[0] == 't')
			spool_keep(server->spool, id);
		else if (!upload_is_alive(id) && spool_remove(server->spool, id))
		{
			log_event(LOG_INFO, "swept", "spool", id, NULL);
			candidates->removed++;
		}
	}
	rows_free(&candidates->rows);
	memset(&candidates->rows, 0, sizeof(candidates->rows));
	candidates->count = 0;
	PQclear(answer);
	return answer != NULL;
}

static bool
look_at(const char *id, void *arg)
{
	Candidates *candidates = arg;
	char	   *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%.2s/%s", candidates->server->spool, id, id) < 0)
		return false;
	if (lstat(path, &st) == 0 && !SPOOL_IS_KEPT(st.st_mode) && st.st_mtime < candidates->before && st.st_ctime < candidates->before)
	{
		rows_add(&candidates->rows, 0, id, strlen(id), "", 0);
		candidates->count++;
	}
	free(path);
	return !stop_requested() && (candidates->count < MOST_AT_ONCE || judge(candidates));
}

/* Whether the database is the one that the spool was filled with; a new spool takes this one. */
static bool
is_same_database(Server *server, Session *session, bool *told)
{
	PGresult   *result = session_query(session, NULL, "sweep_identity", 0, NULL);
	char		known[128] = "";
	char	   *path = NULL;
	const char *present;
	ssize_t		n = -1;
	int			fd;
	bool		same = false;

	if (result == NULL || PQntuples(result) != 1 || asprintf(&path, "%s/" MARKER, server->spool) < 0)
	{
		if (result == NULL)
			(void) db_failed(&session->db, "the sweep could not tell which database this is");
		PQclear(result);
		return false;
	}
	present = PQgetvalue(result, 0, 0);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		n = read(fd, known, sizeof(known) - 1);
	else if (errno == ENOENT && (fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0)
	{
		if (write(fd, present, strlen(present)) == (ssize_t) strlen(present) && fsync(fd) == 0 && folder_sync(server->spool))
			n = snprintf(known, sizeof(known), "%s", present);
	}
	if (fd >= 0)
		close(fd);
	same = n > 0 && strcmp(known, present) == 0;
	if (!same && n > 0 && !*told)
	{
		log_warning("the spool was filled with another database, or this one was restored: files that it does not name are kept");
		log_warning("hint: When no file of the spool is missed any more, remove %s to have them swept again.", path);
		*told = true;
	}
	free(path);
	PQclear(result);
	return same;
}

/* One round at the time "now"; the number of files removed that nothing names. */
static long
sweep(Server *server, Session *session, time_t now, long after)
{
	Candidates	candidates = {.server = server, .session = session, .before = now - after};
	int			marked = 0;

	if (spool_walk(server->spool, look_at, &candidates))
		(void) judge(&candidates);
	rows_free(&candidates.rows);
	/* What a withdrawal or retention that was cut off has left to be removed. */
	(void) !spool_remove_marked(server->hub, &session->db, "a file that is to be removed stays in the spool", &marked);
	return candidates.removed;
}

/* Ties the ledger's new events into the chain that wardstar-hub audit looks at. */
static void
anchor(Session *session)
{
	PGresult   *result = session_query(session, NULL, "serve_anchor", 0, NULL);

	if (result == NULL)
		(void) db_failed(&session->db, "the ledger's events could not be anchored");
	PQclear(result);
}

static void *
run(void *arg)
{
	Server	   *server = arg;
	Session		session;
	long		after = setting_number(server->hub, "sweep-after");
	double		pause = (double) after / 2 < LONGEST_PAUSE ? (double) after / 2 : LONGEST_PAUSE;
	double		next = serve_now();
	double		next_anchor = serve_now();
	time_t		at = time(NULL);	/* of the last round, by the clock of the day and by ours */
	double		since = serve_now();
	bool		told = false;

	if (!session_init(&session, server->hub, "sweep", LOADER_ROLE))
		return NULL;
	while (!atomic_load(&server->ended) && !stop_requested())
	{
		if (!atomic_load(&server->stopping) && serve_now() >= next && session_ready(&session))
		{
			time_t		now = time(NULL);
			double		begun = serve_now();
			time_t		passed = at + (time_t) (begun - since);

			/* A clock that was set forward makes no file old, not even one that is just being entered by another hub. */
			if (is_same_database(server, &session, &told))
				metrics_count(server->metrics, METRIC_SWEPT, sweep(server, &session, now < passed ? now : passed, after));
			at = now;
			since = begun;
			next = serve_now() + pause;
		}
		if (!atomic_load(&server->stopping) && serve_now() >= next_anchor && session_ready(&session))
		{
			anchor(&session);
			next_anchor = serve_now() + ANCHOR_SECONDS;
		}
		(void) stop_sleep(200);
	}
	session_close(&session);
	return NULL;
}

bool
sweep_start(Server *server, pthread_t *thread)
{
	return pthread_create(thread, NULL, run, server) == 0;
}
