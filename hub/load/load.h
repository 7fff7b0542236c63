/*
 * hub/load/load.h
 *		Loading reference files: what they are, one transaction a file, crime files by several workers.
 */
#ifndef HUB_LOAD_H
#define HUB_LOAD_H

#include "load/progress.h"
#include "hub.h"

typedef enum LoadOutcome
{
	LOAD_STORED,
	LOAD_ALREADY,				/* the same bytes are loaded */
	LOAD_SKIPPED,				/* found on the way, and nothing to load */
	LOAD_REFUSED,
	LOAD_FAILED
} LoadOutcome;

/* What became of one file. */
typedef struct LoadReport
{
	const char *name;			/* as shown on the screen */
	LoadOutcome outcome;
	HubExit		exit_code;
	char	   *kind;			/* or NULL */
	char	   *edition;		/* or NULL */
	char	   *reason;			/* why skipped or refused, or NULL */
	char	   *notes;			/* lines, or NULL */
	char	   *sample;			/* the first rejected rows, lines, or NULL */
	uint64_t	read;
	uint64_t	stored;
	uint64_t	rejected;
	double		seconds;
} LoadReport;

/* "done" is called for each file, by one worker at a time. */
typedef struct LoadOptions
{
	Progress   *progress;
	void		(*done) (void *arg, const LoadReport *report);
	void	   *arg;
} LoadOptions;

/* Loads what the paths name. The worst exit of all files. */
extern HubExit load_paths(Hub *hub, int npaths, char **paths, const LoadOptions *options) HUB_MUST_CHECK;

#endif
