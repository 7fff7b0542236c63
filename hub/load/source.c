/*
 * hub/load/source.c
 *		Finding what is to be loaded, and opening it.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/files.h"
#include "load/source.h"
#include "program/log.h"
#include "program/stop.h"

/* Opens a regular file; a pipe or device could block for ever or never end. */
static int
open_regular(const char *path, struct stat *status)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	if (fstat(fd, status) != 0)
	{
		close(fd);
		return -1;
	}
	if (!S_ISREG(status->st_mode))
	{
		close(fd);
		errno = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
		return -1;
	}
	return fd;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static HubExit
add_file(Hub *hub, SourceList *list, const char *path, bool named)
{
	struct stat status;
	int			fd = open_regular(path, &status);
	char	   *head = malloc(SOURCE_HEAD);
	ssize_t		length = 0;
	HubExit		exit_code;

	if (fd >= 0 && head != NULL)
		length = pread(fd, head, SOURCE_HEAD, 0);
	if (head == NULL)
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	else if (fd < 0 || length < 0)
	{
		log_line(LOG_ERROR, path, "could not read: %s", errno == EINVAL ? "not a regular file" : strerror(errno));
		exit_code = HUB_FILE;
	}
	else if (length >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0) &&
			 !source_ends_with(path, ".xlsx") && !source_ends_with(path, ".ods"))
		exit_code = zip_list(hub, list, path, head);
	else
		exit_code = source_append(list, path, base_name(path), -1, (uint64_t) status.st_size, named, head,
								  (size_t) length);
	if (fd >= 0)
		close(fd);
	free(head);
	return exit_code;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static HubExit
add_folder(Hub *hub, SourceList *list, const char *path)
{
	char	   *copy = strdup(path);
	char	   *const paths[] = {copy, NULL};
	FTS		   *walk = copy != NULL ? fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
	HubExit		exit_code = HUB_OK;

	if (walk == NULL)
	{
		log_line(LOG_ERROR, path, "could not read the folder: %s", strerror(errno));
		free(copy);
		return HUB_FILE;
	}
	for (;;)
	{
		FTSENT	   *entry = fts_read(walk);
		HubExit		one = HUB_OK;

		if (entry == NULL)
			break;
		if (stop_requested())
		{
			exit_code = HUB_STOPPED;
			break;
		}
		if (entry->fts_level > 0 && entry->fts_name[0] == '.')
		{
			if (entry->fts_info == FTS_D)
				fts_set(walk, entry, FTS_SKIP);
			continue;
		}
		switch (entry->fts_info)
		{
			case FTS_F:
				if (!source_is_part_of_shapefile(entry->fts_name))
					one = add_file(hub, list, entry->fts_path, false);
				break;
			case FTS_DNR:
			case FTS_ERR:
			case FTS_NS:
				log_line(LOG_ERROR, entry->fts_path, "could not read: %s", strerror(entry->fts_errno));
				one = HUB_FILE;
				break;
			case FTS_DC:
				log_line(LOG_WARNING, entry->fts_path, "a link that leads back to its own folder is not followed");
				break;
			default:
				break;
		}
		exit_code = hub_worse(exit_code, one);
		if (one == HUB_INTERNAL || one == HUB_STOPPED)
			break;
	}
	fts_close(walk);
	free(copy);
	return exit_code;
}

HubExit
source_add(Hub *hub, SourceList *list, const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
	{
		log_line(LOG_ERROR, path, "could not read: %s", strerror(errno));
		return HUB_FILE;
	}
	if (S_ISDIR(status.st_mode))
		return add_folder(hub, list, path);
	return add_file(hub, list, path, true);
}

static void
take_stamp(const struct stat *status, uint64_t stamp[2])
{
	stamp[0] = (uint64_t) status->st_size;
	stamp[1] = (uint64_t) status->st_mtim.tv_sec * 1000000000u + (uint64_t) status->st_mtim.tv_nsec;
}

/* The parts of a shapefile beside it, in the case in which its own ending is written. */
static HubExit
digest_shapefile(EVP_MD_CTX *digest, const char *path, const char *shown, uint64_t *size)
{
	size_t		stem = strlen(path) > 4 ? strlen(path) - 4 : 0;
	bool		upper = path[stem + 1] == 'S';

	for (size_t i = 0; i < SHAPEFILE_PARTS; i++)
	{
		char		part[PATH_MAX + 8];
		struct stat status;
		int			fd;
		HubExit		exit_code;

		snprintf(part, sizeof(part), "%.*s%s", (int) stem, path, shapefile_parts[i]);
		for (char *p = part + stem; upper && *p != '\0'; p++)
			*p = (char) (*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
		fd = open_regular(part, &status);
		if (fd < 0 && i >= 3)
			continue;
		if (fd < 0)
		{
			log_line(LOG_ERROR, shown, "could not read \"%s\", which belongs to the shapefile: %s", base_name(part),
					 strerror(errno));
			return HUB_REFUSED;
		}
		exit_code = digest_file(digest, fd, shown, size);
		close(fd);
		if (exit_code != HUB_OK)
			return exit_code;
	}
	return HUB_OK;
}

HubExit
source_open(Hub *hub, const Source *source, ZipCursor *cursor, OpenSource *open_source)
{
	EVP_MD_CTX *digest;
	struct stat status;
	HubExit		exit_code = HUB_OK;

	memset(open_source, 0, sizeof(*open_source));
	open_source->fd = -1;
	if (source->member >= 0)
	{
		exit_code = zip_open_member(hub, source, cursor, open_source);
		if (exit_code != HUB_OK)
		{
			source_close(open_source);
			return exit_code;
		}
	}
	else
	{
		open_source->fd = open_regular(source->path, &status);
		if (open_source->fd < 0)
		{
			log_line(LOG_ERROR, source->shown, "could not read: %s", strerror(errno));
			return HUB_FILE;
		}
		take_stamp(&status, open_source->stamp);
		if (source->format != SOURCE_TEXT && realpath(source->path, open_source->gdal_path) == NULL)
		{
			log_line(LOG_ERROR, source->shown, "could not read: %s", strerror(errno));
			source_close(open_source);
			return HUB_FILE;
		}
	}

	digest = EVP_MD_CTX_new();
	if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
	{
		log_error("could not compute a checksum");
		exit_code = HUB_INTERNAL;
	}
	else if (source->format == SOURCE_SHAPEFILE)
		exit_code = digest_shapefile(digest, open_source->gdal_path, source->shown, &open_source->size);
	else
		exit_code = digest_file(digest, open_source->fd, source->shown, &open_source->size);
	if (exit_code == HUB_OK && EVP_DigestFinal_ex(digest, open_source->sha256, NULL) != 1)
		exit_code = HUB_INTERNAL;
	EVP_MD_CTX_free(digest);
	if (exit_code != HUB_OK)
		source_close(open_source);
	return exit_code;
}

bool
source_unchanged(const Source *source, const OpenSource *open_source)
{
	struct stat status;
	uint64_t	stamp[2];

	if (source->member >= 0)
		return true;
	if (fstat(open_source->fd, &status) != 0)
		return false;
	take_stamp(&status, stamp);
	return stamp[0] == open_source->stamp[0] && stamp[1] == open_source->stamp[1];
}

void
source_close(OpenSource *open_source)
{
	if (open_source->fd >= 0)
		close(open_source->fd);
	open_source->fd = -1;
	if (open_source->folder[0] != '\0')
		remove_folder(open_source->folder);
	open_source->folder[0] = '\0';
}
