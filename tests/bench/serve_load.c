/*
 * serve_load: sends requests over many connections kept open, and prints how fast they were answered.
 *
 *	serve_load PORT TOKEN CONNECTIONS REQUESTS upload FILE PATH
 *	serve_load PORT TOKEN CONNECTIONS REQUESTS get PATH
 *
 * Each uploaded file is new: the first 24 bytes of its last 64 are overwritten by a number that never comes
 * twice, which a zip's comment bears. A "%" in the path of get stands for a number from 1 to REQUESTS.
 *
 * One line: requests, those answered 2xx, seconds, requests a second, and the 50th, 99th and 100th percentile of
 * the milliseconds from the first byte sent to the last byte of the answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK 24					/* bytes of a body that make it new */

typedef struct Connection
{
	int			fd;
	char	   *request;
	size_t		length;
	size_t		sent;
	char	   *answer;
	size_t		room;
	size_t		have;
	size_t		want;			/* whole answer, or 0 while its head is not there */
	double		began;
	bool		writing;		/* epoll looks for room to write */
} Connection;

static struct sockaddr_in address;
static const char *token;
static const char *path;
static char *file;
static size_t file_size;
static bool upload;
static long requests;
static long started;
static long answered;
static long good;
static double *milliseconds;
static int	poller;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000.0 + t.tv_nsec / 1e6;
}

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static int
by_size(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* The next request of a connection. The body is copied once a connection; afterwards only its mark changes. */
static void
prepare(Connection *c)
{
	static uint64_t run = 0;

	if (run == 0)
		run = (uint64_t) time(NULL) << 20 ^ (uint64_t) getpid();
	if (!upload || c->request == NULL)
	{
		char		head[2048];
		char		place[1024];
		const char *star = strchr(path, '%');
		int			n;

		if (star)
			snprintf(place, sizeof(place), "%.*s%ld%s", (int) (star - path), path, started + 1, star + 1);
		else
			snprintf(place, sizeof(place), "%s", path);
		n = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n",
					 upload ? "POST" : "GET", place, token);
		if (upload)
			n += snprintf(head + n, sizeof(head) - n, "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n", file_size);
		n += snprintf(head + n, sizeof(head) - n, "\r\n");
		free(c->request);
		c->length = n + (upload ? file_size : 0);
		c->request = malloc(c->length);
		memcpy(c->request, head, n);
		if (upload)
			memcpy(c->request + n, file, file_size);
	}
	if (upload)
	{
		char		mark[MARK + 1];

		snprintf(mark, sizeof(mark), "%014llx%010lx", (unsigned long long) run & 0xffffffffffffff, started);
		memcpy(c->request + c->length - 64, mark, MARK);
	}
	started++;
	c->sent = c->have = c->want = 0;
	c->began = now();
}

static void
watch(Connection *c, bool writing)
{
	struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};

	if (c->writing == writing)
		return;
	c->writing = writing;
	epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
}

static void
send_some(Connection *c)
{
	while (c->sent < c->length)
	{
		ssize_t		n = send(c->fd, c->request + c->sent, c->length - c->sent, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		{
			watch(c, true);
			return;
		}
		if (n < 0)
			fail("send");
		c->sent += n;
	}
	watch(c, false);
}

static void
connect_again(Connection *c)
{
	int			one = 1;
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};

	if (c->fd >= 0)
		close(c->fd);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		fail("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->writing = false;
	epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e);
}

/* Takes in what has come; true when the answer is whole. */
static bool
receive_some(Connection *c, bool *closed)
{
	for (;;)
	{
		ssize_t		n;

		if (c->room - c->have < 65536)
			c->answer = realloc(c->answer, c->room += 131072);
		n = recv(c->fd, c->answer + c->have, c->room - c->have - 1, 0);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n <= 0)
		{
			fprintf(stderr, "the connection was closed in the middle of an answer\n");
			exit(1);
		}
		c->have += n;
		c->answer[c->have] = '\0';
		if (c->want == 0)
		{
			char	   *end = strstr(c->answer, "\r\n\r\n");
			char	   *length;

			if (end == NULL)
				continue;
			length = strcasestr(c->answer, "\r\ncontent-length:");
			if (length == NULL || length > end)
			{
				fprintf(stderr, "an answer without a length: %.200s\n", c->answer);
				exit(1);
			}
			c->want = end + 4 - c->answer + strtoul(length + 17, NULL, 10);
			length = strcasestr(c->answer, "\r\nconnection: close");
			*closed = length != NULL && length < end;
		}
		if (c->have >= c->want)
			return true;
	}
}

int
main(int argc, char **argv)
{
	int			connections;
	Connection *all;
	double		began;
	double		seconds;
	static char first_bad[400];

	if (argc < 7)
	{
		fprintf(stderr, "usage: serve_load PORT TOKEN CONNECTIONS REQUESTS upload FILE PATH | get PATH\n");
		return 2;
	}
	address = (struct sockaddr_in) {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	token = argv[2];
	connections = atoi(argv[3]);
	requests = atol(argv[4]);
	upload = strcmp(argv[5], "upload") == 0;
	path = argv[argc - 1];
	if (upload)
	{
		FILE	   *f = fopen(argv[6], "rb");

		if (f == NULL)
			fail(argv[6]);
		file = malloc(1 << 20);
		file_size = fread(file, 1, 1 << 20, f);
		fclose(f);
		if (file_size < 64)
		{
			fprintf(stderr, "%s is too short\n", argv[6]);
			return 1;
		}
	}
	milliseconds = malloc(requests * sizeof(double));
	poller = epoll_create1(0);
	all = calloc(connections, sizeof(*all));
	for (int i = 0; i < connections; i++)
	{
		all[i].fd = -1;
		connect_again(&all[i]);
	}
	began = now();
	for (int i = 0; i < connections && started < requests; i++)
	{
		prepare(&all[i]);
		send_some(&all[i]);
	}
	while (answered < requests)
	{
		struct epoll_event events[256];
		int			n = epoll_wait(poller, events, 256, 60000);

		if (n == 0)
		{
			fprintf(stderr, "no answer for 60 seconds\n");
			return 1;
		}
		for (int i = 0; i < n; i++)
		{
			Connection *c = events[i].data.ptr;
			bool		closed = false;

			if (events[i].events & EPOLLOUT)
				send_some(c);
			if (!(events[i].events & ~(uint32_t) EPOLLOUT) || !receive_some(c, &closed))
				continue;
			milliseconds[answered++] = now() - c->began;
			if (c->have > 9 && c->answer[9] == '2')
				good++;
			else if (first_bad[0] == '\0')
				snprintf(first_bad, sizeof(first_bad), "%s", c->answer);
			if (started < requests)
			{
				if (closed)
					connect_again(c);
				prepare(c);
				send_some(c);
			}
		}
	}
	seconds = (now() - began) / 1000;
	qsort(milliseconds, answered, sizeof(double), by_size);
	printf("%ld %ld %.3f %.0f %.2f %.2f %.2f\n", answered, good, seconds, answered / seconds,
		   milliseconds[answered / 2], milliseconds[(long) (answered * 0.99)], milliseconds[answered - 1]);
	if (first_bad[0] != '\0')
		fprintf(stderr, "first answer that was not 2xx: %s\n", first_bad);
	return 0;
}
