/*
 * hub/load/files.h
 *		Temporary files and checksums.
 */
#ifndef HUB_FILES_H
#define HUB_FILES_H

#include <openssl/evp.h>

#include "hub.h"

/* A file without a name in $TMPDIR or /tmp, gone when it is closed or the program ends. -1: the reason is logged. */
extern int	temporary_file(void) HUB_MUST_CHECK;

/* A private folder there; "folder" has room for PATH_MAX. False: the reason is logged. */
extern bool temporary_folder(char *folder) HUB_MUST_CHECK;

/* Removes a folder of temporary_folder and the files in it. */
extern void remove_folder(const char *folder);

extern bool write_all(int fd, const void *bytes, size_t n) HUB_MUST_CHECK;

/* Adds a file's bytes, from its beginning, to a digest; adds their number to *size. */
extern HubExit digest_file(EVP_MD_CTX *digest, int fd, const char *shown, uint64_t *size) HUB_MUST_CHECK;

#endif
