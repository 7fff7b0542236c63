/*
 * hub/db/private.h
 *		A session in which the server keeps what partners wrote to itself.
 */
#ifndef HUB_PRIVATE_H
#define HUB_PRIVATE_H

#include "db/db.h"

/*
 * Sets the session so that no parameter of a statement gets into the server's log and none is spilled to disk. Where
 * the server is set to log them and the role may not turn that off, HUB_USAGE, and nothing should be sent.
 */
extern HubExit private_session(Db *db) HUB_MUST_CHECK;

#endif
