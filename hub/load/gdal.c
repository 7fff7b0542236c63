/*
 * hub/load/gdal.c
 *		Running ogr2ogr.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load/files.h"
#include "load/gdal.h"
#include "program/child.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

#define MAX_ARGUMENTS 24
#define MAX_MESSAGES 4096

/* Complaints of GDAL that say nothing about the boundaries. Any other refuses the file. */
static const char *const harmless[] = {
	"has GPKG application_id, but non conformant file extension",
	"non conformant file extension",
	"organizePolygons() received",
	"Recode from",
	"Several features with id",
	"driver supports only",
};

/* How ogr2ogr is started. */
typedef struct GdalStart
{
	char *const *arguments;
	char *const *environment;
	int			output;
	int			messages;
	rlim_t		memory;			/* bytes */
	rlim_t		cpu;			/* seconds */
} GdalStart;

static void
become_ogr2ogr(const void *context, int report)
{
	const GdalStart *start = context;
	int			null = open("/dev/null", O_RDONLY);
	sigset_t	none;

	if (null < 0)
		child_failed(report, "open /dev/null");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		child_failed(report, "tie it to this program");
	if (!child_limit(RLIMIT_AS, start->memory, start->memory))
		child_failed(report, "limit its memory (RLIMIT_AS)");
	if (!child_limit(RLIMIT_CPU, start->cpu, start->cpu + 1))
		child_failed(report, "limit its processor time (RLIMIT_CPU)");
	/* 1: see document.c. */
	if (!child_limit(RLIMIT_CORE, 1, 1))
		child_failed(report, "forbid core dumps (RLIMIT_CORE)");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A stop from the keyboard reaches the whole group: the hub decides what becomes of the child. */
	setpgid(0, 0);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(start->output, STDOUT_FILENO) < 0 || dup2(start->messages, STDERR_FILENO) < 0)
		child_failed(report, "hand it the file");
	execvpe(start->arguments[0], start->arguments, start->environment);
	child_failed(report, "execute it");
}

