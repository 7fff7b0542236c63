/*
 * hub/serve/inbox.c
 *		Watching the drop folder.
 *
 * A file is taken when whoever wrote it closes it or renames it into its folder; one that was there before the
 * hub started, or of which the notice was lost, when nobody has changed it for a while.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/log.h"
#include "serve/clock.h"
#include "serve/drop.h"
#include "serve/inbox.h"
#include "serve/session.h"
#include "program/settings.h"
#include "program/stop.h"

#define DEPTH 3					/* organisation, programme, quarter */
#define MOST_WATCHES 4096
#define MOST_UNDER_WAY 32
#define QUIET_SECONDS 5
#define LOOK_SECONDS 30.0
#define AGAIN_SECONDS 5.0

typedef struct Watch
{
	int			number;			/* inotify's */
	int			depth;
	int			folder;
	char	   *place[DEPTH];	/* the first "depth" of them */
} Watch;

struct Inbox
{
	Server	   *server;
	Session		session;
	int			notices;
	int			nwatches;
	Watch		watches[MOST_WATCHES];
	Drop	   *under_way;
	int			nunder_way;
	double		look_at;		/* when all is looked through again */
	bool		misplaced;		/* a folder that is watched has another name now */
	atomic_bool finishing;
	pthread_t	thread;
};

/* Not within the last seconds. A time to come is of a clock that has since been set back, or of another machine. */
static bool
is_quiet(time_t at)
{
	time_t		now = time(NULL);

	return at <= now - QUIET_SECONDS || at > now + QUIET_SECONDS;
}

/* Names that SFTP servers, editors and the hub itself give to what is not finished, or not meant. */
static bool
is_to_be_taken(const char *name)
{
	static const char *const endings[] = {".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", "~"};
	size_t		length = strlen(name);

	if (name[0] == '.')
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
	{
		size_t		n = strlen(endings[i]);

		if (length >= n && strcasecmp(name + length - n, endings[i]) == 0)
			return false;
	}
	return true;
}

static bool
is_under_way(const Inbox *inbox, const Watch *watch, const char *name)
{
	for (const Drop *drop = inbox->under_way; drop != NULL; drop = drop->next)
	{
		if (drop->where == NULL && strcmp(drop->name, name) == 0 && strcmp(drop->place[0], watch->place[0]) == 0 &&
			strcmp(drop->place[1], watch->place[1]) == 0 && strcmp(drop->place[2], watch->place[2]) == 0)
			return true;
	}
	return false;
}

static void
take(Inbox *inbox, const Watch *watch, const char *name)
{
	const char *place[DEPTH] = {watch->place[0], watch->place[1], watch->place[2]};
	Drop	   *drop;

	if (!is_to_be_taken(name) || is_under_way(inbox, watch, name) || atomic_load(&inbox->finishing))
		return;
	/* Too many, or the database is away: the next look finds it again. */
	if (inbox->nunder_way >= MOST_UNDER_WAY || !session_ready(&inbox->session))
	{
		if (inbox->look_at > serve_now() + AGAIN_SECONDS)
			inbox->look_at = serve_now() + AGAIN_SECONDS;
		return;
	}
	drop = drop_take(inbox->server, &inbox->session, watch->folder, place, name, &inbox->misplaced);
	if (drop == NULL)
	{
		if (inbox->look_at > serve_now() + AGAIN_SECONDS)
			inbox->look_at = serve_now() + AGAIN_SECONDS;
		return;
	}
	drop->next = inbox->under_way;
	inbox->under_way = drop;
	inbox->nunder_way++;
}

static void look_through(Inbox *inbox, int w);

