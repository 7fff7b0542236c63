/*
 * hub/spool/spool_bytes.c
 *		Spool files whose content lies in memory.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "program/log.h"
#include "spool.h"

bool
spool_store(const char *folder, const KeyRing *ring, const void *bytes, size_t size, char id[SPOOL_ID_SIZE])
{
	SpoolWriter *writer = spool_begin(folder, ring);
	uint64_t	written;
	char		sha256[SPOOL_SHA256_SIZE];

	if (writer == NULL || !spool_write(writer, bytes, size))
	{
		spool_abort(writer);
		return false;
	}
	return spool_commit(writer, id, &written, sha256);
}

bool
spool_load(const char *folder, const KeyRing *ring, const char *id, size_t limit, char **bytes, size_t *size)
{
	SpoolReader *reader = spool_open(folder, ring, id);
	size_t		room = 65536;
	ssize_t		n = 0;
	bool		fine = reader != NULL;

	*bytes = NULL;
	*size = 0;
	while (fine)
	{
		/* A new piece each time, not realloc, which would leave the old one behind unwiped. */
		char	   *larger = malloc(room);

		if (larger == NULL)
		{
			log_error("out of memory");
			fine = false;
			break;
		}
		if (*size > 0)
		{
			memcpy(larger, *bytes, *size);
			OPENSSL_cleanse(*bytes, *size);
		}
		free(*bytes);
		*bytes = larger;
		n = spool_read(reader, *bytes + *size, room - *size);
		if (n <= 0)
			fine = n == 0;
		else
			*size += (size_t) n;
		if (!fine || *size < room)
			break;
		if (room > limit)
		{
			log_error("spool file %s is larger than %zu MiB", id, limit / 1024 / 1024);
			fine = false;
		}
		room *= 2;
	}
	spool_close(reader);
	if (!fine && *bytes != NULL)
	{
		OPENSSL_cleanse(*bytes, *size);
		free(*bytes);
		*bytes = NULL;
	}
	return fine;
}
