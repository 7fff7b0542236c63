/*
 * hub/load/gdal.h
 *		Reading boundary files through GDAL's ogr2ogr, in a child process with limits on memory and CPU time:
 *		the files come from outside and GDAL is large. It writes one GeoJSON feature a line, in WGS 84.
 */
#ifndef HUB_GDAL_H
#define HUB_GDAL_H

#include <sys/types.h>

#include "load/source.h"

#define GDAL_FEATURE_LIMIT ((size_t) 128 * 1024 * 1024)

typedef struct Gdal
{
	pid_t		pid;			/* 0: none */
	int			output;			/* to read features from */
	int			messages;		/* what it said, in a temporary file */
} Gdal;

extern HubExit gdal_start(Hub *hub, const OpenSource *open, Gdal *gdal) HUB_MUST_CHECK;

/* Waits for its end, or ends it if not "whole". HUB_REFUSED, logged, if it failed or complained. */
extern HubExit gdal_end(Hub *hub, const Source *source, Gdal *gdal, bool whole) HUB_MUST_CHECK;

#endif
