/*
 * hub/serve/client.h
 *		Who a request comes from, by its address.
 */
#ifndef HUB_CLIENT_H
#define HUB_CLIENT_H

#include "serve/server.h"

/* Sets address, client and local of the request. X-Forwarded-For counts only from a proxy that is trusted. */
extern void client_of(Request *request);

/* The proxies to be trusted beside this machine: addresses parted by blanks or commas. False: one of them is none (logged). */
extern bool client_set_proxies(const char *text) HUB_MUST_CHECK;

#endif
