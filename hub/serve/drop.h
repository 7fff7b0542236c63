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
	int64_t		size;
	int64_t		changed;		/* its times of change and of the last writing, in nanoseconds */
	int64_t		modified;
	Identity   *identity;
	Upload	   *upload;
	pthread_mutex_t lock;
	bool		entered;		/* the upload has its outcome */
	const char *where;			/* accepted or rejected; NULL: not moved yet */
	char		moved_to[300];	/* its name there */
	int			file;			/* the moved file */
	double		settled_at;		/* when it is looked at a last time */
} Drop;

typedef enum DropState
{
	DROP_WAITS,					/* for the ledger or its verdict */
	DROP_DONE,					/* moved */
	DROP_AGAIN					/* something is away, or the file was written to: it stays where it is */
} DropState;

/*
 * Takes a file that is complete: "folder" is duplicated. NULL: it is not to be taken, or not now; "misplaced" is set if
 * the folder's names are not those of "place" any more.
 */
extern Drop *drop_take(Server *server, Session *session, int folder, const char *const place[3], const char *name, bool *misplaced);

/* Looks how far it is, and moves the file if its verdict is there. */
extern DropState drop_look(Drop *drop, Session *session);

extern void drop_free(Drop *drop);

#endif
