/*
 * hub/program/folder.h
 *		Names of files on disk for certain.
 */
#ifndef HUB_FOLDER_H
#define HUB_FOLDER_H

#include <stdbool.h>

/* Puts the names in a folder on disk; false, with errno, if that failed. */
extern bool folder_sync(const char *folder);

/* Puts the folder's own name on disk, in whatever it lies. */
extern bool folder_sync_name(const char *folder);

#endif