/* Watches a folder and all below it that has a place in the scheme. */
static void
watch_folder(Inbox *inbox, const Watch *above, const char *name)
{
	Watch	   *watch;
	char		path[64];
	int			folder = above == NULL ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
		openat(above->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int			number;

	if (folder < 0)
		return;
	/* By its number, so that what is watched is what was opened. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	number = inotify_add_watch(inbox->notices, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVE_SELF | IN_ONLYDIR);
	for (int i = 0; i < inbox->nwatches; i++)
	{
		if (inbox->watches[i].number == number)
		{
			close(folder);
			look_through(inbox, i);
			return;
		}
	}
	if (number < 0 || inbox->nwatches == MOST_WATCHES)
	{
		log_error("a folder of the drop folder can't be watched: %s", number < 0 ? strerror(errno) : "there are too many");
		close(folder);
		return;
	}
	watch = &inbox->watches[inbox->nwatches++];
	memset(watch, 0, sizeof(*watch));
	watch->number = number;
	watch->folder = folder;
	watch->depth = above == NULL ? 0 : above->depth + 1;
	for (int i = 0; i < watch->depth; i++)
	{
		watch->place[i] = strdup(i < watch->depth - 1 ? above->place[i] : name);
		if (watch->place[i] == NULL)
		{
			log_error("out of memory");
			stop_request();
			return;
		}
	}
	look_through(inbox, inbox->nwatches - 1);
}

/* What lies in a folder: further folders, or, at the bottom, files that nobody has touched for a while. */
static void
look_through(Inbox *inbox, int w)
{
	Watch		watch = inbox->watches[w];
	int			copy = openat(watch.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR		   *dir = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;

	if (dir == NULL)
	{
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(dir)) != NULL && !stop_requested())
	{
		struct stat st;

		if (entry->d_name[0] == '.' || fstatat(watch.folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (watch.depth < DEPTH && S_ISDIR(st.st_mode))
			watch_folder(inbox, &watch, entry->d_name);
		else if (watch.depth == DEPTH && S_ISREG(st.st_mode))
		{
			if (is_quiet(st.st_mtime) && is_quiet(st.st_ctime))
				take(inbox, &watch, entry->d_name);
			else if (inbox->look_at > serve_now() + QUIET_SECONDS + 1)
				inbox->look_at = serve_now() + QUIET_SECONDS + 1;
		}
	}
	closedir(dir);
}

static void
forget_watch(Inbox *inbox, int i)
{
	Watch	   *watch = &inbox->watches[i];

	close(watch->folder);
	for (int k = 0; k < DEPTH; k++)
		free(watch->place[k]);
	*watch = inbox->watches[--inbox->nwatches];
}

/* Begins anew, with the names that the folders have now. */
static void
forget_all(Inbox *inbox)
{
	while (inbox->nwatches > 0)
	{
		(void) inotify_rm_watch(inbox->notices, inbox->watches[0].number);
		forget_watch(inbox, 0);
	}
	inbox->misplaced = false;
	inbox->look_at = serve_now();
}

static void
take_notice(Inbox *inbox, const struct inotify_event *event)
{
	int			w = -1;

	if (event->mask & IN_Q_OVERFLOW)
	{
		inbox->look_at = serve_now();
		return;
	}
	for (int i = 0; i < inbox->nwatches && w < 0; i++)
	{
		if (inbox->watches[i].number == event->wd)
			w = i;
	}
	if (w < 0)
		return;
	if (event->mask & IN_IGNORED)
	{
		forget_watch(inbox, w);
		return;
	}
	if (event->mask & IN_MOVE_SELF)
	{
		inbox->misplaced = true;
		return;
	}
	if (event->len == 0 || event->name[0] == '.')
		return;
	if (event->mask & IN_ISDIR)
	{
		if (inbox->watches[w].depth < DEPTH)
		{
			Watch		above = inbox->watches[w];

			watch_folder(inbox, &above, event->name);
		}
	}
	else if (inbox->watches[w].depth == DEPTH && (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)))
	{
		Watch		watch = inbox->watches[w];

		take(inbox, &watch, event->name);
	}
}

static void
read_notices(Inbox *inbox)
{
	_Alignas(struct inotify_event) char buffer[16384];
	ssize_t		n = read(inbox->notices, buffer, sizeof(buffer));

	for (ssize_t i = 0; i < n;)
	{
		const struct inotify_event *event = (const struct inotify_event *) (buffer + i);

		take_notice(inbox, event);
		i += (ssize_t) sizeof(*event) + event->len;
	}
}

/* Moves those that have their verdict. */
static void
look_after(Inbox *inbox)
{
	Drop	  **at = &inbox->under_way;

	while (*at != NULL)
	{
		Drop	   *drop = *at;
		DropState	state = session_ready(&inbox->session) ? drop_look(drop, &inbox->session) : DROP_WAITS;

		if (state == DROP_WAITS)
		{
			at = &drop->next;
			continue;
		}
		*at = drop->next;
		inbox->nunder_way--;
		if (state == DROP_AGAIN && inbox->look_at > serve_now() + AGAIN_SECONDS)
			inbox->look_at = serve_now() + AGAIN_SECONDS;
		drop_free(drop);
	}
}

static void *
run(void *arg)
{
	Inbox	   *inbox = arg;
	const char *path = setting_text(inbox->server->hub, "inbox");

	inbox->look_at = serve_now();
	while (!atomic_load(&inbox->server->ended))
	{
		struct pollfd slot = {inbox->notices, POLLIN, 0};

		if (poll(&slot, 1, inbox->under_way != NULL ? 100 : STOP_POLL_MS) > 0)
			read_notices(inbox);
		if (inbox->misplaced)
			forget_all(inbox);
		if (serve_now() >= inbox->look_at && !atomic_load(&inbox->finishing))
		{
			inbox->look_at = serve_now() + LOOK_SECONDS;
			watch_folder(inbox, NULL, path);
		}
		look_after(inbox);
	}
	return NULL;
}

Inbox *
inbox_start(Server *server)
{
	Inbox	   *inbox = calloc(1, sizeof(Inbox));
	const char *path = setting_text(server->hub, "inbox");
	int			folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0)
		close(folder);
	else
		log_error("the drop folder %s can't be opened: %s", path, strerror(errno));
	if (inbox == NULL || folder < 0 || !session_init(&inbox->session, server->hub, "inbox", LOADER_ROLE))
	{
		free(inbox);
		return NULL;
	}
	inbox->server = server;
	inbox->notices = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (inbox->notices >= 0 && pthread_create(&inbox->thread, NULL, run, inbox) == 0)
		return inbox;
	if (inbox->notices >= 0)
		close(inbox->notices);
	session_close(&inbox->session);
	free(inbox);
	return NULL;
}

void
inbox_finish(Inbox *inbox)
{
	if (inbox != NULL)
		atomic_store(&inbox->finishing, true);
}

void
inbox_join(Inbox *inbox)
{
	if (inbox != NULL)
		pthread_join(inbox->thread, NULL);
}

void
inbox_free(Inbox *inbox)
{
	if (inbox == NULL)
		return;
	while (inbox->under_way != NULL)
	{
		Drop	   *drop = inbox->under_way;

		inbox->under_way = drop->next;
		drop_free(drop);
	}
	while (inbox->nwatches > 0)
		forget_watch(inbox, 0);
	close(inbox->notices);
	session_close(&inbox->session);
	free(inbox);
}
