/*
 * hub/serve/page.h
 *		The files of hub/web, embedded at build.
 */
#ifndef HUB_PAGE_H
#define HUB_PAGE_H

#include <stddef.h>

typedef struct EmbeddedFile
{
	const char *name;
	const char *bytes;
	size_t		size;
} EmbeddedFile;

/* Sorted by name. */
extern const EmbeddedFile embedded_web[];
extern const size_t embedded_web_count;

#endif
