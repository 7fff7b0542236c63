/*
 * hub/serve/worker.c
 *		The intake workers. Several hubs may share one database: the ledger gives each submission to one worker.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "db/embedded.h"
#include "intake/records.h"
#include "document/return_file.h"
#include "program/log.h"
#include "serve/clock.h"
#include "serve/metrics.h"
#include "serve/ring.h"
#include "serve/session.h"
#include "serve/wait.h"
#include "serve/worker.h"
#include "program/stop.h"

#define MOST_WORKERS 16

/* Work that another hub's worker let go is found at the latest after this time. */
#define LOOK_SECONDS 5

/* A file whose check fails this often for a cause of our own is left for people to look at. */
#define MOST_ATTEMPTS 5

/* How long a check that nobody waits for is put off at most while uploads come in a rush. */
#define RUSH_PATIENCE 3.0

/* Of so many files one is not taken because somebody waits for it, so that the others have their turn as well. */
#define TURNS 4

/* Reading leaves the processor to whoever waits for an answer. */
#define WORKER_NICE 10

struct Workers
{
	Server	   *server;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	unsigned	woken;			/* one up at each call */
	bool		finishing;
	int			busy;
	int			count;
	pthread_t	threads[MOST_WORKERS];
};

typedef struct Worker
{
	Workers    *workers;
	Session		session;
	char		name[128];
	char	   *organisation;	/* whose file it took last; NULL: nobody's yet */
	unsigned	awaited_since;	/* takes since the others had their turn */
} Worker;

/* One submission in work: the fields of intake.take. */
typedef struct Work
{
	const char *submission;
	const char *organisation;
	const char *kind;
	const char *file_name;
	const char *spool;
	int			attempts;
	ReturnStated stated;
} Work;

static const char *
value_or_null(const PGresult *result, int field)
{
	return PQgetisnull(result, 0, field) ? NULL : PQgetvalue(result, 0, field);
}

static void
log_work(LogLevel level, const char *event, const Work *work, const char *state)
{
	log_event(level, event, "submission", work->submission, "partner", work->organisation, "state", state, NULL);
}

/* The answers go to the database, and the verdict comes back. */
static PGresult *
check(Session *session, const Work *work, bool records, const ReturnStated *told, const ReturnRows *rows)
{
	char		hidden_sheets[16];
	char		hidden_rows[16];
	char		unplaced[16];
	const char *values[] = {work->submission, told->programme, told->period, rows->lines.text, rows->fields.text,
		rows->answers.text, hidden_sheets, hidden_rows, told->form, unplaced};

	snprintf(hidden_sheets, sizeof(hidden_sheets), "%d", rows->hidden_sheets);
	snprintf(hidden_rows, sizeof(hidden_rows), "%d", rows->hidden_rows);
	snprintf(unplaced, sizeof(unplaced), "%d", rows->unplaced);
	return records ? db_query(&session->db, "worker_check_records", 8, values) : db_query(&session->db, "worker_check", 10, values);
}

/* A file that can't be read, or does not say what it must. */
static PGresult *
turn_down(Session *session, const Work *work, const char *query, const char *rule, const char *message, const char *hint)
{
	const char *values[] = {work->submission, rule, message, hint};

	return db_query(&session->db, query, 4, values);
}

static const char *
doubt_rule(const char *doubt)
{
	if (doubt != NULL && strcmp(doubt, "programme") == 0)
		return "H121";
	return doubt != NULL && strcmp(doubt, "period") == 0 ? "H122" : "H123";
}

/* What intake.check raises about the call, not the answers, is a matter for the partner. */
static bool
is_doubt(const Db *db)
{
	return strcmp(db->error.sqlstate, "22023") == 0 || strcmp(db->error.sqlstate, "22007") == 0 ||
		strcmp(db->error.sqlstate, "P0002") == 0;
}

