/*
 * hub/serve/http.h
 *		libmicrohttpd's side: one request from its headers to its end.
 */
#ifndef HUB_HTTP_H
#define HUB_HTTP_H

#include "serve/server.h"

/* The callbacks that the daemon is started with; their first argument is the Server. */
extern enum MHD_Result http_handle(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
								   const char *version, const char *data, size_t *size, void **context);
extern void http_completed(void *arg, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code);

#endif
