/*
 * hub/load/source.h
 *		What is to be loaded: the files that were named, found in a folder or inside a zip, and opening them.
 */
#ifndef HUB_SOURCE_H
#define HUB_SOURCE_H

#include <limits.h>

#include "hub.h"
#include "load/progress.h"

typedef enum SourceFormat
{
	SOURCE_TEXT,				/* CSV, as far as can be told */
	SOURCE_SHAPEFILE,			/* what GDAL reads */
	SOURCE_GEOPACKAGE,
	SOURCE_GEOJSON,
	SOURCE_OTHER				/* nothing that is read here */
} SourceFormat;

typedef struct Source
{
	char	   *name;			/* as shown and stored: the base name, or the name inside the zip */
	char	   *shown;			/* as shown on the screen: with its path */
	char	   *path;			/* of the file, or of the zip */
	int			member;			/* which entry of the zip, from 0; -1: a file */
	uint64_t	size;
	bool		named;			/* by the user, rather than found in a folder or zip */
	SourceFormat format;

	/* What reference.recognise() said (recognise.h); kind NULL: unknown. */
	char	   *kind;
	char	   *edition;
	char	   *problem;
	char	   *heading;		/* as a text[] literal; NULL: the file has none */
	char	   *first;			/* month and force of the first crime: sources alike in it are loaded in turn */
	bool		has_heading;
	int			ncells;			/* of the heading, or of the first record */
	int		   *columns;
	int			ncolumns;		/* 0: all cells, in order */
} Source;

typedef struct SourceList
{
	Source	   *items;
	size_t		count;
	size_t		size;

	/* Called for each new source with the first bytes of a text; not HUB_OK ends the listing. */
	HubExit		(*recognise) (void *arg, Source *source, const char *head, size_t length);
	void	   *arg;
} SourceList;

/* A zip that is open and how far it was read; a worker has one and goes forward only. */
typedef struct ZipCursor
{
	char	   *path;
	struct archive *archive;
	int			next;			/* the entry that comes next */
} ZipCursor;

typedef struct OpenSource
{
	int			fd;				/* to read from the beginning; -1 for what GDAL reads */
	char		gdal_path[PATH_MAX];	/* for GDAL */
	char		folder[PATH_MAX];	/* a private folder to be removed, or empty */
	uint64_t	size;
	unsigned char sha256[32];
	uint64_t	stamp[2];		/* size and time of change, to notice a change under our hands */
} OpenSource;

/* Adds what an argument names: a file, a folder with all below it, or a zip. What is wrong is logged. */
extern HubExit source_add(Hub *hub, SourceList *list, const char *path) HUB_MUST_CHECK;
extern void source_list_free(SourceList *list);

/* Opens a source for reading and takes its SHA-256; a zip's member goes to a temporary file first. */
extern HubExit source_open(Hub *hub, const Source *source, ZipCursor *cursor, OpenSource *open) HUB_MUST_CHECK;

/* True if the file is still as it was when it was opened. */
extern bool source_unchanged(const Source *source, const OpenSource *open) HUB_MUST_CHECK;
extern void source_close(OpenSource *open);
extern void zip_cursor_close(ZipCursor *cursor);

/* For source.c: the entries of a zip, and taking one out. */
extern HubExit zip_list(Hub *hub, SourceList *list, const char *path, char *head) HUB_MUST_CHECK;
extern HubExit zip_open_member(Hub *hub, const Source *source, ZipCursor *cursor, OpenSource *open) HUB_MUST_CHECK;

/* For both, in source_list.c: one more in the list, and what a name tells. */
extern HubExit source_append(SourceList *list, const char *path, const char *name, int member, uint64_t size,
							 bool named, const char *head, size_t length) HUB_MUST_CHECK;
extern bool source_is_part_of_shapefile(const char *name);
extern bool source_ends_with(const char *name, const char *ending);

/* The parts of a shapefile in the order in which they are hashed; those after the third may be missing. */
#define SHAPEFILE_PARTS 5
extern const char *const shapefile_parts[SHAPEFILE_PARTS];

#define SOURCE_HEAD ((size_t) 64 * 1024)

#endif