static PGresult *
check_bytes(Session *session, const KeyRing *ring, const Work *work, const char *bytes, size_t size)
{
	Document	document;
	bool		records;
	ReturnStated told;
	ReturnRows	rows = {0};
	PGresult   *verdict = NULL;
	HubExit		exit_code = document_read_if_one(session->hub, bytes, size, &document);

	records = exit_code == HUB_OK && (strcmp(work->kind, "records") == 0 || records_is(&document, bytes, size));
	if (records)
		exit_code = records_read(&session->db, ring, work->organisation, work->file_name, &document, bytes, size,
								 &work->stated, &told, &rows);
	else if (exit_code == HUB_OK)
		exit_code = return_read(&session->db, &document, bytes, size, &work->stated, &told, &rows);
	document_free(&document);
	if (exit_code == HUB_OK)
	{
		verdict = check(session, work, records, &told, &rows);
		if (verdict == NULL && is_doubt(&session->db))
		{
			char	   *message = session->db.error.message;
			char	   *hint = session->db.error.hint;

			session->db.error.message = session->db.error.hint = NULL;
			db_clear_error(&session->db);
			verdict = turn_down(session, work, "worker_doubt", "H123", message, hint);
			free(message);
			free(hint);
		}
	}
	else if (exit_code == HUB_REFUSED)
		verdict = turn_down(session, work, "worker_refuse", "H120", rows.problem, rows.hint);
	else if (exit_code == HUB_IN_DOUBT)
		verdict = turn_down(session, work, "worker_doubt", doubt_rule(rows.doubt), rows.problem, rows.hint);
	rows_free(&rows);
	return verdict;
}

/* Lets another worker have it. Past db_query, since a stop may be why. */
static void
give_back(Session *session, const Work *work)
{
	const char *values[] = {work->submission};

	db_rollback(&session->db);
	db_clear_error(&session->db);
	if (PQstatus(session->db.conn) != CONNECTION_OK)
		return;
	PQclear(PQexecParams(session->db.conn, embedded_find("queries/worker_give_back"), 1, NULL, values, NULL, NULL, 0));
	log_work(LOG_INFO, "given_back", work, NULL);
}

static void
do_work(Workers *workers, Session *session, const Work *work)
{
	Server	   *server = workers->server;
	PGresult   *verdict = NULL;
	char	   *bytes = NULL;
	size_t		size = 0;
	KeyRing		ring;

	if (ring_take(server, &ring) && work->spool != NULL &&
		spool_load(server->spool, &ring, work->spool, (size_t) atomic_load(&server->tunables.upload_limit), &bytes, &size))
		verdict = check_bytes(session, &ring, work, bytes, size);
	keys_free(&ring);
	if (bytes != NULL)
		OPENSSL_cleanse(bytes, size);
	free(bytes);
	if (verdict != NULL)
	{
		metrics_count(server->metrics, METRIC_CHECKED, 1);
		log_work(LOG_INFO, "checked", work, PQgetvalue(verdict, 0, 0));
		PQclear(verdict);
		return;
	}
	if (stop_requested() || session->db.error.cause == HUB_STOPPED)
	{
		give_back(session, work);
		return;
	}
	/* It stays taken until its lease is over, so that a fault which lasts is not met again at once. */
	metrics_count(server->metrics, METRIC_FAILED, 1);
	log_work(LOG_ERROR, "check_failed", work, NULL);
	if (session->db.error.message != NULL)
		(void) db_failed(&session->db, "a submission could not be checked");
	if (work->attempts >= MOST_ATTEMPTS && PQstatus(session->db.conn) == CONNECTION_OK)
	{
		verdict = turn_down(session, work, "worker_doubt", "H129", "the hub could not check this file, for a fault of its own",
							"You need do nothing: the file is kept, and the data hub's staff are told.");
		if (verdict == NULL)
			(void) db_failed(&session->db, "a submission could not be set aside");
		PQclear(verdict);
	}
}

/* Takes one submission, in a rush only one that somebody waits for; false: there is none, or the database is away. */
static bool
work_once(Worker *worker, bool rush)
{
	Session    *session = &worker->session;
	char	   *awaited = rush || worker->awaited_since < TURNS - 1 ? waiters_list(worker->workers->server->waiters) : NULL;
	bool		looked = awaited != NULL;
	const char *values[] = {worker->name, awaited, rush ? "t" : "f", worker->organisation};
	PGresult   *taken = NULL;
	Work		work;

	if ((rush && awaited == NULL) || !session_ready(session))
	{
		free(awaited);
		return false;
	}
	taken = db_query(&session->db, "worker_take", 4, values);
	free(awaited);
	if (taken == NULL)
	{
		if (!stop_requested())
			(void) db_failed(&session->db, "no work could be taken");
		return false;
	}
	if (PQntuples(taken) == 0)
	{
		PQclear(taken);
		return false;
	}
	work.submission = PQgetvalue(taken, 0, 0);
	work.organisation = PQgetvalue(taken, 0, 1);
	work.stated.programme = value_or_null(taken, 2);
	work.stated.period = value_or_null(taken, 3);
	work.stated.form = value_or_null(taken, 4);
	work.kind = PQgetvalue(taken, 0, 5);
	work.spool = value_or_null(taken, 6);
	work.attempts = atoi(PQgetvalue(taken, 0, 7));
	work.file_name = PQgetvalue(taken, 0, 8);
	worker->awaited_since = looked ? worker->awaited_since + 1 : 0;
	free(worker->organisation);
	worker->organisation = strdup(work.organisation);
	do_work(worker->workers, session, &work);
	PQclear(taken);
	return true;
}

