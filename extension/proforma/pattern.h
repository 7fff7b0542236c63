/*
 * pattern.h
 *		Does a whole text fit a regular expression?  Plain sequences of
 *		characters and sets are matched here, byte by byte; the rest by the
 *		server's engine, compiled once.
 */
#ifndef WARDSTAR_PATTERN_H
#define WARDSTAR_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bit i of the masks is the i-th place of the sequence.  A set of states has
 * bit i if i places have been matched.
 */
typedef struct PlainPattern
{
	int			places;
	uint64_t	accepts[128];	/* places that a character fits */
	uint64_t	repeats;		/* places that may match again */
	uint64_t	optional;		/* places that may be left out */
} PlainPattern;

extern bool plain_pattern_compile(const char *source, PlainPattern *pattern);
extern bool plain_pattern_matches(const PlainPattern *pattern, const char *text, size_t length);

/* Patterns of both kinds, in pattern.c. */
typedef struct Pattern Pattern;
struct FormCache;

extern void form_compile_patterns(struct FormCache *cache);
extern bool pattern_matches(void *pattern, const char *text, size_t length);

#endif							/* WARDSTAR_PATTERN_H */
