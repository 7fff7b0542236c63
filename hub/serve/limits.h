/*
 * hub/serve/limits.h
 *		How often a token or an address may come, and how often an address may be wrong. A table of fixed size: whoever
 *		comes from very many addresses pushes out the oldest, and memory stays as it is.
 */
#ifndef HUB_LIMITS_H
#define HUB_LIMITS_H

#include "hub.h"

typedef struct Limits Limits;

/* An address (IPv6: its /64, which is one customer's) or the start of a token's SHA-256. */
typedef struct LimitKey
{
	unsigned char bytes[16];
	unsigned char kind;			/* 'a'ddress or 't'oken */
} LimitKey;

extern Limits *limits_create(void);
extern void limits_free(Limits *limits);

/* Counts one request; 0 if it is within "rate" a second (bursts of 4 seconds' worth), else seconds until it would be. */
extern int	limits_count(Limits *limits, const LimitKey *key, int rate);

/* Notes a wrong token; gives how many there were within the last minute, this one included. */
extern int	limits_wrong(Limits *limits, const LimitKey *key);

#endif
