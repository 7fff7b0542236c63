/*
 * hub/serve/client.c
 *		Who a request comes from, by its address.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "program/log.h"
#include "serve/client.h"

#define MOST_PROXIES 64

static pthread_rwlock_t proxies_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct in6_addr proxies[MOST_PROXIES];
static int	nproxies;

/* An IPv4 address as the IPv6 one that stands for it. */
static bool
read_address(const char *text, struct in6_addr *address)
{
	struct in_addr four;

	if (inet_pton(AF_INET6, text, address) == 1)
		return true;
	if (inet_pton(AF_INET, text, &four) != 1)
		return false;
	memset(address, 0, sizeof(*address));
	address->s6_addr[10] = address->s6_addr[11] = 0xff;
	memcpy(address->s6_addr + 12, &four, 4);
	return true;
}

static bool
is_loopback(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LOOPBACK(address) || (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

bool
client_set_proxies(const char *text)
{
	struct in6_addr read[MOST_PROXIES];
	int			n = 0;

	while (text != NULL && *(text += strspn(text, ", \t")) != '\0')
	{
		char		word[INET6_ADDRSTRLEN + 1];
		size_t		length = strcspn(text, ", \t");

		if (length >= sizeof(word) || n == MOST_PROXIES)
		{
			log_error("trusted-proxies: too long an address, or more than %d", MOST_PROXIES);
			return false;
		}
		memcpy(word, text, length);
		word[length] = '\0';
		if (!read_address(word, &read[n++]))
		{
			log_error("trusted-proxies: \"%s\" is not an address", word);
			return false;
		}
		text += length;
	}
	pthread_rwlock_wrlock(&proxies_lock);
	memcpy(proxies, read, sizeof(read[0]) * (size_t) n);
	nproxies = n;
	pthread_rwlock_unlock(&proxies_lock);
	return true;
}

static bool
is_trusted(const struct in6_addr *address)
{
	bool		trusted = is_loopback(address);

	pthread_rwlock_rdlock(&proxies_lock);
	for (int i = 0; i < nproxies && !trusted; i++)
		trusted = memcmp(&proxies[i], address, sizeof(*address)) == 0;
	pthread_rwlock_unlock(&proxies_lock);
	return trusted;
}

/*
 * The last address of the list that is not a trusted proxy's own: whatever stands before it was said by the client.
 */
static void
follow_forwarded(const char *list, struct in6_addr *address)
{
	const char *end = list + strlen(list);

	while (end > list && is_trusted(address))
	{
		const char *start = end;
		char		word[INET6_ADDRSTRLEN + 1];
		struct in6_addr next;
		size_t		length;

		while (start > list && start[-1] != ',')
			start--;
		length = (size_t) (end - start);
		end = start > list ? start - 1 : list;
		while (length > 0 && (*start == ' ' || *start == '\t'))
			start++, length--;
		while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t'))
			length--;
		if (length >= sizeof(word))
			return;
		memcpy(word, start, length);
		word[length] = '\0';
		if (!read_address(word, &next))
			return;
		*address = next;
	}
}

typedef struct Forwarded
{
	char		list[1024];
	size_t		length;
	bool		any;
} Forwarded;

/* A proxy may add a header of its own after the one that the client sent. One that is too long is as none. */
static enum MHD_Result
gather(void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	Forwarded  *forwarded = arg;
	int			n;

	(void) kind;
	if (strcasecmp(key, "X-Forwarded-For") != 0 || value == NULL)
		return MHD_YES;
	n = snprintf(forwarded->list + forwarded->length, sizeof(forwarded->list) - forwarded->length, "%s%s",
				 forwarded->any ? "," : "", value);
	forwarded->any = true;
	if (n < 0 || (size_t) n >= sizeof(forwarded->list) - forwarded->length)
	{
		forwarded->list[0] = '\0';
		return MHD_NO;
	}
	forwarded->length += (size_t) n;
	return MHD_YES;
}

void
client_of(Request *request)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	Forwarded	forwarded = {.length = 0};
	struct in6_addr address;

	(void) MHD_get_connection_values(request->connection, MHD_HEADER_KIND, gather, &forwarded);
	memset(&address, 0, sizeof(address));
	if (info != NULL && info->client_addr->sa_family == AF_INET6)
		address = ((const struct sockaddr_in6 *) info->client_addr)->sin6_addr;
	else if (info != NULL && info->client_addr->sa_family == AF_INET)
	{
		address.s6_addr[10] = address.s6_addr[11] = 0xff;
		memcpy(address.s6_addr + 12, &((const struct sockaddr_in *) info->client_addr)->sin_addr, 4);
	}
	request->local = is_loopback(&address) && !forwarded.any;
	if (request->server->behind_proxy && forwarded.any)
		follow_forwarded(forwarded.list, &address);
	if (IN6_IS_ADDR_V4MAPPED(&address))
		(void) inet_ntop(AF_INET, address.s6_addr + 12, request->address, sizeof(request->address));
	else
		(void) inet_ntop(AF_INET6, &address, request->address, sizeof(request->address));
	request->client.kind = 'a';
	/* One customer of a provider has a whole /64. */
	memcpy(request->client.bytes, &address, IN6_IS_ADDR_V4MAPPED(&address) ? 16 : 8);
}
