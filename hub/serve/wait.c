/*
 * hub/serve/wait.c
 *		Requests that wait, and the thread that looks at the clock for them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/clock.h"
#include "serve/links.h"
#include "serve/pool.h"
#include "serve/request.h"
#include "serve/wait.h"

#define TICK_MS 100
#define RECENT 4096
#define MOST_PAUSED 256

struct Waiters
{
	Server	   *server;
	pthread_mutex_t lock;
	Request    *first;			/* in no order */
	int			paused;
	bool		released;
	bool		ending;
	int64_t		recent[RECENT]; /* a notice may come before its request is here */
	unsigned	next_recent;
	pthread_t	thread;
};

static void
go_on(Waiters *waiters, Request *request)
{
	request->next = NULL;
	/* With the pool full the answer is the state as it was. */
	if (request->run == NULL || !pool_submit(waiters->server->pool, request))
		request_resume(request);
}

/* Takes out of the list whoever is to go on, into a list of its own. */
static Request *
take(Waiters *waiters, double now, int64_t submission, bool all)
{
	Request    *out = NULL;
	Request   **at = &waiters->first;

	while (*at != NULL)
	{
		Request    *request = *at;

		if (all || request->deadline <= now || (request->run != NULL && (request->id == submission || submission == WAITERS_ANY)))
		{
			*at = request->next;
			request->next = out;
			out = request;
			if (request->run == NULL)
				waiters->paused--;
		}
		else
			at = &request->next;
	}
	return out;
}

static void
all_go_on(Waiters *waiters, Request *list)
{
	while (list != NULL)
	{
		Request    *request = list;

		list = request->next;
		go_on(waiters, request);
	}
}

static void *
watch_clock(void *arg)
{
	Waiters    *waiters = arg;
	bool		ending = false;

	while (!ending)
	{
		struct timespec pause = {0, TICK_MS * 1000000L};
		Request    *list;

		nanosleep(&pause, NULL);
		pthread_mutex_lock(&waiters->lock);
		list = take(waiters, serve_now(), 0, waiters->released);
		ending = waiters->ending;
		pthread_mutex_unlock(&waiters->lock);
		all_go_on(waiters, list);
		links_close_slow(waiters->server->links);
	}
	return NULL;
}

Waiters *
waiters_start(Server *server)
{
	Waiters    *waiters = calloc(1, sizeof(Waiters));

	if (waiters == NULL)
		return NULL;
	waiters->server = server;
	pthread_mutex_init(&waiters->lock, NULL);
	if (pthread_create(&waiters->thread, NULL, watch_clock, waiters) == 0)
		return waiters;
	free(waiters);
	return NULL;
}

void
waiters_pause(Waiters *waiters, Request *request, double seconds)
{
	bool		taken;

	request->run = NULL;
	request->deadline = serve_now() + seconds;
	pthread_mutex_lock(&waiters->lock);
	taken = !waiters->released && waiters->paused < MOST_PAUSED;
	if (taken)
	{
		request->next = waiters->first;
		waiters->first = request;
		waiters->paused++;
	}
	pthread_mutex_unlock(&waiters->lock);
	if (!taken)
		request_resume(request);
}

void
waiters_add(Waiters *waiters, Request *request, int64_t submission)
{
	bool		known = false;

	request->id = submission;
	pthread_mutex_lock(&waiters->lock);
	for (int i = 0; i < RECENT && !known; i++)
		known = waiters->recent[i] == submission;
	known = known || waiters->released;
	if (!known)
	{
		request->next = waiters->first;
		waiters->first = request;
	}
	pthread_mutex_unlock(&waiters->lock);
	if (known)
		go_on(waiters, request);
}

void
waiters_checked(Waiters *waiters, int64_t submission)
{
	Request    *list;

	pthread_mutex_lock(&waiters->lock);
	if (submission != WAITERS_ANY)
		waiters->recent[waiters->next_recent++ % RECENT] = submission;
	list = take(waiters, 0, submission, false);
	pthread_mutex_unlock(&waiters->lock);
	all_go_on(waiters, list);
}

char *
waiters_list(Waiters *waiters)
{
	char	   *text = NULL;
	size_t		size = 0;
	FILE	   *out = NULL;

	pthread_mutex_lock(&waiters->lock);
	for (const Request *request = waiters->first; request != NULL; request = request->next)
	{
		if (request->run == NULL)
			continue;
		if (out == NULL && (out = open_memstream(&text, &size)) == NULL)
			break;
		fprintf(out, "%c%" PRId64, ftello(out) == 0 ? '{' : ',', request->id);
	}
	pthread_mutex_unlock(&waiters->lock);
	if (out == NULL)
		return NULL;
	putc('}', out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

void
waiters_release(Waiters *waiters)
{
	Request    *list;

	pthread_mutex_lock(&waiters->lock);
	waiters->released = true;
	list = take(waiters, 0, 0, true);
	pthread_mutex_unlock(&waiters->lock);
	all_go_on(waiters, list);
}

void
waiters_stop(Waiters *waiters)
{
	if (waiters == NULL)
		return;
	waiters_release(waiters);
	pthread_mutex_lock(&waiters->lock);
	waiters->ending = true;
	pthread_mutex_unlock(&waiters->lock);
	pthread_join(waiters->thread, NULL);
	pthread_mutex_destroy(&waiters->lock);
	free(waiters);
}
