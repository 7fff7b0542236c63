/*
 * hub/load/load.c
 *		Loading reference files: which, in what order, by how many workers.
 *
 * Everything but crime is loaded first, one by one in the order given; then crime by several workers. Two crime files
 * that begin with the same month of the same force are never under way together, so that the later one wins.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/load.h"
#include "load/recognise.h"
#include "load/store.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

typedef enum ItemState
{
	ITEM_WAITING,
	ITEM_UNDER_WAY,
	ITEM_FINISHED
} ItemState;

typedef struct Loader
{
	Hub		   *hub;
	const LoadOptions *options;
	SourceList	list;
	Names		names;
	pthread_mutex_t lock;		/* of all that follows, and of the callback */
	pthread_cond_t changed;
	ItemState  *states;
	HubExit		exit_code;
	bool		ended;			/* something happened after which no file can be loaded */
} Loader;

static bool
is_crime(const Source *source)
{
	return source->kind != NULL && source->problem == NULL && strcmp(source->kind, "crime") == 0;
}

/* A failure of these is not the file's. */
static bool
ends_all(HubExit exit_code)
{
	return exit_code == HUB_CONNECTION || exit_code == HUB_INTERNAL || exit_code == HUB_STOPPED ||
		exit_code == HUB_SCHEMA || exit_code == HUB_USAGE;
}

static void
tell(Loader *loader, const Source *source, LoadReport *report)
{
	/* Found on the way, a file that is of no use is not a failure. */
	if (report->outcome == LOAD_REFUSED && !source->named && report->reason != NULL &&
		(source->kind == NULL || source->problem != NULL))
	{
		report->outcome = LOAD_SKIPPED;
		report->exit_code = HUB_OK;
	}
	report->name = source->shown;
	if (report->outcome != LOAD_STORED || source->format != SOURCE_TEXT)
		loader->options->progress->bytes_done += source->size;
	pthread_mutex_lock(&loader->lock);
	loader->options->done(loader->options->arg, report);
	loader->exit_code = hub_worse(loader->exit_code, report->exit_code);
	if (ends_all(report->exit_code))
		loader->ended = true;
	pthread_mutex_unlock(&loader->lock);
	load_report_free(report);
}

/* A source that need not be opened to tell what becomes of it: refused if it was named, else skipped. */
static void
turn_away(Loader *loader, const Source *source, const char *reason)
{
	LoadReport	report = {0};

	report.outcome = LOAD_REFUSED;
	report.exit_code = HUB_REFUSED;
	report.kind = source->kind != NULL ? strdup(source->kind) : NULL;
	report.reason = strdup(reason);
	tell(loader, source, &report);
}

static void
load_one(Loader *loader, Worker *worker, Source *source)
{
	LoadReport	report = {0};

	if (source->size == 0)
		turn_away(loader, source, "it is empty");
	else if (source->format == SOURCE_OTHER)
		turn_away(loader, source, "it is neither a CSV nor a boundary file");
	else if (source->problem != NULL)
		turn_away(loader, source, source->problem);
	else if (source->format == SOURCE_TEXT && source->kind == NULL)
		turn_away(loader, source, "its heading is that of no known kind; --as names one");
	else
	{
		store_source(worker, source, &report);
		tell(loader, source, &report);
	}
}

static void
load_others(Loader *loader, Worker *worker)
{
	for (size_t i = 0; i < loader->list.count && !loader->ended; i++)
	{
		Source	   *source = &loader->list.items[i];

		if (is_crime(source))
			continue;
		if (stop_requested())
		{
			loader->exit_code = hub_worse(loader->exit_code, HUB_STOPPED);
			loader->ended = true;
			break;
		}
		load_one(loader, worker, source);
	}
}

/* The next crime file that may start; *wait is set if there is one that has to wait for another. */
static Source *
next_crime(Loader *loader, bool *wait)
{
	*wait = false;
	for (size_t i = 0; i < loader->list.count; i++)
	{
		Source	   *source = &loader->list.items[i];
		bool		blocked = false;

		if (!is_crime(source) || loader->states[i] != ITEM_WAITING)
			continue;
		for (size_t j = 0; j < i && !blocked; j++)
		{
			const Source *other = &loader->list.items[j];

			blocked = loader->states[j] != ITEM_FINISHED && is_crime(other) && source->first != NULL &&
				other->first != NULL && strcmp(source->first, other->first) == 0;
		}
		if (!blocked)
		{
			loader->states[i] = ITEM_UNDER_WAY;
			return source;
		}
		*wait = true;
	}
	return NULL;
}

typedef struct CrimeWorker
{
	Loader	   *loader;
	Worker	   *worker;
	pthread_t	thread;
	bool		running;
} CrimeWorker;

