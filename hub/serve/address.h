/*
 * hub/serve/address.h
 *		The address to listen on.
 */
#ifndef HUB_ADDRESS_H
#define HUB_ADDRESS_H

#include "hub.h"

/*
 * Opens a listening socket at "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0 is any free one. Gives the address and port
 * as text, and whether only this machine can reach it. -1 on failure, which is logged.
 */
extern int	address_listen(const char *text, char *address, size_t size, int *port, bool *loopback) HUB_MUST_CHECK;

/* Whether a text names an address that only this machine can reach; false too if it names none. */
extern bool address_is_loopback(const char *text);

#endif
