/*
 * hub/serve/commit.h
 *		Group commit: uploads that end at about the same time are put on disk together, then into the ledger in one
 *		transaction. File and name are durable before the ledger's row, and that before the answer. An upload that
 *		comes alone waits for nobody.
 */
#ifndef HUB_COMMIT_H
#define HUB_COMMIT_H

#include "serve/upload.h"

extern Committer *committer_start(Server *server);

/* Takes an upload that spool_finish has ended; upload->done is called when its outcome is known. */
extern void committer_submit(Committer *committer, Upload *upload);

/* Ends when all that was submitted has its outcome. */
extern void committer_stop(Committer *committer);

#endif
