/*
 * hub/serve/routes.h
 *		The one table of routes: a route that is not in it does not exist.
 */
#ifndef HUB_ROUTES_H
#define HUB_ROUTES_H

#include "serve/server.h"

typedef enum Who
{
	WHO_ANYONE,
	WHO_PARTNER,				/* whoever has a token, under its organisation's role */
	WHO_LOCAL					/* from this machine, through no proxy */
} Who;

struct Route
{
	const char *method;			/* GET stands for HEAD too */
	const char *path;			/* {id} a number, {form} a name; a last {page} is a file of the page */
	Who			who;
	const char *query;			/* the one file of sql/hub/queries that it sends; NULL: it asks nothing */
	bool		upload;			/* takes a body */
	void		(*answer) (Request *request);	/* at once, in libmicrohttpd's thread, or … */
	void		(*run) (Request *request, Session *session);	/* … in a thread of the pool */
};

extern const Route routes[];
extern const size_t routes_count;

/*
 * Finds the route of a method and a path and takes the path's arguments into the request. NULL: none; *allowed then
 * holds the methods that there are for this path ("" if the path itself is unknown).
 */
extern const Route *route_find(Request *request, const char *method, const char *path, char *allowed, size_t size);

/* Whether the page has a file of this path. */
extern bool page_has(const char *path);

/* Handlers, by the file that has them. */
extern void health_answer(Request *request);
extern void ready_answer(Request *request);
extern void metrics_answer(Request *request);
extern void page_answer(Request *request);
extern void json_run(Request *request, Session *session);
extern void submissions_run(Request *request, Session *session);
extern void submission_run(Request *request, Session *session);
extern void receipt_run(Request *request, Session *session);
extern void file_run(Request *request, Session *session);
extern void csv_run(Request *request, Session *session);
extern void template_run(Request *request, Session *session);

#endif
