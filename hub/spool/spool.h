/*
 * hub/spool/spool.h
 *		The spool: what partners sent, byte for byte, one encrypted file a submission, and nowhere else.
 *
 * A file is FOLDER/ab/abcdef…, named after a number of 128 bits in hex (its id): the first byte goes by the time, the rest is
 * random. It holds
 *		"WSPOOL1\n"  id(16)  key number(4, little-endian)  nonce(12)  data key(32, wrapped)  tag(16)
 * then chunks of 64 KiB of content, each followed by a tag of 16 bytes. All is AES-256-GCM. The data key is
 * the file's own and wrapped by the key ring's spool key, so that rotation rewrites 60 bytes a file. A
 * chunk's nonce is its number, with the last one marked, and the id is authenticated with each: a chunk that is
 * changed, moved, cut off or put into another file does not open.
 *
 * Every function that fails says why in the log, never with content.
 */
#ifndef HUB_SPOOL_H
#define HUB_SPOOL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "keys.h"

#define SPOOL_ID_SIZE 33		/* 32 hex digits and the NUL */
#define SPOOL_SHA256_SIZE 65

typedef struct SpoolWriter SpoolWriter;
typedef struct SpoolReader SpoolReader;

/* Whether a text has the shape of a name in the spool. */
extern bool spool_is_id(const char *id);

/* FOLDER/ab and FOLDER/ab/ID, for the caller to free; false when memory is short. */
extern bool spool_paths(const char *folder, const char *id, char **subfolder, char **path) HUB_MUST_CHECK;

/* Begins a file. Until spool_commit it is not there. */
extern SpoolWriter *spool_begin(const char *folder, const KeyRing *ring) HUB_MUST_CHECK;
extern bool spool_write(SpoolWriter *writer, const void *bytes, size_t size) HUB_MUST_CHECK;

/*
 * Ends the file, which is on disk, name and all, when this returns true. Gives its id, and the size and
 * SHA-256 of the content. The writer is gone whatever the result.
 */
extern bool spool_commit(SpoolWriter *writer, char id[SPOOL_ID_SIZE], uint64_t *size, char sha256[SPOOL_SHA256_SIZE]) HUB_MUST_CHECK;

/* All of that for bytes in memory. */
extern bool spool_store(const char *folder, const KeyRing *ring, const void *bytes, size_t size, char id[SPOOL_ID_SIZE]) HUB_MUST_CHECK;

/* Drops the file. NULL is allowed. */
extern void spool_abort(SpoolWriter *writer);

/* A file whose content is written, and which is not on disk for certain until spool_sync has been through it. */
typedef struct SpoolFile
{
	char		id[SPOOL_ID_SIZE];
	char		sha256[SPOOL_SHA256_SIZE];
	uint64_t	size;
	int			fd;				/* -1: there is none */
	bool		synced;			/* what spool_sync found */
} SpoolFile;

/* Ends the content; the writer is gone whatever the result. */
extern bool spool_finish(SpoolWriter *writer, SpoolFile *file) HUB_MUST_CHECK;

/*
 * Puts several files on disk at once, with their names and those of the folders that lead to them, in hardly more time
 * than one takes. Sets "synced" of each; one that could not be put on disk is removed and logged. All are closed.
 */
extern void spool_sync(const char *folder, SpoolFile *const *files, size_t count);

/* Removes a file that spool_finish ended and spool_sync has not seen. */
extern void spool_discard(const char *folder, SpoolFile *file);

/* Opens a file; NULL if it is not there, not whole at its head, or its key is not in the ring. */
extern SpoolReader *spool_open(const char *folder, const KeyRing *ring, const char *id) HUB_MUST_CHECK;

/*
 * Reads up to "size" bytes; 0 at the end, -1 on a fault (the file was changed or cut). What was read before
 * a fault is authentic, but not the whole.
 */
extern ssize_t spool_read(SpoolReader *reader, void *bytes, size_t size) HUB_MUST_CHECK;
extern void spool_close(SpoolReader *reader);

/*
 * The whole content, in memory that the caller wipes and frees; false if it does not open, was changed, or is
 * larger than "limit".
 */
extern bool spool_load(const char *folder, const KeyRing *ring, const char *id, size_t limit, char **bytes, size_t *size) HUB_MUST_CHECK;

/* Puts the file under the ring's present spool key; *changed tells whether it was under another. */
extern bool spool_rewrap(const char *folder, const KeyRing *ring, const char *id, bool *changed) HUB_MUST_CHECK;

/* Whether the file's head opens; *older tells whether it is under another key than the present one. */
extern bool spool_check(const char *folder, const KeyRing *ring, const char *id, bool *older) HUB_MUST_CHECK;

/*
 * Marks a file as named by the database, by making it read-only: whoever clears away what nothing names leaves
 * it alone, even if the database has since lost the row, as when a snapshot was put back.
 */
#define SPOOL_IS_KEPT(mode) (((mode) & S_IWUSR) == 0)
extern void spool_keep(const char *folder, const char *id);

/* Removes a file for good; one that is not there is no error. */
extern bool spool_remove(const char *folder, const char *id) HUB_MUST_CHECK;

/*
 * Calls "each" with every id in the folder, until it gives false. Leftovers of writers that died, older than
 * an hour, are removed on the way.
 */
extern bool spool_walk(const char *folder, bool (*each) (const char *id, void *state), void *state) HUB_MUST_CHECK;

#endif
