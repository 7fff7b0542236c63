/*
 * hub/serve/links.c
 *		The connections of clients.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "serve/answer.h"
#include "serve/clock.h"
#include "serve/links.h"
#include "serve/metrics.h"

/* A body must come at this rate on average, once the first seconds are over. */
#define LEAST_RATE 512.0
#define BODY_GRACE 20.0

/* Whoever has not read an answer by then never will. */
#define ANSWER_SECONDS 900.0

typedef enum Doing
{
	DOING_HEADERS,
	DOING_BODY,
	DOING_WORK,
	DOING_ANSWER
} Doing;

struct Link
{
	Links	   *links;
	Link	   *previous;
	Link	   *next;
	int			fd;
	atomic_int	doing;
	_Atomic double since;
	atomic_ulong bytes;
	bool		closed;
};

struct Links
{
	Server	   *server;
	pthread_mutex_t lock;
	Link	   *first;
	long		count;
};

Links *
links_create(Server *server)
{
	Links	   *links = calloc(1, sizeof(Links));

	if (links != NULL)
	{
		links->server = server;
		pthread_mutex_init(&links->lock, NULL);
	}
	return links;
}

void
links_free(Links *links)
{
	if (links == NULL)
		return;
	pthread_mutex_destroy(&links->lock);
	free(links);
}

void
links_notice(void *arg, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	Links	   *links = arg;
	Link	   *link = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
	{
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

		link = calloc(1, sizeof(Link));
		*context = link;
		if (link == NULL)
			return;
		link->links = links;
		link->fd = info != NULL ? info->connect_fd : -1;
		atomic_store(&link->since, serve_now());
		pthread_mutex_lock(&links->lock);
		link->next = links->first;
		if (links->first != NULL)
			links->first->previous = link;
		links->first = link;
		links->count++;
		pthread_mutex_unlock(&links->lock);
	}
	else if (link != NULL)
	{
		/* The socket is still open here, so that nobody else can have its number yet. */
		pthread_mutex_lock(&links->lock);
		if (link->previous != NULL)
			link->previous->next = link->next;
		else
			links->first = link->next;
		if (link->next != NULL)
			link->next->previous = link->previous;
		links->count--;
		pthread_mutex_unlock(&links->lock);
		*context = NULL;
		free(link);
	}
}

static void
set(Link *link, Doing doing)
{
	if (link == NULL)
		return;
	atomic_store(&link->since, serve_now());
	atomic_store(&link->bytes, 0);
	atomic_store(&link->doing, (int) doing);
}

Link *
link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

void
link_headers(Link *link)
{
	set(link, DOING_HEADERS);
}

void
link_body(Link *link)
{
	set(link, DOING_BODY);
}

void
link_progress(Link *link, size_t bytes)
{
	if (link != NULL)
		atomic_fetch_add(&link->bytes, bytes);
}

void
link_work(Link *link)
{
	set(link, DOING_WORK);
}

void
link_answer(Link *link)
{
	set(link, DOING_ANSWER);
}

/* Past libmicrohttpd, and only where there is no TLS; whether it arrives is not certain. */
static void
send_problem(int fd, unsigned status, const char *detail)
{
	char		body[512];
	char		text[1024];
	int			size = snprintf(body, sizeof(body), "{\"type\": \"about:blank\", \"title\": \"%s\", \"status\": %u, \"detail\": \"%s\"}\n",
								answer_title(status), status, detail);
	int			length;

	length = snprintf(text, sizeof(text), "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: " TYPE_PROBLEM
					  "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: %d\r\n\r\n%s",
					  status, answer_title(status), size, body);
	(void) !send(fd, text, (size_t) length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
links_close_slow(Links *links)
{
	Server	   *server = links->server;
	double		now = serve_now();
	double		patience = (double) atomic_load(&server->tunables.header_seconds);

	pthread_mutex_lock(&links->lock);
	for (Link *link = links->first; link != NULL; link = link->next)
	{
		double		waited = now - atomic_load(&link->since);
		int			doing = atomic_load(&link->doing);
		bool		slow = doing == DOING_HEADERS ? waited > patience :
			doing == DOING_BODY ? waited > BODY_GRACE && (double) atomic_load(&link->bytes) < (waited - BODY_GRACE) * LEAST_RATE :
			doing == DOING_ANSWER && waited > ANSWER_SECONDS;

		if (!slow || link->closed || link->fd < 0)
			continue;
		link->closed = true;
		metrics_count(server->metrics, METRIC_SLOW, 1);
		if (!server->tls_on && doing != DOING_ANSWER)
			send_problem(link->fd, 408, "The request took too long to arrive.");
		(void) shutdown(link->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&links->lock);
}

void
link_abort(Server *server, struct MHD_Connection *connection, unsigned status, const char *detail)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (info != NULL && !server->tls_on)
		send_problem(info->connect_fd, status, detail);
}

long
links_count(Links *links)
{
	long		count;

	pthread_mutex_lock(&links->lock);
	count = links->count;
	pthread_mutex_unlock(&links->lock);
	return count;
}

long
links_busy(Links *links)
{
	long		busy = 0;

	pthread_mutex_lock(&links->lock);
	for (Link *link = links->first; link != NULL; link = link->next)
		busy += atomic_load(&link->doing) != DOING_HEADERS;
	pthread_mutex_unlock(&links->lock);
	return busy;
}
