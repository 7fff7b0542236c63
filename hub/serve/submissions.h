/*
 * hub/serve/submissions.h
 *		What is done with submissions on behalf of those who send them.
 */
#ifndef HUB_SUBMISSIONS_H
#define HUB_SUBMISSIONS_H

#include "serve/upload.h"

/* An upload by HTTP has its outcome: answers it, or waits for the verdict first. */
extern void submission_entered(Upload *upload);

#endif