static bool
is_finishing(Workers *workers)
{
	bool		finishing;

	pthread_mutex_lock(&workers->lock);
	finishing = workers->finishing;
	pthread_mutex_unlock(&workers->lock);
	return finishing;
}

/*
 * In a rush of uploads a check can wait a little, unless somebody waits for its verdict; not for ever, since the files
 * would pile up. False: there is no work.
 */
static bool
work_in_turn(Worker *worker)
{
	Workers    *workers = worker->workers;
	double		until = serve_now() + RUSH_PATIENCE;

	while (serve_now() < atomic_load(&workers->server->busy_until) && serve_now() < until && !is_finishing(workers))
	{
		struct timespec pause = {0, 50000000};

		if (!work_once(worker, true))
			nanosleep(&pause, NULL);
	}
	return !is_finishing(workers) && work_once(worker, false);
}

static void *
run(void *arg)
{
	Workers    *workers = arg;
	Worker		worker = {.workers = workers};
	unsigned	seen = 0;
	char		host[64];

	(void) setpriority(PRIO_PROCESS, (id_t) syscall(SYS_gettid), WORKER_NICE);
	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "?");
	host[sizeof(host) - 1] = '\0';
	snprintf(worker.name, sizeof(worker.name), "%s, process %ld, thread %ld", host, (long) getpid(), (long) syscall(SYS_gettid));
	if (!session_init(&worker.session, workers->server->hub, "worker", LOADER_ROLE))
	{
		log_error("out of memory");
		return NULL;
	}
	pthread_mutex_lock(&workers->lock);
	while (!workers->finishing)
	{
		struct timespec until;
		int			waited = 0;

		workers->busy++;
		seen = workers->woken;
		pthread_mutex_unlock(&workers->lock);
		while (work_in_turn(&worker))
			;
		pthread_mutex_lock(&workers->lock);
		workers->busy--;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LOOK_SECONDS;
		while (!workers->finishing && workers->woken == seen && waited != ETIMEDOUT)
			waited = pthread_cond_timedwait(&workers->wake, &workers->lock, &until);
	}
	pthread_mutex_unlock(&workers->lock);
	session_close(&worker.session);
	free(worker.organisation);
	return NULL;
}

Workers *
workers_start(Server *server, int count)
{
	Workers    *workers = calloc(1, sizeof(Workers));
	pthread_condattr_t by;

	if (workers == NULL)
		return NULL;
	workers->server = server;
	pthread_mutex_init(&workers->lock, NULL);
	/* The clock of the day may be set back, by hours, while they wait. */
	pthread_condattr_init(&by);
	pthread_condattr_setclock(&by, CLOCK_MONOTONIC);
	pthread_cond_init(&workers->wake, &by);
	pthread_condattr_destroy(&by);
	for (int i = 0; i < count && i < MOST_WORKERS; i++)
	{
		if (pthread_create(&workers->threads[i], NULL, run, workers) != 0)
			break;
		workers->count++;
	}
	return workers;
}

void
workers_wake(Workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->woken++;
	/* One more for each notice: a second one is woken by the second. */
	pthread_cond_signal(&workers->wake);
	pthread_mutex_unlock(&workers->lock);
}

void
workers_finish(Workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->finishing = true;
	pthread_cond_broadcast(&workers->wake);
	pthread_mutex_unlock(&workers->lock);
}

bool
workers_idle(Workers *workers)
{
	bool		idle;

	pthread_mutex_lock(&workers->lock);
	idle = workers->busy == 0;
	pthread_mutex_unlock(&workers->lock);
	return idle;
}

void
workers_stop(Workers *workers)
{
	if (workers == NULL)
		return;
	workers_finish(workers);
	for (int i = 0; i < workers->count; i++)
		pthread_join(workers->threads[i], NULL);
	pthread_cond_destroy(&workers->wake);
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}
