/*
 * hub/document/document.c
 *		Running wardstar-read and taking in what it prints.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "document.h"
#include "program/child.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

#define READER_REFUSED 4
#define READER_MAX_OUTPUT (200L * 1024 * 1024)
#define READER_WALL_SECONDS 30

bool
document_is_one(const void *bytes, size_t size)
{
	static const unsigned char ole[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};

	return size >= 8 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "%PDF", 4) == 0 || memcmp(bytes, ole, 8) == 0);
}

/* The reader stands beside this program, or where the setting says. */
static bool
reader_path(Hub *hub, char *path, size_t size)
{
	const char *named = setting_text(hub, "reader");
	ssize_t		n;
	char	   *slash;

	if (named != NULL)
		return snprintf(path, size, "%s", named) < (int) size;
	n = readlink("/proc/self/exe", path, size - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	slash = strrchr(path, '/');
	return slash != NULL && snprintf(slash + 1, size - (size_t) (slash + 1 - path), "wardstar-read") == 13;
}

/* How the reader is started. */
typedef struct ReaderStart
{
	const char *path;
	int			input;
	int			output;
	rlim_t		memory;			/* bytes */
	rlim_t		cpu;			/* seconds */
} ReaderStart;

static void
become_reader(const void *context, int report)
{
	const ReaderStart *start = context;
	char		name[] = "/proc/self/fd/0";
	char	   *arguments[] = {"wardstar-read", name, NULL};
	char	   *environment[] = {"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", NULL};
	sigset_t	none;

	if (!child_limit(RLIMIT_AS, start->memory, start->memory))
		child_failed(report, "limit its memory (RLIMIT_AS)");
	if (!child_limit(RLIMIT_CPU, start->cpu, start->cpu))
		child_failed(report, "limit its processor time (RLIMIT_CPU)");
	/* Not 0, which a kernel that pipes core dumps to a program takes for "no limit"; 1 is "none" for it too. Where 0 is
	 * the most that may be asked, the reader still makes itself undumpable. */
	if (!child_limit(RLIMIT_CORE, 1, 1))
		child_failed(report, "forbid core dumps (RLIMIT_CORE)");
	if (!child_limit(RLIMIT_FSIZE, 0, 0))
		child_failed(report, "forbid writing files (RLIMIT_FSIZE)");
	if (!child_limit(RLIMIT_NOFILE, 64, 64))
		child_failed(report, "limit its files (RLIMIT_NOFILE)");
	sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(start->input, 0) != 0 || dup2(start->output, 1) != 1)
		child_failed(report, "hand it the document");
	/* What it gets is the document and the pipe for its rows, nothing else of the hub's. */
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		child_failed(report, "keep the hub's files from it");
	(void) fcntl(2, F_SETFD, FD_CLOEXEC);
	execve(start->path, arguments, environment);
	child_failed(report, "execute it");
}

/* The bytes as a file that has no name and lies in memory. */
static int
in_memory(const void *bytes, size_t size)
{
	int			fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const char *at = bytes;

	while (fd >= 0 && size > 0)
	{
		ssize_t		n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
		{
			close(fd);
			return -1;
		}
		at += n;
		size -= (size_t) n;
	}
	return fd;
}

/* Nothing of a refused document is kept but the reason. */
static bool
refuse(Document *document, const char *reason)
{
	char	   *copy = strdup(reason);

	document_free(document);
	document->refused = copy;
	return copy != NULL;
}

static const char *
text_of(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : NULL;
}

static int
number_of(struct json_object *object, const char *name, int otherwise)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_int(value) : otherwise;
}

static bool
flag_of(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) && json_object_get_boolean(value);
}

/* Room for one more entry of an array that grows by doubling. */
static bool
grow(void **array, size_t count, size_t size)
{
	if (count == 0 || (count >= 64 && (count & (count - 1)) == 0))
	{
		void	   *larger = realloc(*array, (count < 64 ? 64 : 2 * count) * size);

		if (larger == NULL)
			return false;
		*array = larger;
	}
	return true;
}

/* One line of the reader's; false only when memory is short. */
static bool
take_object(Document *document, struct json_object *object, bool *ended)
{
	struct json_object *present;
	const char *text;

	if ((text = text_of(object, "refused")) != NULL)
		return refuse(document, text);
	if ((text = text_of(object, "document")) != NULL)
		snprintf(document->kind, sizeof(document->kind), "%s", text);
	else if (json_object_object_get_ex(object, "sheet", &present))
	{
		DocumentSheet	   *sheet;

		if (!grow((void **) &document->sheets, document->nsheets, sizeof(DocumentSheet)))
			return false;
		sheet = &document->sheets[document->nsheets++];
		text = text_of(object, "name");
		sheet->number = number_of(object, "sheet", 0);
		sheet->hidden = flag_of(object, "hidden");
		sheet->name = strdup(text != NULL ? text : "");
		return sheet->name != NULL;
	}
	else if (json_object_object_get_ex(object, "row", &present) && document->nsheets > 0)
	{
		DocumentCell	   *cell;
		const char *type = text_of(object, "type");

		if (!grow((void **) &document->cells, document->ncells, sizeof(DocumentCell)))
			return false;
		cell = &document->cells[document->ncells++];
		text = text_of(object, "text");
		cell->sheet = (int) document->nsheets - 1;
		cell->row = number_of(object, "row", 1);
		cell->column = number_of(object, "column", 1);
		cell->rows = number_of(object, "rows", 1);
		cell->columns = number_of(object, "columns", 1);
		cell->hidden = flag_of(object, "hidden") || document->sheets[cell->sheet].hidden;
		cell->type = type == NULL ? '\0' : type[0] == 'b' ? 'b' : type[0] == 'p' ? '%' : 'd';
		cell->text = strdup(text != NULL ? text : "");
		if (cell->text == NULL)
			return false;
		/* Tables are laid out by these. */
		if (cell->row < 1 || cell->column < 1 || cell->rows < 1 || cell->columns < 1)
			return refuse(document, "it is damaged: a cell stands nowhere");
	}
	else if (flag_of(object, "end"))
		*ended = true;
	return true;
}

