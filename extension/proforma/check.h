/*
 * check.h
 *		Judges a return on a form.
 */
#ifndef WARDSTAR_CHECK_H
#define WARDSTAR_CHECK_H

#include "proforma/form.h"
#include "proforma/rules.h"
#include "stop.h"
#include "text/clip.h"

/* Does a text fit a field's pattern, which the caller has made ready? */
typedef bool (*PatternMatch) (void *matcher, const char *text, size_t length);

#define CHECK_SCRATCH 16

typedef struct Check
{
	const ProformaReturn *given;
	ProformaReturn *const *previous;	/* earlier returns, in their order */
	int			nprevious;
	const ProformaReturn *last; /* the newest of them that was received, or NULL */
	FindingSink sink;
	void	   *context;
	PatternMatch matches;		/* or NULL */
	void	   *scratch;		/* room for as many of CHECK_SCRATCH bytes as there are answers */
	CharacterLength measure;	/* of the texts' encoding, or NULL: UTF-8 */
	StopFunction stop;			/* or NULL */
	uint32_t	steps;
	bool		stopped;
} Check;

/* One step of a loop; true once the answer was to stop. */
static inline bool
check_stopped(Check *check)
{
	check->stopped = check->stopped || stop_now(check->stop, &check->steps);
	return check->stopped;
}

/* observed, expected and suggestion may be NULL. */
extern void report(Check *check, ReturnRule rule, const char *field, const char *observed,
				   const char *expected, const char *suggestion, const char *format,...) FINDING_FORMAT(7, 8);

/* What a box is called, for a message; the buffer is used for boxes of a family. */
#define TITLE_LENGTH 400
extern const char *answer_title(Check *check, const ProformaAnswer *answer, char buffer[TITLE_LENGTH]);

/* "12", "at least 12", "12 to 14". */
#define BOUNDS_LENGTH 64
extern const char *bounds_text(Bounds bounds, char buffer[BOUNDS_LENGTH]);

/* "3 people", "1 person". */
extern const char *people_text(int64_t n);

extern void check_answers(Check *check);
extern void check_totals(Check *check);
extern void check_basis(Check *check);
extern void check_series(Check *check);
extern void check_places(Check *check);
extern void check_narrative(Check *check);
extern void check_time(Check *check);
/* All rules.  False if it was stopped. */
extern bool check_return(Check *check);

#endif							/* WARDSTAR_CHECK_H */
