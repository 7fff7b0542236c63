/*
 * hub/report/output.c
 *		Writing what a command was asked for to a file or to standard output.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "program/log.h"
#include "report/output.h"

HubExit
output_write(const char *path, const char *text)
{
	FILE	   *file = path != NULL ? fopen(path, "w") : stdout;
	bool		written = file != NULL && fputs(text, file) >= 0;
	int			error = errno;

	if (path != NULL && file != NULL && fclose(file) != 0 && written)
	{
		written = false;
		error = errno;
	}
	if (!written)
		log_error("%s: %s", path != NULL ? path : "standard output", strerror(error));
	return written ? HUB_OK : HUB_FILE;
}
