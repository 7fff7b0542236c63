/*
 * hub/spool/spool_name.c
 *		What the files of the spool are called.
 */
#include <stdio.h>
#include <string.h>

#include "program/log.h"
#include "spool.h"

bool
spool_is_id(const char *id)
{
	return strlen(id) == SPOOL_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == SPOOL_ID_SIZE - 1;
}

bool
spool_paths(const char *folder, const char *id, char **subfolder, char **path)
{
	*subfolder = NULL;
	*path = NULL;
	if (asprintf(subfolder, "%s/%.2s", folder, id) < 0 || asprintf(path, "%s/%s", *subfolder, id) < 0)
	{
		log_error("out of memory");
		return false;
	}
	return true;
}
