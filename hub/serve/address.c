/*
 * hub/serve/address.c
 *		The address to listen on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program/log.h"
#include "serve/address.h"

#define BACKLOG 512

/* Names are not looked up: what is listened on must not depend on a name server. */
static bool
parse(const char *text, struct sockaddr_storage *storage, socklen_t *length)
{
	struct sockaddr_in *four = (struct sockaddr_in *) storage;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *) storage;
	const char *colon = strrchr(text, ':');
	char		host[INET6_ADDRSTRLEN + 1];
	char	   *end;
	long		port;
	size_t		size;

	memset(storage, 0, sizeof(*storage));
	if (colon == NULL)
		return false;
	port = strtol(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port < 0 || port > 65535)
		return false;
	size = (size_t) (colon - text);
	if (size >= 2 && text[0] == '[' && colon[-1] == ']')
	{
		text++;
		size -= 2;
	}
	if (size == 0 || size >= sizeof(host))
		return false;
	memcpy(host, text, size);
	host[size] = '\0';
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1)
	{
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t) port);
		*length = sizeof(*four);
		return true;
	}
	if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1)
		return false;
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t) port);
	*length = sizeof(*six);
	return true;
}

static bool
is_loopback(const struct sockaddr_storage *storage)
{
	if (storage->ss_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *) storage)->sin_addr.s_addr) >> 24) == 127;
	return storage->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *) storage)->sin6_addr);
}

bool
address_is_loopback(const char *text, bool *loopback)
{
	struct sockaddr_storage storage;
	socklen_t	length;

	if (!parse(text, &storage, &length))
	{
		log_error("--listen: \"%s\" is not an address with a port, such as 127.0.0.1:8420 or [::1]:8420", text);
		return false;
	}
	*loopback = is_loopback(&storage);
	return true;
}

int
address_listen(const char *text, char *address, size_t size, int *port)
{
	struct sockaddr_storage storage;
	socklen_t	length;
	int			on = 1;
	int			fd;

	if (!parse(text, &storage, &length))
		return -1;
	fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
		bind(fd, (struct sockaddr *) &storage, length) != 0 || listen(fd, BACKLOG) != 0 ||
		getsockname(fd, (struct sockaddr *) &storage, &length) != 0)
	{
		int			cause = errno;

		log_error("could not listen on %s: %s", text, strerror(cause));
		if (cause == EACCES)
			log_error("hint: A port below 1024 is root's, or of a service with CAP_NET_BIND_SERVICE: docs/serve.md says how to give it that.");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (storage.ss_family == AF_INET)
	{
		(void) inet_ntop(AF_INET, &((struct sockaddr_in *) &storage)->sin_addr, address, (socklen_t) size);
		*port = ntohs(((struct sockaddr_in *) &storage)->sin_port);
	}
	else
	{
		(void) inet_ntop(AF_INET6, &((struct sockaddr_in6 *) &storage)->sin6_addr, address, (socklen_t) size);
		*port = ntohs(((struct sockaddr_in6 *) &storage)->sin6_port);
	}
	return fd;
}
