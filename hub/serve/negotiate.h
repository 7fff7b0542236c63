/*
 * hub/serve/negotiate.h
 *		Content negotiation (RFC 9110, 12.5.1).
 */
#ifndef HUB_NEGOTIATE_H
#define HUB_NEGOTIATE_H

#include "serve/server.h"

typedef struct Offer
{
	const char *media;			/* type/subtype */
	const char *type;			/* the Content-Type to send */
	const char *name;
} Offer;

/* The offer that the Accept header wants most; of equals, and without a header, the first. NULL: none will do. */
extern const Offer *negotiate(Request *request, const Offer *offers, size_t count);

#endif
