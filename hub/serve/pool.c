/*
 * hub/serve/pool.c
 *		The bounded pool of connections.
 */
#include <stdlib.h>

#include "program/log.h"
#include "serve/answer.h"
#include "serve/pool.h"
#include "serve/request.h"
#include "serve/session.h"

#define MOST_WAITING 2000
#define MOST_THREADS 64

struct Pool
{
	Server	   *server;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	Request    *first;
	Request    *last;
	int			waiting;
	bool		ending;
	int			nthreads;
	pthread_t	threads[MOST_THREADS];
};

static Request *
next_request(Pool *pool)
{
	Request    *request;

	pthread_mutex_lock(&pool->lock);
	while (pool->first == NULL && !pool->ending)
		pthread_cond_wait(&pool->wake, &pool->lock);
	request = pool->first;
	if (request != NULL)
	{
		pool->first = request->next;
		if (pool->first == NULL)
			pool->last = NULL;
		pool->waiting--;
		request->next = NULL;
	}
	pthread_mutex_unlock(&pool->lock);
	return request;
}

static void *
serve_requests(void *arg)
{
	Pool	   *pool = arg;
	Session		session;
	Request    *request;

	if (!session_init(&session, pool->server->hub, "serve", NULL))
		log_error("out of memory");
	while ((request = next_request(pool)) != NULL)
	{
		if (session.prepared == NULL || !session_await(&session, &pool->server->ready))
		{
			answer_unavailable(request, "The database can't be reached at the moment.");
			request_resume(request);
		}
		else
			request->run(request, &session);
	}
	session_close(&session);
	return NULL;
}

Pool *
pool_start(Server *server, int connections)
{
	Pool	   *pool = calloc(1, sizeof(Pool));

	if (pool == NULL)
		return NULL;
	pool->server = server;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	for (int i = 0; i < connections && i < MOST_THREADS; i++)
	{
		if (pthread_create(&pool->threads[i], NULL, serve_requests, pool) != 0)
			break;
		pool->nthreads++;
	}
	if (pool->nthreads > 0)
		return pool;
	free(pool);
	return NULL;
}

bool
pool_submit(Pool *pool, Request *request)
{
	bool		taken;

	pthread_mutex_lock(&pool->lock);
	taken = pool->waiting < MOST_WAITING && !pool->ending;
	if (taken)
	{
		request->next = NULL;
		if (pool->last != NULL)
			pool->last->next = request;
		else
			pool->first = request;
		pool->last = request;
		pool->waiting++;
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->lock);
	return taken;
}

void
pool_stop(Pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (int i = 0; i < pool->nthreads; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}
