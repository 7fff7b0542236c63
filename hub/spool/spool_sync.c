/*
 * hub/spool/spool_sync.c
 *		Files of the spool on disk for certain: content, name, and the names of the folders that they lie in.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/folder.h"
#include "program/log.h"
#include "spool.h"

/*
 * Which folders this process has put on disk by name. That one is there says nothing: another thread, or a hub that died
 * since, may have made it and not have come further.
 */
static struct
{
	pthread_mutex_t lock;
	bool		known;			/* the spool itself: */
	dev_t		device;
	ino_t		spool;
	ino_t		subfolders[256];	/* 0: not yet */
}			named = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The spool's name, and that of its subfolder of this number. Who comes in between waits, since it needs the same. */
static bool
folders_are_named(const char *folder, const struct stat *subfolder, unsigned long number)
{
	struct stat st;
	bool		fine = stat(folder, &st) == 0;

	pthread_mutex_lock(&named.lock);
	if (fine && (!named.known || named.device != st.st_dev || named.spool != st.st_ino))
	{
		memset(named.subfolders, 0, sizeof(named.subfolders));
		named.known = fine = folder_sync_name(folder);
		named.device = st.st_dev;
		named.spool = st.st_ino;
	}
	if (fine && named.subfolders[number] != subfolder->st_ino)
	{
		fine = folder_sync(folder);
		named.subfolders[number] = fine ? subfolder->st_ino : 0;
	}
	pthread_mutex_unlock(&named.lock);
	return fine;
}

/* All that leads to the files of a subfolder. */
static bool
name_is_on_disk(const char *folder, const char *subfolder, unsigned long number)
{
	int			fd = open(subfolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	bool		fine = fd >= 0 && fstat(fd, &st) == 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return fine && folders_are_named(folder, &st, number);
}

/*
 * Renamed first and fsynced then: a crash between the two leaves a name whose content may not be whole, but nothing
 * refers to it before this returns, and the sweep removes it. In return one commit of the file system's journal
 * serves for content and name of all the files, and most of these fsyncs find nothing left to do.
 */
void
spool_sync(const char *folder, SpoolFile *const *files, size_t count)
{
	bool		seen[256] = {false};
	bool		whole[256] = {false};

	for (size_t i = 0; count > 1 && i < count; i++)
		(void) sync_file_range(files[i]->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	for (size_t i = 0; i < count; i++)
		files[i]->synced = fsync(files[i]->fd) == 0;
	for (size_t i = 0; i < count; i++)
	{
		char		subfolder[3] = {files[i]->id[0], files[i]->id[1], '\0'};
		unsigned long n = strtoul(subfolder, NULL, 16);
		char	   *path = NULL;

		if (!seen[n] && asprintf(&path, "%s/%s", folder, subfolder) >= 0)
			whole[n] = name_is_on_disk(folder, path, n);
		seen[n] = true;
		free(path);
		files[i]->synced = files[i]->synced && whole[n];
		if (files[i]->synced)
		{
			close(files[i]->fd);
			files[i]->fd = -1;
		}
		else
		{
			log_error("could not put the spool file %s on disk: %s", files[i]->id, strerror(errno));
			spool_discard(folder, files[i]);
		}
	}
}

void
spool_discard(const char *folder, SpoolFile *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	if (!spool_remove(folder, file->id))
		log_warning("a spool file that nothing names stays: %s", file->id);
}

bool
spool_remove(const char *folder, const char *id)
{
	char	   *subfolder = NULL;
	char	   *path = NULL;
	bool		fine = false;

	if (!spool_is_id(id))
		log_error("not the name of a spool file");
	else if (spool_paths(folder, id, &subfolder, &path))
	{
		if (unlink(path) == 0)
			fine = folder_sync(subfolder);
		else
			fine = errno == ENOENT;
		if (!fine)
			log_error("could not remove the spool file %s: %s", id, strerror(errno));
	}
	free(subfolder);
	free(path);
	return fine;
}
