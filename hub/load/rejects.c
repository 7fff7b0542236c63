/*
 * hub/load/rejects.c
 *		The records of a file that can't be taken.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load/files.h"
#include "load/rejects.h"

#define KEEP ((size_t) 256 * 1024)

void
rejects_open(Rejects *rejects, int64_t source_file)
{
	memset(rejects, 0, sizeof(*rejects));
	rejects->source_file = source_file;
	rejects->fd = -1;
}

static bool
spill(Rejects *rejects)
{
	if (rejects->fd < 0)
		rejects->fd = temporary_file();
	if (rejects->fd < 0 || !write_all(rejects->fd, rejects->rows.buffer, rejects->rows.used))
		return false;
	rejects->spilled += rejects->rows.used;
	rejects->rows.used = 0;
	return true;
}

bool
rejects_add(Rejects *rejects, long line, const char *reason)
{
	Copy	   *rows = &rejects->rows;

	if (rows->used > KEEP && !spill(rejects))
		return false;
	if (!copy_row(rows, 3, 64 + strlen(reason)))
		return false;
	copy_integer(rows, rejects->source_file, 8);
	copy_integer(rows, line, 8);
	copy_bytes(rows, reason, strlen(reason), 0);
	rejects->count++;
	return !rows->failed;
}

bool
rejects_store(Rejects *rejects, Db *db)
{
	Copy		copy;
	char	   *buffer;

	if (rejects->count == 0)
		return true;
	buffer = malloc(COPY_BUFFER);
	if (buffer == NULL)
	{
		db_set_error(db, HUB_INTERNAL, "out of memory");
		return false;
	}
	if (!copy_begin(&copy, db, "load_copy_rejected"))
	{
		free(buffer);
		return false;
	}
	for (uint64_t at = 0; at < rejects->spilled;)
	{
		ssize_t		n = pread(rejects->fd, buffer, COPY_BUFFER, (off_t) at);

		if (n <= 0)
		{
			free(buffer);
			copy_abort(&copy);
			db_set_error(db, HUB_INTERNAL, "could not read back a temporary file");
			return false;
		}
		copy_raw(&copy, buffer, (size_t) n, 0);
		at += (uint64_t) n;
	}
	copy_raw(&copy, rejects->rows.buffer, rejects->rows.used, rejects->count);
	free(buffer);
	return copy_end(&copy);
}

void
rejects_close(Rejects *rejects)
{
	free(rejects->rows.buffer);
	if (rejects->fd >= 0)
		close(rejects->fd);
	memset(rejects, 0, sizeof(*rejects));
	rejects->fd = -1;
}
