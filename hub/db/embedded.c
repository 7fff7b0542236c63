/*
 * hub/db/embedded.c
 *		Looking up the embedded files of sql/hub.
 */
#include <string.h>

#include "db/embedded.h"

const char *
embedded_find(const char *name)
{
	size_t		low = 0;
	size_t		high = embedded_sql_count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;
		int			order = strcmp(name, embedded_sql[middle].name);

		if (order == 0)
			return embedded_sql[middle].text;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int
embedded_next(const char *prefix, int after)
{
	size_t		length = strlen(prefix);

	for (size_t i = (size_t) (after + 1); i < embedded_sql_count; i++)
	{
		const char *name = embedded_sql[i].name;

		if (strncmp(name, prefix, length) == 0 && strchr(name + length, '/') == NULL)
			return (int) i;
	}
	return -1;
}
