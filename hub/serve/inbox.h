/*
 * hub/serve/inbox.h
 *		The drop folder: FOLDER/ORGANISATION/PROGRAMME/QUARTER/file, as an SFTP server writes it.
 */
#ifndef HUB_INBOX_H
#define HUB_INBOX_H

#include "serve/server.h"

/* NULL: the folder can't be watched (logged), or memory is short. */
extern Inbox *inbox_start(Server *server);

/* Takes no more files; what was taken may still be moved to its place. */
extern void inbox_finish(Inbox *inbox);

/* Ends its thread; then, once the committer has none of its files any more, frees it. */
extern void inbox_join(Inbox *inbox);
extern void inbox_free(Inbox *inbox);

#endif
