/*
 * hub/serve/request.h
 *		A request in the hands of whoever has it: handing it on, giving it back, and what it asks for.
 */
#ifndef HUB_REQUEST_H
#define HUB_REQUEST_H

#include "serve/server.h"

/* Hand a request on (from libmicrohttpd's callback only), and give it back. */
extern void request_suspend(Request *request);
extern void request_resume(Request *request);

/* An argument of the query string, NULL if it is not there or empty. */
extern const char *request_argument(Request *request, const char *name);

#endif