HubExit
gdal_start(Hub *hub, const OpenSource *open_source, Gdal *gdal)
{
	char		proj[PATH_MAX + 16];
	char		data[PATH_MAX + 16];
	char		path[PATH_MAX + 16];
	char	   *arguments[MAX_ARGUMENTS];
	char	   *environment[8];
	char		reason[256];
	GdalStart	start;
	int			ends[2];
	int			n = 0;

	memset(gdal, 0, sizeof(*gdal));
	gdal->output = gdal->messages = -1;
#define ARGUMENT(text) arguments[n++] = (char *) (text)
	ARGUMENT("ogr2ogr");
	ARGUMENT("-f");
	ARGUMENT("GeoJSONSeq");
	ARGUMENT("/vsistdout/");
	ARGUMENT(open_source->gdal_path);
	ARGUMENT("-t_srs");
	ARGUMENT("EPSG:4326");
	ARGUMENT("-lco");
	ARGUMENT("COORDINATE_PRECISION=9");
	ARGUMENT("--config");
	ARGUMENT("OGR_GEOJSON_MAX_OBJ_SIZE");
	ARGUMENT("0");
	ARGUMENT("--config");
	ARGUMENT("OGR_ENABLE_PARTIAL_REPROJECTION");
	ARGUMENT("NO");
	arguments[n] = NULL;
#undef ARGUMENT

	/* Nothing of ours goes along: no connection, no password, no proxy. */
	n = 0;
	snprintf(path, sizeof(path), "PATH=%s", getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
	environment[n++] = path;
	environment[n++] = (char *) "LC_ALL=C.UTF-8";
	environment[n++] = (char *) "PROJ_NETWORK=OFF";
	environment[n++] = (char *) "GDAL_HTTP_MAX_RETRY=0";
	environment[n++] = (char *) "GDAL_NUM_THREADS=1";
	if (getenv("PROJ_LIB") != NULL)
	{
		snprintf(proj, sizeof(proj), "PROJ_LIB=%s", getenv("PROJ_LIB"));
		environment[n++] = proj;
	}
	if (getenv("GDAL_DATA") != NULL)
	{
		snprintf(data, sizeof(data), "GDAL_DATA=%s", getenv("GDAL_DATA"));
		environment[n++] = data;
	}
	environment[n] = NULL;

	gdal->messages = temporary_file();
	if (gdal->messages < 0)
		return HUB_INTERNAL;
	if (pipe2(ends, O_CLOEXEC) != 0)
	{
		log_error("could not prepare for ogr2ogr: %s", strerror(errno));
		close(gdal->messages);
		gdal->messages = -1;
		return HUB_INTERNAL;
	}
	start.arguments = arguments;
	start.environment = environment;
	start.output = ends[1];
	start.messages = gdal->messages;
	start.memory = (rlim_t) setting_number(hub, "gdal-memory") * 1024 * 1024;
	start.cpu = (rlim_t) setting_number(hub, "gdal-cpu");
	gdal->pid = child_start(become_ogr2ogr, &start, reason, sizeof(reason));
	close(ends[1]);
	gdal->output = ends[0];
	if (gdal->pid < 0)
	{
		log_error("could not start ogr2ogr, with which boundary files are read (Debian: gdal-bin): %s", reason);
		gdal->pid = 0;
		close(gdal->output);
		close(gdal->messages);
		gdal->output = gdal->messages = -1;
		return HUB_INTERNAL;
	}
	return HUB_OK;
}

/* The first message that matters, in a buffer; false if there is none. */
static bool
first_complaint(int messages, char *text, size_t size)
{
	char		all[MAX_MESSAGES + 1];
	ssize_t		length = pread(messages, all, MAX_MESSAGES, 0);
	char	   *state = NULL;

	if (length <= 0)
		return false;
	all[length] = '\0';
	for (char *line = strtok_r(all, "\r\n", &state); line != NULL; line = strtok_r(NULL, "\r\n", &state))
	{
		bool		matters = true;

		for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]) && matters; i++)
			matters = strstr(line, harmless[i]) == NULL;
		if (matters)
		{
			snprintf(text, size, "%s", line);
			return true;
		}
	}
	return false;
}

HubExit
gdal_end(Hub *hub, const Source *source, Gdal *gdal, bool whole)
{
	char		text[512];
	int			status = 0;
	HubExit		exit_code = HUB_OK;

	if (gdal->pid == 0)
		return HUB_OK;
	if (gdal->output >= 0)
		close(gdal->output);
	if (!whole)
		kill(gdal->pid, SIGKILL);
	while (waitpid(gdal->pid, &status, 0) < 0)
	{
		if (errno != EINTR)
		{
			log_error("could not wait for ogr2ogr: %s", strerror(errno));
			exit_code = HUB_INTERNAL;
			break;
		}
		if (stop_requested())
			kill(gdal->pid, SIGKILL);
	}
	if (exit_code == HUB_OK && whole)
	{
		bool		said = first_complaint(gdal->messages, text, sizeof(text));

		exit_code = HUB_REFUSED;
		if (stop_requested() && WIFSIGNALED(status))
			exit_code = HUB_STOPPED;
		else if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
			log_line(LOG_ERROR, source->shown, "refused: GDAL needs more than %ld s of CPU time (--gdal-cpu)",
					 setting_number(hub, "gdal-cpu"));
		else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			log_line(LOG_ERROR, source->shown, "refused: GDAL can't read it within %ld MiB (--gdal-memory): %s",
					 setting_number(hub, "gdal-memory"), said ? text : "it was ended");
		else if (said)
			log_line(LOG_ERROR, source->shown, "refused: GDAL says: %s", text);
		else
			exit_code = HUB_OK;
	}
	if (gdal->messages >= 0)
		close(gdal->messages);
	memset(gdal, 0, sizeof(*gdal));
	return exit_code;
}
