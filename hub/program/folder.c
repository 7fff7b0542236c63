/*
 * hub/program/folder.c
 *		Names of files on disk for certain: fsync of a file says nothing of its name, nor of the folder's.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/folder.h"

static bool
sync_and_close(int fd)
{
	bool		fine = fd >= 0 && fsync(fd) == 0;
	int			cause = errno;

	if (fd >= 0)
		close(fd);
	errno = cause;
	return fine;
}

bool
folder_sync(const char *folder)
{
	return sync_and_close(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool
folder_sync_name(const char *folder)
{
	int			fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int			above;
	struct stat st;
	struct stat st_above;
	bool		fine;
	int			cause;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || fstatat(fd, "..", &st_above, 0) != 0)
		fine = false;
	else if (st.st_dev != st_above.st_dev)
		fine = true;			/* where a file system is mounted is nothing that we made */
	else if ((above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0)
		fine = sync_and_close(above);
	else
		fine = errno == EACCES && syncfs(fd) == 0;	/* it may be entered and not be read */
	cause = errno;
	close(fd);
	errno = cause;
	return fine;
}
