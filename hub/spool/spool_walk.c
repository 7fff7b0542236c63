/*
 * hub/spool/spool_walk.c
 *		Going through all that lies in the spool.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program/log.h"
#include "spool.h"

#define LEFTOVER_SECONDS 3600

/* A file that its writer left behind when it died. */
static void
remove_leftover(int folder, const char *name)
{
	size_t		length = strlen(name);
	struct stat st;

	if (length > 5 && strcmp(name + length - 5, ".part") == 0 &&
		fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime < time(NULL) - LEFTOVER_SECONDS)
		(void) unlinkat(folder, name, 0);
}

static bool
walk_subfolder(const char *folder, const char *name, bool (*each) (const char *id, void *state), void *state)
{
	char	   *path = NULL;
	DIR		   *dir;
	struct dirent *entry;
	bool		fine = true;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return false;
	dir = opendir(path);
	if (dir == NULL)
	{
		log_error("could not read the spool folder %s: %s", path, strerror(errno));
		fine = false;
	}
	while (fine && (entry = readdir(dir)) != NULL)
	{
		if (spool_is_id(entry->d_name) && strncmp(entry->d_name, name, 2) == 0)
			fine = each(entry->d_name, state);
		else
			remove_leftover(dirfd(dir), entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	free(path);
	return fine;
}

bool
spool_walk(const char *folder, bool (*each) (const char *id, void *state), void *state)
{
	DIR		   *dir = opendir(folder);
	struct dirent *entry;
	bool		fine = true;

	if (dir == NULL)
	{
		/* Nothing was ever received. */
		if (errno == ENOENT)
			return true;
		log_error("could not read the spool folder %s: %s", folder, strerror(errno));
		return false;
	}
	while (fine && (entry = readdir(dir)) != NULL)
	{
		if (strlen(entry->d_name) == 2 && strspn(entry->d_name, "0123456789abcdef") == 2)
			fine = walk_subfolder(folder, entry->d_name, each, state);
	}
	closedir(dir);
	return fine;
}