static void *
work_on_crime(void *arg)
{
	CrimeWorker *self = arg;
	Loader	   *loader = self->loader;
	Worker	   *worker = self->worker;

	if (!worker->connected)
	{
		HubExit		exit_code = db_open(loader->hub, &worker->db, "load");

		worker->connected = exit_code == HUB_OK;
		if (exit_code != HUB_OK)
		{
			pthread_mutex_lock(&loader->lock);
			loader->exit_code = hub_worse(loader->exit_code, exit_code);
			loader->ended = true;
			pthread_cond_broadcast(&loader->changed);
			pthread_mutex_unlock(&loader->lock);
			return NULL;
		}
	}
	pthread_mutex_lock(&loader->lock);
	while (!loader->ended)
	{
		bool		wait = false;
		Source	   *source = stop_requested() ? NULL : next_crime(loader, &wait);

		if (stop_requested())
		{
			loader->exit_code = hub_worse(loader->exit_code, HUB_STOPPED);
			loader->ended = true;
			break;
		}
		if (source == NULL && !wait)
			break;
		if (source == NULL)
		{
			pthread_cond_wait(&loader->changed, &loader->lock);
			continue;
		}
		pthread_mutex_unlock(&loader->lock);
		load_one(loader, worker, source);
		pthread_mutex_lock(&loader->lock);
		loader->states[source - loader->list.items] = ITEM_FINISHED;
		pthread_cond_broadcast(&loader->changed);
	}
	pthread_cond_broadcast(&loader->changed);
	pthread_mutex_unlock(&loader->lock);
	return NULL;
}

static void
worker_init(Worker *worker, Loader *loader)
{
	memset(worker, 0, sizeof(*worker));
	worker->hub = loader->hub;
	worker->names.names = &loader->names;
	worker->progress = loader->options->progress;
}

static void
worker_free(Worker *worker)
{
	if (worker->connected)
		db_close(&worker->db);
	name_cache_free(&worker->names);
	zip_cursor_close(&worker->zip);
}

/* The first worker is the caller itself, with the connection that it has. */
static void
load_crime(Loader *loader, Worker *first)
{
	size_t		files = 0;
	size_t		nworkers = (size_t) setting_number(loader->hub, "workers");
	CrimeWorker *crew;
	Worker	   *workers;

	for (size_t i = 0; i < loader->list.count; i++)
		files += is_crime(&loader->list.items[i]);
	if (files == 0 || loader->ended)
		return;
	if (nworkers > files)
		nworkers = files;
	crew = calloc(nworkers, sizeof(CrimeWorker));
	workers = calloc(nworkers, sizeof(Worker));
	if (crew == NULL || workers == NULL)
	{
		log_error("out of memory");
		loader->exit_code = HUB_INTERNAL;
		free(crew);
		free(workers);
		return;
	}
	for (size_t i = 0; i < nworkers; i++)
	{
		crew[i].loader = loader;
		crew[i].worker = i == 0 ? first : &workers[i];
		if (i > 0)
		{
			worker_init(&workers[i], loader);
			crew[i].running = pthread_create(&crew[i].thread, NULL, work_on_crime, &crew[i]) == 0;
		}
	}
	work_on_crime(&crew[0]);
	for (size_t i = 1; i < nworkers; i++)
	{
		if (crew[i].running)
			pthread_join(crew[i].thread, NULL);
		worker_free(&workers[i]);
	}
	free(crew);
	free(workers);
}

/* Called for each source that is found: its kind, by a connection that is open already. */
static HubExit
recognise_source(void *arg, Source *source, const char *head, size_t length)
{
	Worker	   *worker = arg;

	if (source->format != SOURCE_TEXT || source->size == 0)
		return HUB_OK;
	return recognise_text(&worker->db, source, head, length);
}

HubExit
load_paths(Hub *hub, int npaths, char **paths, const LoadOptions *options)
{
	Loader		loader = {0};
	Worker		first;
	HubExit		exit_code;

	loader.hub = hub;
	loader.options = options;
	pthread_mutex_init(&loader.lock, NULL);
	pthread_cond_init(&loader.changed, NULL);
	names_init(&loader.names, hub);
	worker_init(&first, &loader);
	exit_code = db_open_current(hub, &first.db, "load");
	first.connected = exit_code == HUB_OK;
	loader.list.recognise = recognise_source;
	loader.list.arg = &first;

	for (int i = 0; i < npaths && first.connected && !loader.ended; i++)
	{
		exit_code = source_add(hub, &loader.list, paths[i]);
		loader.exit_code = hub_worse(loader.exit_code, exit_code);
		loader.ended = ends_all(exit_code) || exit_code == HUB_DATABASE;
	}
	if (first.connected && !loader.ended)
	{
		uint64_t	total = 0;

		for (size_t i = 0; i < loader.list.count; i++)
			total += loader.list.items[i].size;
		options->progress->bytes_total = total;
		loader.states = calloc(loader.list.count + 1, sizeof(ItemState));
		if (loader.states == NULL)
		{
			log_error("out of memory");
			loader.exit_code = HUB_INTERNAL;
		}
		else
		{
			load_others(&loader, &first);
			load_crime(&loader, &first);
		}
	}
	exit_code = first.connected ? loader.exit_code : exit_code;
	worker_free(&first);
	names_free(&loader.names);
	source_list_free(&loader.list);
	free(loader.states);
	pthread_cond_destroy(&loader.changed);
	pthread_mutex_destroy(&loader.lock);
	return exit_code;
}
