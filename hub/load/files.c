/*
 * hub/load/files.c
 *		Temporary files and checksums.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load/files.h"
#include "program/log.h"
#include "program/stop.h"

static const char *
temporary_place(void)
{
	const char *place = getenv("TMPDIR");

	return place != NULL && place[0] == '/' ? place : "/tmp";
}

static void
no_temporary(const char *what)
{
	log_error("could not make a temporary %s in %s: %s", what, temporary_place(), strerror(errno));
	log_error("hint: TMPDIR names another folder.");
}

int
temporary_file(void)
{
	char		name[PATH_MAX];
	int			fd = open(temporary_place(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	/* Not every file system can make one without a name. */
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL))
	{
		snprintf(name, sizeof(name), "%s/wardstar-XXXXXX", temporary_place());
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		no_temporary("file");
	return fd;
}

bool
temporary_folder(char *folder)
{
	snprintf(folder, PATH_MAX, "%s/wardstar-XXXXXX", temporary_place());
	if (mkdtemp(folder) != NULL)
		return true;
	no_temporary("folder");
	return false;
}

void
remove_folder(const char *folder)
{
	DIR		   *dir = opendir(folder);

	if (dir == NULL)
		return;
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
	{
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	rmdir(folder);
}

bool
write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0)
	{
		ssize_t		written = write(fd, p, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		p += written;
		n -= (size_t) written;
	}
	return true;
}

HubExit
digest_file(EVP_MD_CTX *digest, int fd, const char *shown, uint64_t *size)
{
	size_t		chunk = (size_t) 256 * 1024;
	char	   *buffer = malloc(chunk);
	HubExit		exit_code = HUB_OK;

	if (buffer == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	for (off_t at = 0;;)
	{
		ssize_t		n = pread(fd, buffer, chunk, at);

		if (stop_requested())
		{
			exit_code = HUB_STOPPED;
			break;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
		{
			log_line(LOG_ERROR, shown, "could not read: %s", strerror(errno));
			exit_code = HUB_FILE;
			break;
		}
		if (n == 0)
			break;
		if (EVP_DigestUpdate(digest, buffer, (size_t) n) != 1)
		{
			log_error("could not compute a checksum");
			exit_code = HUB_INTERNAL;
			break;
		}
		at += n;
		*size += (uint64_t) n;
	}
	free(buffer);
	return exit_code;
}
