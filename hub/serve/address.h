/*
 * hub/serve/address.h
 *		The address to listen on.
 */
#ifndef HUB_ADDRESS_H
#define HUB_ADDRESS_H

#include "hub.h"

/*
 * Tells whether only this machine can reach "ADDRESS:PORT" or "[ADDRESS]:PORT". False if the text names no address, which
 * is logged.
 */
extern bool address_is_loopback(const char *text, bool *loopback) HUB_MUST_CHECK;

/*
 * Opens a listening socket at an address that address_is_loopback has taken; port 0 is any free one. Gives the address and
 * port as text. -1 on failure, which is logged.
 */
extern int	address_listen(const char *text, char *address, size_t size, int *port) HUB_MUST_CHECK;

#endif
