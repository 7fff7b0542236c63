/*
 * hub/intake/received.c
 *		Files that come by the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "intake/received.h"
#include "program/log.h"

HubExit
received_read(const char *path, size_t room, Received *file)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	HubExit		exit_code = HUB_FILE;

	file->name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	if (fd < 0 || fstat(fd, &st) != 0)
		log_error("%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		log_error("%s: not a file", path);
	else if ((uint64_t) st.st_size > room)
	{
		log_error("%s: refused: what is sent at once is not larger than %zu MiB", path, RECEIVED_LIMIT / 1024 / 1024);
		exit_code = HUB_REFUSED;
	}
	else if ((file->bytes = malloc((size_t) st.st_size + 1)) == NULL)
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	else
	{
		ssize_t		n = 1;

		while (file->size < (size_t) st.st_size && n > 0)
		{
			n = read(fd, file->bytes + file->size, (size_t) st.st_size - file->size);
			if (n < 0 && errno == EINTR)
				n = 1;
			else if (n > 0)
				file->size += (size_t) n;
		}
		if (n < 0)
			log_error("%s: %s", path, strerror(errno));
		else
			exit_code = HUB_OK;
	}
	if (fd >= 0)
		close(fd);
	return exit_code;
}

HubExit
received_hash(Received *file)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(file->bytes, file->size, digest, NULL, EVP_sha256(), NULL) != 1)
	{
		log_error("%s: could not compute a checksum", file->name);
		return HUB_INTERNAL;
	}
	for (int i = 0; i < 32; i++)
		snprintf(file->sha256 + i * 2, 3, "%02x", digest[i]);
	return HUB_OK;
}

void
received_end(const char *folder, Received *file)
{
	if (*file->spool != '\0' && !file->spool_unneeded)
		spool_keep(folder, file->spool);
	else if (*file->spool != '\0' && !spool_remove(folder, file->spool))
		log_warning("a spool file that nothing names stays: %s", file->spool);
	if (file->bytes != NULL)
		OPENSSL_cleanse(file->bytes, file->size);
	free(file->bytes);
	file->bytes = NULL;
}
