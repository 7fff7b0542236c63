/*
 * hub/serve/links.h
 *		The connections of clients, to close those that are too slow: libmicrohttpd's own timeout only sees silence.
 */
#ifndef HUB_LINKS_H
#define HUB_LINKS_H

#include "serve/server.h"

typedef struct Link Link;

extern Links *links_create(Server *server);
extern void links_free(Links *links);

/* For libmicrohttpd's notices of connections. */
extern void links_notice(void *arg, struct MHD_Connection *connection, void **link, enum MHD_ConnectionNotificationCode code);

/* Of a connection; NULL: none. */
extern Link *link_of(struct MHD_Connection *connection);

/* What the connection does: waits for a request's headers, takes a body in, works for it, or is sent the answer. */
extern void link_headers(Link *link);
extern void link_body(Link *link);
extern void link_progress(Link *link, size_t bytes);
extern void link_work(Link *link);
extern void link_answer(Link *link);

/* Closes those whose headers or body take too long. */
extern void links_close_slow(Links *links);

/* Answers with a problem at once and closes, when libmicrohttpd can't answer any more. */
extern void link_abort(Server *server, struct MHD_Connection *connection, unsigned status, const char *detail);

/* How many there are, and how many of them send a body. */
extern long links_count(Links *links);
extern long links_busy(Links *links);

#endif
