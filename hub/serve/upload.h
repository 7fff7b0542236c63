/*
 * hub/serve/upload.h
 *		A file on its way into the ledger, whichever way it came: its bytes go into the spool as they arrive.
 */
#ifndef HUB_UPLOAD_H
#define HUB_UPLOAD_H

#include "serve/server.h"

#define UPLOAD_NAME_LIMIT 255
#define UPLOAD_TEXT_LIMIT 400

typedef enum Outcome
{
	OUTCOME_NONE,
	OUTCOME_STORED,				/* on disk and in the ledger, or it was before */
	OUTCOME_REFUSED,			/* what was stated of it can't be; problem says why */
	OUTCOME_FORBIDDEN,			/* the organisation may not */
	OUTCOME_NO_DISK,
	OUTCOME_NO_DATABASE,		/* it may be in the ledger: the answer was lost */
	OUTCOME_FAILED
} Outcome;

typedef enum Stated
{
	STATED_PROGRAMME,
	STATED_PERIOD,
	STATED_FORM,
	STATED_KIND,
	STATED_COUNT
} Stated;

struct Upload
{
	Server	   *server;
	Upload	   *next;
	Upload	   *younger;		/* in the list of those alive */
	Upload	   *older;
	Request    *request;		/* NULL: from the drop folder */
	void	   *state;			/* of the drop folder */
	void		(*done) (Upload *upload);	/* called when its outcome is known, in a thread of the committer */
	Identity   *identity;
	SpoolWriter *writer;
	SpoolFile	file;
	char	   *stated[STATED_COUNT];	/* NULL: not stated */
	char	   *name;			/* of the file, as its sender calls it */
	char	   *from;
	int			wait;			/* seconds to wait for the verdict */

	struct MHD_PostProcessor *post;
	bool		multipart;
	bool		has_file;
	int			open_part;		/* what of "stated" the form's present part gives; -1: nothing */

	Outcome		outcome;
	int64_t		submission;
	bool		already;
	bool		decided;
	char	   *text;			/* the answer, or the problem */
};

extern Upload *upload_create(Server *server);
extern void upload_free(Upload *upload);

/* Whether an upload of this process still holds a spool file. */
extern bool upload_is_alive(const char *spool);

/* The file's own name: the last part of a path, without control characters, cut to its limit. False: memory is short or it is no UTF-8. */
extern bool upload_set_name(Upload *upload, const char *name);

/* Begins the file in the spool; false: it can't be written. */
extern bool upload_begin(Upload *upload) HUB_MUST_CHECK;

/* Ends it; false: it can't be written. */
extern bool upload_finish(Upload *upload) HUB_MUST_CHECK;

/* For HTTP. On false the request has its answer. */
extern bool upload_open(Request *request) HUB_MUST_CHECK;
extern bool upload_take(Request *request, const char *bytes, size_t size) HUB_MUST_CHECK;
extern bool upload_close(Request *request) HUB_MUST_CHECK;

/* The number that ?wait= gives; false: it is none. */
extern bool upload_wait(Request *request, int *seconds) HUB_MUST_CHECK;

#endif
