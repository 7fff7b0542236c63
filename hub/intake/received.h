/*
 * hub/intake/received.h
 *		A file that came by the command line: its bytes, their SHA-256, and its place in the spool until the database has it.
 */
#ifndef HUB_RECEIVED_H
#define HUB_RECEIVED_H

#include "hub.h"
#include "spool/spool.h"

/* A return is a page or two, and records are a few thousand rows. */
#define RECEIVED_LIMIT ((size_t) 16 * 1024 * 1024)

typedef struct Received
{
	const char *name;			/* without its folder */
	char	   *bytes;
	size_t		size;
	char		sha256[SPOOL_SHA256_SIZE];
	char		spool[SPOOL_ID_SIZE];	/* "": not there yet */
	bool		spool_unneeded;	/* nothing in the database names it, for certain */
} Received;

/* Reads a file of at most "room" bytes, which is what is left of RECEIVED_LIMIT; logs why not. */
extern HubExit received_read(const char *path, size_t room, Received *file) HUB_MUST_CHECK;

/* Computes the SHA-256. */
extern HubExit received_hash(Received *file) HUB_MUST_CHECK;

/* Keeps the spool file, or removes it where the database doesn't name it, and wipes the bytes. */
extern void received_end(const char *folder, Received *file);

#endif
