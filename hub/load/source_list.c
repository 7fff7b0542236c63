/*
 * hub/load/source_list.c
 *		The list of what is to be loaded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "load/source.h"
#include "program/log.h"

const char *const shapefile_parts[SHAPEFILE_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};

/* Other files that come with a shapefile and are of no use here. */
static const char *const shapefile_company[] = {".sbn", ".sbx", ".qpj", ".qmd", ".shp.xml", ".xml"};

bool
source_ends_with(const char *name, const char *ending)
{
	size_t		n = strlen(name);
	size_t		m = strlen(ending);

	return n > m && strcasecmp(name + n - m, ending) == 0;
}

bool
source_is_part_of_shapefile(const char *name)
{
	for (size_t i = 1; i < SHAPEFILE_PARTS; i++)
	{
		if (source_ends_with(name, shapefile_parts[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof(shapefile_company) / sizeof(shapefile_company[0]); i++)
	{
		if (source_ends_with(name, shapefile_company[i]))
			return true;
	}
	return false;
}

/* By the first bytes, so that a file with a wrong ending is still known; a shapefile's parts are found by its name. */
static SourceFormat
source_format(const char *name, const char *head, size_t length)
{
	size_t		i = 0;

	if (length >= 4 && memcmp(head, "\0\0\x27\x0a", 4) == 0)
		return source_ends_with(name, ".shp") ? SOURCE_SHAPEFILE : SOURCE_OTHER;
	if (length >= 16 && memcmp(head, "SQLite format 3", 16) == 0)
		return SOURCE_GEOPACKAGE;
	if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < length && (head[i] == ' ' || head[i] == '\t' || head[i] == '\r' || head[i] == '\n'))
		i++;
	if (i < length && head[i] == '{')
		return memmem(head, length, "Feature", 7) != NULL ? SOURCE_GEOJSON : SOURCE_OTHER;
	/* Spreadsheets, pictures, UTF-16: no text that can be read here. A NUL further on costs its line only. */
	while (i < length && (i < 64 || (head[i] != '\r' && head[i] != '\n')))
		i++;
	if (memchr(head, 0, i) != NULL || (length >= 4 && memcmp(head, "PK\3\4", 4) == 0))
		return SOURCE_OTHER;
	return SOURCE_TEXT;
}

HubExit
source_append(SourceList *list, const char *path, const char *name, int member, uint64_t size, bool named,
			  const char *head, size_t length)
{
	Source	   *source;

	if (list->count == list->size)
	{
		size_t		larger_size = list->size == 0 ? 64 : list->size * 2;
		Source	   *larger = realloc(list->items, larger_size * sizeof(Source));

		if (larger == NULL)
		{
			log_error("out of memory");
			return HUB_INTERNAL;
		}
		list->items = larger;
		list->size = larger_size;
	}
	source = &list->items[list->count++];
	memset(source, 0, sizeof(*source));
	source->name = strdup(name);
	if (member < 0)
		source->shown = strdup(path);
	else if (asprintf(&source->shown, "%s:%s", path, name) < 0)
		source->shown = NULL;
	source->path = strdup(path);
	source->member = member;
	source->size = size;
	source->named = named;
	if (source->name == NULL || source->shown == NULL || source->path == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	source->format = source_format(name, head, length);
	return list->recognise(list->arg, source, head, length);
}

void
source_list_free(SourceList *list)
{
	for (size_t i = 0; i < list->count; i++)
	{
		Source	   *source = &list->items[i];

		free(source->name);
		free(source->shown);
		free(source->path);
		free(source->kind);
		free(source->edition);
		free(source->problem);
		free(source->heading);
		free(source->first);
		free(source->columns);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}
