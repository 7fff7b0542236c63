/*
 * hub/serve/drop.h
 *		One file of the drop folder on its way: into spool and ledger, then, with its verdict, out of the way.
 *
 * Names in the folder are somebody else's: each is opened relative to the folder that holds it, and no symbolic link is
 * followed.
 */
#ifndef HUB_DROP_H
#define HUB_DROP_H

#include "serve/upload.h"

typedef struct Drop
{
	struct Drop *next;
	Server	   *server;
	int			folder;			/* that holds the file */
	char	   *name;
	char	   *place[3];		/* organisation, programme, quarter: the names of the folders above */
	uint64_t	device;			/* the file that was taken: another of its name is another file */
	uint64_t	inode;
	int64_t		changed;		/* its time of change, in nanoseconds */
	Identity   *identity;
	Upload	   *upload;
	pthread_mutex_t lock;
	bool		entered;		/* the upload has its outcome */
} Drop;

typedef enum DropState
{
	DROP_WAITS,					/* for the ledger or its verdict */
	DROP_DONE,					/* moved, or not ours to move */
	DROP_AGAIN					/* something is away; the file stays where it is */
} DropState;

/* Takes a file that is complete: "folder" is duplicated. NULL: it is not to be taken, or not now. */
extern Drop *drop_take(Server *server, Session *session, int folder, const char *const place[3], const char *name);

/* Looks how far it is, and moves the file if its verdict is there. */
extern DropState drop_look(Drop *drop, Session *session);
extern void drop_free(Drop *drop);

#endif
