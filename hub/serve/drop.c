/*
 * hub/serve/drop.c
 *		One file of the drop folder on its way.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/log.h"
#include "serve/clock.h"
#include "serve/commit.h"
#include "serve/drop.h"
#include "serve/metrics.h"
#include "serve/sign_in.h"
#include "program/settings.h"

#define READ_SIZE 65536

/* An empty file may be one whose writer has only begun. */
#define EMPTY_SECONDS 60

/* How long a moved file is kept in sight, for who had its name looked up when it was moved. */
#define SETTLE_SECONDS 0.2

static int64_t
changed_at(const struct stat *st)
{
	return (int64_t) st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

static int64_t
modified_at(const struct stat *st)
{
	return (int64_t) st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

void
drop_free(Drop *drop)
{
	if (drop == NULL)
		return;
	upload_free(drop->upload);
	identity_release(drop->identity);
	if (drop->folder >= 0)
		close(drop->folder);
	if (drop->file >= 0)
		close(drop->file);
	for (int i = 0; i < 3; i++)
		free(drop->place[i]);
	free(drop->name);
	pthread_mutex_destroy(&drop->lock);
	free(drop);
}

static Drop *
create(Server *server, int folder, const char *const place[3], const char *name)
{
	Drop	   *drop = calloc(1, sizeof(Drop));

	if (drop == NULL)
		return NULL;
	pthread_mutex_init(&drop->lock, NULL);
	drop->server = server;
	drop->file = -1;
	drop->folder = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	drop->name = strdup(name);
	for (int i = 0; i < 3; i++)
		drop->place[i] = strdup(place[i]);
	if (drop->folder >= 0 && drop->name != NULL && drop->place[0] != NULL && drop->place[1] != NULL && drop->place[2] != NULL)
		return drop;
	drop_free(drop);
	return NULL;
}

/* The organisation that the folder is named after; false: not to be told now. Without one identity stays NULL. */
static bool
find_organisation(Drop *drop, Session *session)
{
	const char *values[] = {drop->place[0]};
	PGresult   *result = session_query(session, NULL, "drop_organisation", 1, values);
	bool		fine = result != NULL;

	if (!fine)
		(void) db_failed(&session->db, "the drop folder's organisation could not be looked up");
	else if (PQntuples(result) == 1)
	{
		Identity   *identity = calloc(1, sizeof(Identity));

		fine = identity != NULL;
		if (fine)
		{
			atomic_store(&identity->references, 1);
			identity->organisation = strdup(PQgetvalue(result, 0, 0));
			identity->role = strdup(PQgetvalue(result, 0, 1));
			identity->prefix = strdup("drop folder");
			drop->identity = identity;
			fine = identity->organisation != NULL && identity->role != NULL && identity->prefix != NULL;
		}
	}
	PQclear(result);
	return fine;
}

/* In a thread of the committer. */
static void
entered(Upload *upload)
{
	Drop	   *drop = upload->state;

	pthread_mutex_lock(&drop->lock);
	drop->entered = true;
	pthread_mutex_unlock(&drop->lock);
}

/* Into the spool. False: it can't be read or written at the moment. */
static bool
copy(Drop *drop, int fd, uint64_t size)
{
	char		buffer[READ_SIZE];
	ssize_t		n;
	uint64_t	total = 0;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
	{
		total += (uint64_t) n;
		if (total > size || !spool_write(drop->upload->writer, buffer, (size_t) n))
			return false;
	}
	return n == 0 && total == size;
}

/*
 * Whether somebody has the file open to write it, where the kernel tells: it refuses a lease then. Where the file is
 * another user's it may not say, and what is seen of the file before and after reading must do.
 */
static bool
is_being_written(int fd)
{
	bool		written = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;

	(void) fcntl(fd, F_SETLEASE, F_UNLCK);
	return written;
}

static bool
is_unchanged(const Drop *drop, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && changed_at(&st) == drop->changed;
}

/* What a file is for is told by the names above it, so they must be true: a folder that was renamed is watched on. */
static bool
is_in_its_place(const Server *server, int watched_folder, const char *const place[3])
{
	int			folder = open(setting_text(server->hub, "inbox"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat found;
	struct stat watched;
	bool		same;

	for (int i = 0; i < 3 && folder >= 0; i++)
	{
		int			below = openat(folder, place[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

		close(folder);
		folder = below;
	}
	if (folder < 0)
		return false;
	same = fstat(folder, &found) == 0 && fstat(watched_folder, &watched) == 0 &&
		found.st_dev == watched.st_dev && found.st_ino == watched.st_ino;
	close(folder);
	return same;
}

static bool
upload(Drop *drop, int fd, uint64_t size)
{
	Upload	   *new = drop->upload = upload_create(drop->server);

	if (new == NULL)
		return false;
	new->identity = drop->identity;
	new->state = drop;
	new->done = entered;
	new->stated[STATED_PROGRAMME] = strdup(drop->place[1]);
	new->stated[STATED_PERIOD] = strdup(drop->place[2]);
	new->from = strdup("drop folder");
	if (new->stated[STATED_PROGRAMME] == NULL || new->stated[STATED_PERIOD] == NULL || new->from == NULL ||
		!upload_set_name(new, drop->name) || (new->name == NULL && (new->name = strdup("upload")) == NULL))
		return false;
	return upload_begin(new) && copy(drop, fd, size) && is_unchanged(drop, fd) && upload_finish(new);
}

static int
open_file(int folder, const char *name)
{
	return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

static int
open_target(const Drop *drop)
{
	int			target = openat(drop->folder, drop->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (target < 0)
		log_error("the drop folder's \"%s\" can't be opened: %s", drop->where, strerror(errno));
	return target;
}

/* Where the file's own name is taken: by its submission, or its time, so that it replaces no other. */
static void
other_name(const Drop *drop, char *name, size_t size)
{
	int64_t		submission = drop->upload != NULL ? drop->upload->submission : 0;

	snprintf(name, size, "%" PRId64 "-%.200s", submission != 0 ? submission : drop->changed, drop->name);
}

/* The file, if its name still holds the one that was taken, goes to accepted/ or rejected/. False: it stays. */
static bool
put_away(Drop *drop, const char *where)
{
	struct stat st;
	int			target;
	bool		moved;

	drop->where = where;
	drop->file = open_file(drop->folder, drop->name);
	if (drop->file < 0 || fstat(drop->file, &st) != 0 || st.st_dev != drop->device || st.st_ino != drop->inode ||
		changed_at(&st) != drop->changed || is_being_written(drop->file))
		return false;
	(void) mkdirat(drop->folder, where, 0770);
	target = open_target(drop);
	if (target < 0)
		return false;
	snprintf(drop->moved_to, sizeof(drop->moved_to), "%s", drop->name);
	moved = renameat2(drop->folder, drop->name, target, drop->moved_to, RENAME_NOREPLACE) == 0;
	if (!moved && errno == EEXIST)
	{
		other_name(drop, drop->moved_to, sizeof(drop->moved_to));
		moved = renameat2(drop->folder, drop->name, target, drop->moved_to, 0) == 0;
	}
	if (!moved)
		log_error("a file of the drop folder could not be moved: %s", strerror(errno));
	(void) fsync(target);
	close(target);
	drop->settled_at = serve_now() + SETTLE_SECONDS;
	return moved;
}

/*
 * Who looked the name up just before the file was moved writes to the moved one, which nobody would look at again.
 * Renaming sets the time of change, hence these.
 */
static bool
was_written(const Drop *drop)
{
	struct stat st;

	return fstat(drop->file, &st) != 0 || modified_at(&st) != drop->modified || st.st_size != drop->size || is_being_written(drop->file);
}

/* Beside a newer file of its name, if there is one by now. */
static void
bring_back(const Drop *drop)
{
	char		name[sizeof(drop->moved_to)];
	int			target = open_target(drop);

	if (target < 0)
		return;
	other_name(drop, name, sizeof(name));
	if (renameat2(target, drop->moved_to, drop->folder, drop->name, RENAME_NOREPLACE) != 0 &&
		(errno != EEXIST || renameat2(target, drop->moved_to, drop->folder, name, RENAME_NOREPLACE) != 0))
		log_error("a file that was written to while it was moved could not be brought back from \"%s\": %s", drop->where, strerror(errno));
	close(target);
}

/* The receipt beside the file, whole or not at all. */
static void
write_beside(const Drop *drop, const char *ending, const char *text, size_t size)
{
	char		partial[320];
	char		whole[320];
	int			target = open_target(drop);
	int			fd;

	snprintf(partial, sizeof(partial), ".%.240s.receipt.part", drop->moved_to);
	snprintf(whole, sizeof(whole), "%.240s.receipt.%s", drop->moved_to, ending);
	if (target < 0)
		return;
	(void) unlinkat(target, partial, 0);
	fd = openat(target, partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0 || write(fd, text, size) != (ssize_t) size || fsync(fd) != 0 || renameat(target, partial, target, whole) != 0)
	{
		log_error("a receipt could not be written to the drop folder: %s", strerror(errno));
		(void) unlinkat(target, partial, 0);
	}
	if (fd >= 0)
		close(fd);
	close(target);
}

/* To rejected/, and why beside it. False: it stays. */
static bool
turn_away(Drop *drop, const char *why)
{
	char		text[700];

	if (!put_away(drop, "rejected"))
		return false;
	snprintf(text, sizeof(text), "This file was not taken in. %s\n", why);
	write_beside(drop, "txt", text, strlen(text));
	log_event(LOG_WARNING, "drop_refused", "partner", drop->identity != NULL ? drop->identity->organisation : NULL, NULL);
	return true;
}

Drop *
drop_take(Server *server, Session *session, int folder, const char *const place[3], const char *name, bool *misplaced)
{
	struct stat st;
	Drop	   *drop;
	long		limit = atomic_load(&server->tunables.upload_limit);
	int			fd = open_file(folder, name);

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 || is_being_written(fd) ||
		(st.st_size == 0 && llabs((long long) (time(NULL) - st.st_mtime)) < EMPTY_SECONDS))
	{
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	/* Once the file is at hand: whatever is written after the folder was renamed is another state of it. */
	if (!is_in_its_place(server, folder, place))
	{
		*misplaced = true;
		close(fd);
		return NULL;
	}
	drop = create(server, folder, place, name);
	if (drop != NULL)
	{
		drop->device = st.st_dev;
		drop->inode = st.st_ino;
		drop->size = st.st_size;
		drop->changed = changed_at(&st);
		drop->modified = modified_at(&st);
	}
	if (drop != NULL && find_organisation(drop, session))
	{
		char		why[200];
		bool		taken;

		if (drop->identity == NULL)
			snprintf(why, sizeof(why), "The folder that it lies in does not have the name of an organisation that may send files.");
		else
			snprintf(why, sizeof(why), "It is empty, or larger than %ld MiB.", limit / 1024 / 1024);
		if (drop->identity == NULL || st.st_size == 0 || st.st_size > limit)
			taken = turn_away(drop, why);
		else
		{
			taken = upload(drop, fd, (uint64_t) st.st_size);
			if (taken)
				committer_submit(server->committer, drop->upload);
		}
		if (taken)
		{
			close(fd);
			return drop;
		}
	}
	close(fd);
	drop_free(drop);
	return NULL;
}

static void
write_receipts(const Drop *drop, Session *session, const char *id)
{
	static const char *const formats[][2] = {{"html", "html"}, {"json", "json"}};
	const char *values[] = {id, NULL};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
	{
		PGresult   *result;

		values[1] = formats[i][0];
		result = session_query(session, drop->identity->role, "serve_receipt", 2, values);
		if (result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0))
			write_beside(drop, formats[i][1], PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0));
		else if (result == NULL)
			(void) db_failed(&session->db, "the receipt of a dropped file could not be written");
		PQclear(result);
	}
}

/* The verdict, once it is there. */
static DropState
finish(Drop *drop, Session *session)
{
	char		id[24];
	const char *values[] = {id};
	const char *where = NULL;
	PGresult   *result;

	snprintf(id, sizeof(id), "%" PRId64, drop->upload->submission);
	result = session_query(session, drop->identity->role, "drop_state", 1, values);
	if (result == NULL)
		(void) db_failed(&session->db, "the state of a dropped file could not be read");
	else if (PQntuples(result) == 1 && !PQgetisnull(result, 0, 0))
		where = strcmp(PQgetvalue(result, 0, 0), "accepted") == 0 ? "accepted" : "rejected";
	PQclear(result);
	if (where == NULL)
		return DROP_WAITS;
	/* Somebody wrote to it, or set its times, since it was read: what lies there now is looked at again. */
	if (!put_away(drop, where))
		return DROP_AGAIN;
	write_receipts(drop, session, id);
	log_event(LOG_INFO, "dropped", "submission", id, "partner", drop->identity->organisation, "folder", where, NULL);
	return DROP_WAITS;
}

/* What the committer made of it. */
static DropState
go_on(Drop *drop, Session *session)
{
	bool		is_entered;

	pthread_mutex_lock(&drop->lock);
	is_entered = drop->entered;
	pthread_mutex_unlock(&drop->lock);
	if (!is_entered)
		return DROP_WAITS;
	switch (drop->upload->outcome)
	{
		case OUTCOME_STORED:
			return finish(drop, session);
		case OUTCOME_REFUSED:
			return turn_away(drop, drop->upload->text != NULL ? drop->upload->text : "") ? DROP_WAITS : DROP_AGAIN;
		case OUTCOME_FORBIDDEN:
			return turn_away(drop, "The organisation may not send files at the moment.") ? DROP_WAITS : DROP_AGAIN;
		case OUTCOME_FAILED:
		case OUTCOME_NONE:
		case OUTCOME_NO_DISK:
		case OUTCOME_NO_DATABASE:
			break;
	}
	return DROP_AGAIN;
}

DropState
drop_look(Drop *drop, Session *session)
{
	if (drop->where == NULL)
		return go_on(drop, session);
	if (serve_now() < drop->settled_at)
		return DROP_WAITS;
	if (was_written(drop))
	{
		bring_back(drop);
		return DROP_AGAIN;
	}
	return DROP_DONE;
}