static bool
take_output(Document *document, char *output, bool *ended)
{
	char	   *save = NULL;
	bool		fine = true;

	for (char *line = strtok_r(output, "\n", &save); line != NULL && fine && document->refused == NULL; line = strtok_r(NULL, "\n", &save))
	{
		struct json_object *object = json_tokener_parse(line);

		/* GDAL or a library of its may print a line of its own. */
		if (object == NULL)
			continue;
		if (json_object_is_type(object, json_type_object))
			fine = take_object(document, object, ended);
		json_object_put(object);
	}
	return fine;
}

/* All that the child prints, until it closes, the time is over or it prints too much. NULL when it went wrong. */
static char *
gather(int fd, bool *late)
{
	char	   *output = NULL;
	size_t		used = 0;
	size_t		room = 0;
	struct timespec now;
	time_t		end;

	*late = false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + READER_WALL_SECONDS;
	for (;;)
	{
		struct pollfd ready = {fd, POLLIN, 0};
		ssize_t		n;

		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end || stop_requested() || used > (size_t) READER_MAX_OUTPUT)
		{
			*late = true;
			break;
		}
		if (room - used < 65537)
		{
			char	   *larger = realloc(output, room == 0 ? 262144 : room * 2);

			if (larger == NULL)
				break;
			output = larger;
			room = room == 0 ? 262144 : room * 2;
		}
		if (poll(&ready, 1, STOP_POLL_MS) <= 0)
			continue;
		n = read(fd, output + used, 65536);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
		{
			output[used] = '\0';
			return output;
		}
		used += (size_t) n;
	}
	free(output);
	return NULL;
}

HubExit
document_read(Hub *hub, const void *bytes, size_t size, Document *document)
{
	char		path[4096];
	int			channel[2] = {-1, -1};
	int			input = -1;
	pid_t		child = -1;
	int			status = 0;
	bool		late = false;
	bool		ended = false;
	char	   *output = NULL;
	HubExit		result = HUB_INTERNAL;

	memset(document, 0, sizeof(*document));
	if (!reader_path(hub, path, sizeof(path)) || access(path, X_OK) != 0)
	{
		log_error("wardstar-read, which reads documents, is not beside this program; use --reader");
		return HUB_INTERNAL;
	}
	input = in_memory(bytes, size);
	if (input < 0 || pipe2(channel, O_CLOEXEC) != 0)
		log_error("could not start wardstar-read: could not hold the document in memory: %s", strerror(errno));
	else
	{
		ReaderStart start = {path, input, channel[1], (rlim_t) setting_number(hub, "reader-memory") * 1024 * 1024,
		(rlim_t) setting_number(hub, "reader-cpu")};
		char		reason[256];

		child = child_start(become_reader, &start, reason, sizeof(reason));
		if (child < 0)
			log_error("could not start wardstar-read (%s): %s", path, reason);
	}
	if (child > 0)
	{
		close(channel[1]);
		channel[1] = -1;
		output = gather(channel[0], &late);
		if (output == NULL)
			(void) kill(child, SIGKILL);
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (output != NULL && !take_output(document, output, &ended))
			log_error("out of memory");
		else if (stop_requested())
			result = HUB_STOPPED;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			log_error("wardstar-read could not load its libraries within %ld MiB (--reader-memory)",
					  setting_number(hub, "reader-memory"));
		else
		{
			result = HUB_OK;
			/* Killed by a limit, crashed, or ended in mid-document: none of it is taken. */
			if (document->refused == NULL && (late || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !ended))
			{
				if (!refuse(document, "it is damaged, or takes far more time or memory to read than a return should"))
					result = HUB_INTERNAL;
			}
		}
	}
	free(output);
	if (input >= 0)
		close(input);
	for (int i = 0; i < 2; i++)
	{
		if (channel[i] >= 0)
			close(channel[i]);
	}
	if (result != HUB_OK)
		document_free(document);
	return result;
}

HubExit
document_read_if_one(Hub *hub, const void *bytes, size_t size, Document *document)
{
	memset(document, 0, sizeof(*document));
	return document_is_one(bytes, size) ? document_read(hub, bytes, size, document) : HUB_OK;
}

void
document_free(Document *document)
{
	for (size_t i = 0; i < document->ncells; i++)
		free(document->cells[i].text);
	for (size_t i = 0; i < document->nsheets; i++)
		free(document->sheets[i].name);
	free(document->cells);
	free(document->sheets);
	free(document->refused);
	memset(document, 0, sizeof(*document));
}
